package cgw

// Ruled is implemented by a Provisioner that says what its cloud accepts. The Provisioners of
// packages tencent and alibaba, cgwtest.Fake and every middleware are Ruled.
type Ruled interface {
	// Rules returns the rules that requests are checked against before anything is sent. With
	// them a program knows without a request what the Provisioner would refuse, and what it
	// cannot change. The result must not be changed. Zero Rules mean that nothing is known.
	Rules() Rules
}

// RulesOf returns the Rules of p. They are zero if neither p nor a Provisioner that it wraps is
// [Ruled].
func RulesOf(p Provisioner) Rules {
	if r, ok := As[Ruled](p); ok {
		return r.Rules()
	}
	return Rules{}
}

// Located is implemented by a Provisioner that says where its gateways are. The Provisioners of
// packages tencent and alibaba and cgwtest.Fake are Located.
type Located interface {
	// Location returns the Provider and the Region of every gateway of the Provisioner. It is
	// safe for concurrent use.
	Location() Location
}

// Location is one region of one cloud.
type Location struct {
	Provider Provider `json:"provider"` // the cloud; empty: not known
	Region   string   `json:"region"`   // the cloud's name of the region, such as ap-guangzhou; empty: not known
}

// Checker is implemented by a Provisioner that refuses more than its Rules say, such as one with
// a policy. A middleware that is a Checker also asks the Checker that it wraps. Neither method
// sends anything; both are safe for concurrent use.
type Checker interface {
	// CheckCreate returns nil, or the error with which Create would refuse the request.
	CheckCreate(req CreateRequest) error
	// CheckUpdate returns nil, or the error with which Update would refuse the request.
	CheckUpdate(id string, req UpdateRequest) error
}

// As returns the first T among p and the Provisioners that it wraps: an ability beyond the
// roles, or a provider's own type, also below middleware. A middleware supports As with a
// method Unwrap() Provisioner.
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
