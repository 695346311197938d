package cgwtest

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
)

// Harness tells [TestProvisioner] how to reach the implementation under test, and what it
// promises. New is required. The comment of each other field says what its zero value means.
// Cases that do not apply to the Harness or its Rules are not run: the log names them.
type Harness struct {
	// New returns the Provisioner under test for an empty region of its own; on a live cloud,
	// for the same region each time. It is called once for each case. It releases its resources
	// with Cleanup, and fails the test itself if it cannot return a Provisioner.
	New func(testing.TB) cgw.Provisioner
	// Rules are those that the Provisioner checks requests against, and that cgw.RulesOf
	// returns for it. The suite makes its requests from them: a value at a limit must be
	// accepted, a value beyond it refused, and a field that is unsupported refused as such.
	Rules cgw.Rules
	// Addresses are those at which the suite creates gateways: public IPv4 addresses that the
	// Rules accept, and that no other gateway of the region holds. Eight are enough; the cases
	// about pages need 2*PageCap+1. Nil: those of the documentation ranges 203.0.113.0/24,
	// 198.51.100.0/24 and 192.0.2.0/24.
	Addresses []netip.Addr
	// NamePrefix starts every name, as far as the Rules allow it. Empty: "cgwtest-".
	NamePrefix string
	// ResourceGroupID is a resource group that exists. Empty: creating in a group and listing
	// by group are not tested.
	ResourceGroupID string
	// PageCap is how many gateways one page of the service's list holds at most. The cases
	// about pages create up to 2*PageCap+1 gateways. 0: there are no pages.
	PageCap int
	// Requests returns how many requests the Provisioner that New returned last has sent to
	// the service. Nil: the suite does not check that a refused call sends nothing.
	Requests func() int
	// Connect adds VPN connections that use the gateway, and returns their IDs. If Live, it
	// removes them with Cleanup. Nil: Delete of a gateway in use is not tested.
	Connect func(t testing.TB, gatewayID string) (connectionIDs []string)
	// Stalled returns a Provisioner whose service receives requests and never replies. Nil: a
	// context that ends while a call waits for a reply is not tested.
	Stalled func(testing.TB) cgw.Provisioner
	// Live says that New returns a Provisioner of a real cloud: others may have gateways there,
	// and reads may lag behind writes. The suite then waits until reads show each write. It
	// deletes what it created after every case, failed ones included, and the gateways with
	// NamePrefix that an earlier run left.
	Live bool
	// Settle is called after every write, before anything is read. Nil: reads show a write at
	// once, or, if Live, when cgw.WaitVisible or cgw.WaitGone returns.
	Settle func(testing.TB)
	// Timeout bounds each case. 0: 1 minute, or 10 minutes if Live.
	Timeout time.Duration
}

// TestProvisioner proves that an implementation keeps the contract of package cgw. Each case is a
// subtest, and a failure quotes the rule that is broken. The log gives the number of cases, and
// names those that do not apply, with the reason. If the first Create fails, TestProvisioner
// stops, because nearly every other case would fail for the same reason.
//
// The cases run one after another. They start goroutines, so run them with the race detector
// too.
func TestProvisioner(t *testing.T, h Harness) {
	t.Helper()
	h = h.withDefaults()
	cases := suite(h)
	var notApplicable []string
	var created bool // whether any case created a gateway
	for i, c := range cases {
		if reason := c.notApplicable(&h); reason != "" {
			notApplicable = append(notApplicable, "\n\t"+c.name+": "+reason)
			continue
		}
		var s *session // nil when -test.run leaves the case out
		t.Run(c.name, func(t *testing.T) {
			s = c.start(t, &h)
			for _, failure := range s.failures {
				t.Errorf("%s\n\trule: %s", failure, c.rule)
			}
		})
		if s == nil {
			continue
		}
		created = created || s.hasCreated()
		if s.createFailed && !created {
			t.Fatalf("stopped after %s, the first case that creates a gateway: its Create failed, see above. The other %d cases were not run", c.name, len(cases)-i-1)
		}
	}
	t.Logf("%d cases; %d more do not apply%s", len(cases)-len(notApplicable), len(notApplicable), strings.Join(notApplicable, ""))
	if h.Requests == nil {
		t.Log("Harness.Requests is nil: that a refused call sends nothing is not checked")
	}
}

// withDefaults returns the harness with its zero fields filled in.
func (h Harness) withDefaults() Harness {
	if h.NamePrefix == "" {
		h.NamePrefix = "cgwtest-"
	}
	if h.Timeout == 0 {
		h.Timeout = time.Minute
		if h.Live {
			h.Timeout = 10 * time.Minute
		}
	}
	if h.Addresses == nil {
		h.Addresses = documentationAddresses(h.Rules)
	}
	return h
}

// documentationAddresses returns the addresses of RFC 5737 that the rules accept, without the
// first and the last of each network.
func documentationAddresses(r cgw.Rules) []netip.Addr {
	var all []netip.Addr
	for _, net := range [][3]byte{{203, 0, 113}, {198, 51, 100}, {192, 0, 2}} {
		for host := byte(1); host < 255; host++ {
			addr := netip.AddrFrom4([4]byte{net[0], net[1], net[2], host})
			if acceptsAddress(r, addr) {
				all = append(all, addr)
			}
		}
	}
	return all
}

func acceptsAddress(r cgw.Rules, addr netip.Addr) bool {
	err := r.Validate(cgw.CreateRequest{IPAddress: addr})
	return !slices.ContainsFunc(faultsOf(err), func(f *cgw.FieldError) bool { return f.Field == "IPAddress" })
}

// suite returns every case, in the order of the life of a gateway.
func suite(h Harness) []testCase {
	return slices.Concat(
		createCases(), ruleCases(), fieldCases(), acceptedCases(h.Rules), refusedCases(h.Rules), tokenCases(),
		getCases(), listCases(), filterCases(), pageCases(),
		updateCases(), tagCases(), deleteCases(),
		aliasingCases(), contextCases(), stalledCases(), concurrencyCases(),
	)
}
