package cgwtest

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
)

// Harness tells [TestProvisioner] how to reach the implementation under test and what it
// promises. New is required; a zero field of the others means what its comment says. A case
// that the Harness or its Rules make notApplicable is named in the log, and is not skipped.
type Harness struct {
	// New returns the Provisioner under test, at an empty region of its own; on a live cloud,
	// at the same region each time. It is called once for each case, and releases what it
	// holds by Cleanup. It fails the test itself when it cannot.
	New func(testing.TB) cgw.Provisioner
	// Rules are what the Provisioner validates against. They make the requests of the suite:
	// those at each limit must be accepted, those beyond it refused, and each field that they
	// call unsupported must be refused as such.
	Rules cgw.Rules
	// Addresses are what gateways are created at: public IPv4 addresses that the Rules take,
	// and that no other gateway of the region holds. Eight are enough, and twice PageCap and
	// one for the cases about pages. Nil: those of the documentation ranges 203.0.113.0/24,
	// 198.51.100.0/24 and 192.0.2.0/24.
	Addresses []netip.Addr
	// NamePrefix starts every name, as far as the Rules leave room. Empty: "cgwtest-".
	NamePrefix string
	// ResourceGroupID is a resource group that exists. Empty: creating in a group is not
	// covered.
	ResourceGroupID string
	// PageCap is the number of gateways that one page of the service's list holds at most. The
	// cases about pages create twice as many and one. 0: there are no pages.
	PageCap int
	// Requests returns how many requests were sent to the service so far, by the Provisioner
	// that New returned last. Nil: it is not checked that nothing is sent where nothing may
	// be.
	Requests func() int
	// Connect makes the gateway used by VPN connections, and returns their IDs. It removes them
	// by Cleanup if Live. Nil: what cannot be connected cannot be in use.
	Connect func(t testing.TB, gatewayID string) (connectionIDs []string)
	// Stalled returns a Provisioner whose service takes requests and never replies. Nil: calls
	// that are cancelled while they wait for a reply are not covered.
	Stalled func(testing.TB) cgw.Provisioner
	// Live says that New leads to a cloud where others may have gateways too, and where reads
	// may lag. The suite then waits for what it writes to be seen, and deletes what it made
	// after every case, failed ones included, and what an earlier run left under NamePrefix.
	Live bool
	// Settle is called after every write, before anything is read. Nil: reads show writes at
	// once, or, if Live, as soon as cgw.WaitVisible and cgw.WaitGone return.
	Settle func(testing.TB)
	// Timeout bounds each case. 0: one minute, or ten if Live.
	Timeout time.Duration
}

// TestProvisioner proves that an implementation keeps the contract of package cgw: each case
// is a subtest, and a failure quotes the rule that is broken. It logs the number of cases, and
// the names of those that do not apply with the reason. When the first create of all fails, it
// stops: nearly every other case would fail for the same reason.
//
// The cases run one after another. They start goroutines of their own, so run them with the
// race detector too.
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
		t.Log("Harness.Requests is nil: what is sent where nothing may be is not checked")
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

// documentationAddresses are those of RFC 5737 that the rules take, without the first and the
// last of each network.
func documentationAddresses(r cgw.Rules) []netip.Addr {
	var all []netip.Addr
	for _, net := range [][3]byte{{203, 0, 113}, {198, 51, 100}, {192, 0, 2}} {
		for host := byte(1); host < 255; host++ {
			addr := netip.AddrFrom4([4]byte{net[0], net[1], net[2], host})
			if takesAddress(r, addr) {
				all = append(all, addr)
			}
		}
	}
	return all
}

func takesAddress(r cgw.Rules, addr netip.Addr) bool {
	err := r.Validate(cgw.CreateRequest{IPAddress: addr})
	return !slices.ContainsFunc(faultsOf(err), func(f *cgw.FieldError) bool { return f.Field == "IPAddress" })
}

// suite returns every case, in the order of a gateway's life.
func suite(h Harness) []testCase {
	return slices.Concat(
		createCases(), ruleCases(), fieldCases(), acceptedCases(h.Rules), refusedCases(h.Rules), tokenCases(),
		getCases(), listCases(), filterCases(), pageCases(),
		updateCases(), tagCases(), deleteCases(),
		memoryCases(), contextCases(), stalledCases(), concurrencyCases(),
	)
}
