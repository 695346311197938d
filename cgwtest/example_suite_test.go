package cgwtest_test

import (
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// TestMyProvisioner is how the author of a Provisioner writes its conformance test.
func TestMyProvisioner(t *testing.T) {
	var service *cgwtest.Fake // in its place, a server that emulates the service
	rules := cgw.Rules{Provider: "mine", Name: cgw.TextRule{Max: 32}}
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(testing.TB) cgw.Provisioner {
			service = &cgwtest.Fake{Like: rules}
			return service
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

// The test of a Provisioner is one call. Run it with the race detector: go test -race.
func ExampleTestProvisioner() {
	_ = TestMyProvisioner
}
