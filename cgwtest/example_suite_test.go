package cgwtest_test

import (
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// conformance is the body of the test.
func conformance(t *testing.T) {
	var service *cgwtest.Fake // use a server that emulates the service instead
	rules := cgw.Rules{Provider: "mine", Name: cgw.TextRule{Max: 32}}
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(testing.TB) cgw.Provisioner {
			service = &cgwtest.Fake{Like: rules}
			return service // use your Provisioner of the service instead
		},
		Rules: rules,
		Connect: func(_ testing.TB, gatewayID string) []string {
			return []string{service.Connect(gatewayID)}
		},
		Stalled: func(testing.TB) cgw.Provisioner {
			return &cgwtest.Fake{Like: rules, Faults: []cgwtest.Fault{{Hang: true}}}
		},
	})
}

// The conformance test of a Provisioner is one call. Run it with the race detector: go test -race.
func ExampleTestProvisioner() {
	// func TestConformance(t *testing.T) { conformance(t) }
	_ = conformance
}
