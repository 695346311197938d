package cgwtest

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// caseTB runs the Cleanup functions of one case at its end, as t.Run does; a bubble of synctest
// has no subtests.
type caseTB struct {
	testing.TB
	cleanups []func()
}

func (c *caseTB) Cleanup(f func()) { c.cleanups = append(c.cleanups, f) }

func (c *caseTB) end() {
	for _, f := range slices.Backward(c.cleanups) {
		f()
	}
}

// TestLiveHarness runs the suite on a region where others have gateways, an earlier run left some,
// and reads lag.
func TestLiveHarness(t *testing.T) {
	unrelated := cgw.Gateway{ID: "cgw-unrelated", Name: "hq", IPAddress: netip.MustParseAddr("8.8.8.8")}
	for name, rules := range testRules() {
		synctest.Test(t, func(t *testing.T) {
			cloud := &Fake{Like: rules, ReadLag: 2}
			cloud.Seed(unrelated, cgw.Gateway{ID: "cgw-left", Name: "cgwtest-7", IPAddress: netip.MustParseAddr("203.0.113.1")})
			h := Harness{
				Rules: rules, Live: true,
				Addresses: documentationAddresses(rules)[:8], // as many as its comment promises to do with
				New:       func(testing.TB) cgw.Provisioner { return cloud },
				Connect: func(t testing.TB, id string) []string {
					conn := cloud.Connect(id)
					t.Cleanup(func() { cloud.Disconnect(conn) })
					return []string{conn}
				},
			}.withDefaults()
			for _, c := range suite(h) {
				if c.notApplicable(&h) != "" {
					continue
				}
				tb := &caseTB{TB: t}
				require.Empty(t, c.check(tb, &h), "%s: %s", name, c.name)
				tb.end()
				for range cloud.ReadLag { // let the reads forget what was deleted
					_, _ = cgw.Collect(cloud.List(t.Context(), cgw.Filter{}))
				}
				left, err := cgw.Collect(cloud.List(t.Context(), cgw.Filter{}))
				require.NoError(t, err)
				require.Len(t, left, 1, "%s: %s leaves gateways", name, c.name)
				require.Equal(t, unrelated.ID, left[0].ID)
				require.Len(t, cloud.state.byID, 1, "the Fake forgets gateways that no read shows")
			}
		})
	}
}

// TestLiveHarnessCleansUpAfterFailure checks that a case that fails and panics half-way leaves
// nothing on a live cloud.
func TestLiveHarnessCleansUpAfterFailure(t *testing.T) {
	cloud := new(Fake)
	h := Harness{Live: true, New: func(testing.TB) cgw.Provisioner { return cloud }}.withDefaults()
	for _, run := range []func(*session){
		func(s *session) { s.createN(2); s.fatalf("fails") },
		func(s *session) { s.create(s.request()); panic("fails") },
		func(s *session) { // a gateway that the suite does not know of
			_, err := cloud.Create(s.ctx, s.request())
			s.errorf("fails: %v", err)
		},
	} {
		tb := &caseTB{TB: t}
		require.NotEmpty(t, testCase{run: run}.check(tb, &h))
		require.NotEmpty(t, cloud.state.byID)
		tb.end()
		require.Empty(t, cloud.state.byID)
	}
}

func TestSettleFollowsEveryWrite(t *testing.T) {
	var settled atomic.Int64
	h := Harness{
		New:    func(testing.TB) cgw.Provisioner { return new(Fake) },
		Settle: func(testing.TB) { settled.Add(1) },
	}.withDefaults()
	failures := testCase{run: func(s *session) {
		g := s.create(s.request())
		s.update(g.ID, s.fullUpdate())
		s.remove(g.ID)
	}}.check(t, &h)
	require.Empty(t, failures)
	require.EqualValues(t, 3, settled.Load())
}

func TestCasesThatDoNotApplyAreNamed(t *testing.T) {
	h := Harness{Rules: cgw.Rules{ClientToken: cgw.TextRule{Unsupported: true}}, Live: true}.withDefaults()
	reasons := make(map[string]string)
	for _, c := range suite(h) {
		if r := c.notApplicable(&h); r != "" {
			reasons[c.name] = r
		}
	}
	require.Equal(t, map[string]string{
		"Create/in a resource group":                      "Harness.ResourceGroupID is empty",
		"Create/field ResourceGroupID":                    "Harness.ResourceGroupID is empty",
		"List/field ResourceGroupID":                      "Harness.ResourceGroupID is empty",
		"List/by resource group":                          "Harness.ResourceGroupID is empty",
		"List/by resource group where the cloud has none": "Rules.ResourceGroupID is supported",
		"Create/ClientToken repeated":                     "Rules.ClientToken is unsupported",
		"Create/ClientToken for another request":          "Rules.ClientToken is unsupported",
		"Create/ClientToken in errors":                    "Rules.ClientToken is unsupported",
		"Create/ClientToken absent":                       "Rules.ClientToken is unsupported",
		"Create/ClientToken from several goroutines":      "Rules.ClientToken is unsupported",
		"List/empty region":                               "Harness.Live: others may have gateways",
		"List/one full page":                              "Harness.PageCap is 0",
		"List/one more than a page":                       "Harness.PageCap is 0",
		"List/one more than two pages":                    "Harness.PageCap is 0",
		"List/cancelled between pages":                    "Harness.PageCap is 0",
		"Delete/in use":                                   "Harness.Connect is nil",
		"context/cancelled during the call":               "Harness.Stalled is nil",
		"context/deadline passed during the call":         "Harness.Stalled is nil",
		"concurrency/deletes of one gateway":              "Harness.Live: a delete may be ErrConflict while another is running",
	}, reasons)
}

func TestCasesAreNamedApart(t *testing.T) {
	for _, rules := range testRules() {
		seen := make(map[string]bool)
		for _, c := range suite(Harness{Rules: rules}) {
			require.False(t, seen[c.name], "two cases are named %q", c.name)
			require.NotEmpty(t, c.rule, c.name)
			require.False(t, strings.HasSuffix(c.rule, "."), c.name)
			seen[c.name] = true
		}
	}
}
