package providertest

import (
	"io"
	"net/http"
	"reflect"
	"testing"
)

// Native returns a provider's own Config C with the fields of c. static and own make credentials of
// the SDK's type S.
func Native[C, S any](c Config, static func(id, secret, token string) S, own func(*Source) S) C {
	var native C
	from, to := reflect.ValueOf(c), reflect.ValueOf(&native).Elem()
	for i := range from.NumField() {
		if name := from.Type().Field(i).Name; name != "Credentials" {
			to.FieldByName(name).Set(from.Field(i))
		}
	}
	cred := c.Credentials
	switch is := cred.(type) {
	case nil:
		return native
	case Keys:
		cred = static(is.ID, is.Secret, is.Token)
	case *Source:
		cred = own(is)
	}
	to.FieldByName("Credentials").Set(reflect.ValueOf(cred))
	return native
}

// Open opens a Provisioner by the provider's own New and Config. It is closed when the test ends.
func Open[C any, P io.Closer](t testing.TB, open func(C) (P, error), cfg C) P {
	t.Helper()
	p, err := open(cfg)
	noError(t, err, "New")
	t.Cleanup(func() { noError(t, p.Close(), "Close") })
	return p
}

// Open opens a Provisioner that is closed when the test ends.
func (h Harness) Open(t testing.TB, c Config) Provisioner {
	t.Helper()
	return Open(t, h.New, c)
}

// Serve returns a Provisioner whose service is the handler, on a loopback port.
func (h Harness) Serve(t testing.TB, service http.HandlerFunc) Provisioner {
	t.Helper()
	return h.Open(t, h.At(t, service))
}
