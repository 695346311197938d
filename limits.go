package cgw

// Limited is implemented by Provisioners that tell what their cloud takes. Those of tencent and
// alibaba do, as do the decorators of this package.
type Limited interface {
	// Limits returns the rules that requests are checked against before anything is sent: by
	// them it can be known what a Provisioner would refuse, and what it cannot change, without
	// asking for it. They must not be changed. Zero Rules mean that nothing is known.
	Limits() Rules
}

// LimitsOf returns the rules of p, or the zero Rules where neither p nor a Provisioner that it
// wraps is [Limited].
func LimitsOf(p Provisioner) Rules {
	if l, ok := As[Limited](p); ok {
		return l.Limits()
	}
	return Rules{}
}

// Located is implemented by Provisioners that tell where their gateways are. Those of tencent and
// alibaba do.
type Located interface {
	// Location returns what Gateway.Provider and Gateway.Region are of every gateway there.
	Location() (Provider, string)
}

// As returns the first T among p and the Provisioners that it wraps: an ability beyond the
// roles, or a provider's own type, whatever decorators p wears. A decorator takes part by
// having a method Unwrap() Provisioner, as those of this package do.
func As[T any](p Provisioner) (T, bool) {
	for p != nil {
		if t, ok := p.(T); ok {
			return t, true
		}
		w, ok := p.(interface{ Unwrap() Provisioner })
		if !ok {
			break
		}
		p = w.Unwrap()
	}
	var none T
	return none, false
}
