package cgwtest_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// request returns a valid request for the n-th address.
func request(n byte) cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: netip.AddrFrom4([4]byte{203, 0, 113, n})}
}

func asError(t *testing.T, err error) *cgw.Error {
	t.Helper()
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	return e
}

// TestConformanceExample runs the example of TestProvisioner.
func TestConformanceExample(t *testing.T) { conformance(t) }

func TestFakeNames(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fake     *cgwtest.Fake
		provider cgw.Provider
		region   string
	}{
		{"zero", &cgwtest.Fake{}, "fake", "fake-region"},
		{"by the rules", &cgwtest.Fake{Like: cgw.Rules{Provider: cgw.Tencent}}, cgw.Tencent, "fake-region"},
		{"given", &cgwtest.Fake{Provider: "p", Region: "r", Like: cgw.Rules{Provider: cgw.Tencent}}, "p", "r"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := tt.fake.Create(t.Context(), request(1))
			require.NoError(t, err)
			require.Equal(t, tt.provider, g.Provider)
			require.Equal(t, tt.region, g.Region)
			_, err = tt.fake.Get(t.Context(), "")
			require.Equal(t, tt.provider, asError(t, err).Provider)
			require.Equal(t, tt.region, asError(t, err).Region)
		})
	}
}

func TestFakeNumbers(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("UTC+8", 8*3600))
	f := cgwtest.Fake{Now: func() time.Time { return at }}
	g, err := f.Create(t.Context(), request(1))
	require.NoError(t, err)
	require.Equal(t, cgw.Gateway{
		Provider: "fake", Region: "fake-region", ID: "cgw-fake0001", IPAddress: addr("203.0.113.1"),
		CreatedAt: at.UTC(), RequestID: "fake-request-0001",
	}, g)
	g, err = f.Create(t.Context(), request(2))
	require.NoError(t, err)
	require.Equal(t, "cgw-fake0002", g.ID)
	_, err = f.Create(t.Context(), request(1))
	require.Equal(t, "fake-request-0003", asError(t, err).RequestID)
	require.Equal(t, "fake-token-0003", asError(t, err).ClientToken)

	f.Reset()
	require.Empty(t, f.Calls())
	g, err = f.Create(t.Context(), request(1))
	require.NoError(t, err)
	require.Equal(t, "cgw-fake0001", g.ID)
	require.Equal(t, "fake-request-0001", g.RequestID)
}

func TestFakeMakesNoTokenWhereThereAreNone(t *testing.T) {
	f := cgwtest.Fake{Like: cgw.Rules{ClientToken: cgw.TextRule{Unsupported: true}}, Quota: 1}
	_, err := f.Create(t.Context(), request(1))
	require.NoError(t, err)
	_, err = f.Create(t.Context(), request(2))
	require.Empty(t, asError(t, err).ClientToken)
}

func TestFakeQuota(t *testing.T) {
	f := cgwtest.Fake{Quota: 2}
	for n := range byte(2) {
		_, err := f.Create(t.Context(), request(1+n))
		require.NoError(t, err)
	}
	_, err := f.Create(t.Context(), request(3))
	require.ErrorIs(t, err, cgw.ErrQuotaExceeded)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.NoError(t, f.Delete(t.Context(), "cgw-fake0001"))
	_, err = f.Create(t.Context(), request(3))
	require.NoError(t, err)
}

func TestFakeReadLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := cgwtest.Fake{ReadLag: 2}
		g, err := f.Create(t.Context(), request(1))
		require.NoError(t, err)
		_, err = f.Create(t.Context(), request(1))
		require.ErrorIs(t, err, cgw.ErrAlreadyExists, "writes see the truth")
		_, err = f.Get(t.Context(), g.ID)
		require.ErrorIs(t, err, cgw.ErrNotFound)
		all, err := cgw.Collect(f.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Empty(t, all)
		require.NoError(t, cgw.WaitVisible(t.Context(), &f, g.ID))

		require.NoError(t, f.Delete(t.Context(), g.ID))
		require.ErrorIs(t, f.Delete(t.Context(), g.ID), cgw.ErrNotFound, "writes see the truth")
		_, err = f.Get(t.Context(), g.ID)
		require.NoError(t, err)
		start := time.Now()
		require.NoError(t, cgw.WaitGone(t.Context(), &f, g.ID))
		require.Equal(t, 250*time.Millisecond, time.Since(start))
	})
}

// TestFakeReadLagOfWhatWasNotShown: a gateway that no read has shown is not shown after its end, and one that is
// seeded is shown at once.
func TestFakeReadLagOfWhatWasNotShown(t *testing.T) {
	f := cgwtest.Fake{ReadLag: 2}
	g, err := f.Create(t.Context(), request(1))
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), g.ID))
	for range 4 {
		_, err = f.Get(t.Context(), g.ID)
		require.ErrorIs(t, err, cgw.ErrNotFound)
	}
	g, err = f.Create(t.Context(), request(1))
	require.NoError(t, err)
	f.Seed(cgw.Gateway{ID: g.ID, Name: "seeded", IPAddress: g.IPAddress})
	g, err = f.Get(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, "seeded", g.Name)
}

// TestFakeSendsNoTokenOfWhatIsRefused: a request that is not valid is not sent, so it has no token.
func TestFakeSendsNoTokenOfWhatIsRefused(t *testing.T) {
	var f cgwtest.Fake
	_, err := f.Create(t.Context(), cgw.CreateRequest{})
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Empty(t, e.ClientToken)
}

func TestFakeSeed(t *testing.T) {
	var f cgwtest.Fake
	tags := map[string]string{"env": "prod"}
	f.Seed(
		cgw.Gateway{IPAddress: addr("::ffff:203.0.113.1"), Tags: tags},
		cgw.Gateway{ID: "cgw-fake0002", Provider: "other", Region: "elsewhere", Tags: map[string]string{}},
	)
	tags["env"] = "changed"
	g, err := f.Get(t.Context(), "cgw-fake0001")
	require.NoError(t, err)
	require.Equal(t, addr("203.0.113.1"), g.IPAddress)
	require.Equal(t, map[string]string{"env": "prod"}, g.Tags)
	require.Equal(t, cgw.Provider("fake"), g.Provider)
	g, err = f.Get(t.Context(), "cgw-fake0002")
	require.NoError(t, err)
	require.Equal(t, cgw.Provider("other"), g.Provider)
	require.Equal(t, "elsewhere", g.Region)
	require.Nil(t, g.Tags)

	g, err = f.Create(t.Context(), request(9))
	require.NoError(t, err)
	require.Equal(t, "cgw-fake0003", g.ID, "an ID that was seeded is not given again")
	_, err = f.Create(t.Context(), request(1))
	require.ErrorIs(t, err, cgw.ErrAlreadyExists)

	f.Seed(cgw.Gateway{ID: "cgw-fake0003", Name: "replaced"})
	g, err = f.Get(t.Context(), "cgw-fake0003")
	require.NoError(t, err)
	require.Equal(t, "replaced", g.Name)
	require.Len(t, f.Calls(), 5, "a seed is not a call")
}

// TestFakeReadLagByAddressAndID checks that the reads of a lag count alike however a gateway is
// looked for, and whichever gateways the filter of a List matches.
func TestFakeReadLagByAddressAndID(t *testing.T) {
	for name, filter := range map[string]cgw.Filter{
		"all": {}, "by address": {IPAddress: addr("203.0.113.1")}, "by ID": {IDs: []string{"cgw-fake0001"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := cgwtest.Fake{ReadLag: 2}
			shown := func(f *cgwtest.Fake, filter cgw.Filter) int {
				all, err := cgw.Collect(f.List(t.Context(), filter))
				require.NoError(t, err)
				return len(all)
			}
			g, err := f.Create(t.Context(), request(1))
			require.NoError(t, err)
			require.Equal(t, 0, shown(&f, cgw.Filter{IPAddress: addr("203.0.113.99")}), "a read that looks for another")
			require.Equal(t, 0, shown(&f, filter))
			require.Equal(t, 1, shown(&f, filter))
			require.NoError(t, f.Delete(t.Context(), g.ID))
			require.Equal(t, 1, shown(&f, filter))
			require.Equal(t, 1, shown(&f, filter))
			require.Equal(t, 0, shown(&f, filter))

			g, err = f.Create(t.Context(), request(1))
			require.NoError(t, err)
			require.NoError(t, f.Delete(t.Context(), g.ID))
			f.Seed(cgw.Gateway{ID: g.ID, IPAddress: addr("203.0.113.2")})
			require.Equal(t, 1, shown(&f, cgw.Filter{}), "a seeded gateway replaces one that was deleted and still shows")
			got, err := f.Get(t.Context(), g.ID)
			require.NoError(t, err)
			require.Equal(t, addr("203.0.113.2"), got.IPAddress)
		})
	}
}

func TestFakeListOrderAndDuplicates(t *testing.T) {
	var f cgwtest.Fake
	same := addr("203.0.113.1")
	f.Seed(cgw.Gateway{ID: "cgw-b", IPAddress: addr("203.0.113.2")}, cgw.Gateway{ID: "cgw-a", IPAddress: same}, cgw.Gateway{ID: "cgw-none"})
	f.Seed(cgw.Gateway{ID: "cgw-b", IPAddress: same}) // it keeps its place
	ids := func(filter cgw.Filter) (ids []string) {
		for g, err := range f.List(t.Context(), filter) {
			require.NoError(t, err)
			ids = append(ids, g.ID)
		}
		return ids
	}
	require.Equal(t, []string{"cgw-b", "cgw-a", "cgw-none"}, ids(cgw.Filter{}))
	require.Equal(t, []string{"cgw-b", "cgw-a"}, ids(cgw.Filter{IPAddress: same}))
	require.Equal(t, []string{"cgw-b", "cgw-a"}, ids(cgw.Filter{IDs: []string{"cgw-a", "cgw-b", "cgw-a", "cgw-gone"}}))
	require.Empty(t, ids(cgw.Filter{IPAddress: addr("203.0.113.2")}), "the address that it had")

	_, err := f.Create(t.Context(), request(2))
	require.NoError(t, err, "the address that a seeded gateway left")
	_, err = f.Create(t.Context(), cgw.CreateRequest{IPAddress: same})
	require.Equal(t, []string{"cgw-b"}, asError(t, err).ConflictingIDs, "the one that came to the address last")
	require.NoError(t, f.Delete(t.Context(), "cgw-b"))
	_, err = f.Create(t.Context(), cgw.CreateRequest{IPAddress: same})
	require.Equal(t, []string{"cgw-a"}, asError(t, err).ConflictingIDs)
	require.NoError(t, f.Delete(t.Context(), "cgw-a"))
	_, err = f.Create(t.Context(), cgw.CreateRequest{IPAddress: same})
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), "cgw-none"))
}

func TestFakeFilterByResourceGroup(t *testing.T) {
	var f cgwtest.Fake
	for n, group := range []string{"rg-1", "rg-2", ""} {
		req := request(byte(n + 1))
		req.ResourceGroupID = group
		_, err := f.Create(t.Context(), req)
		require.NoError(t, err)
	}
	some, err := cgw.Collect(f.List(t.Context(), cgw.Filter{ResourceGroupID: "rg-2"}))
	require.NoError(t, err)
	require.Len(t, some, 1)
	require.Equal(t, "rg-2", some[0].ResourceGroupID)

	without := cgwtest.Fake{Like: cgw.Rules{ResourceGroupID: cgw.TextRule{Unsupported: true}}}
	_, err = cgw.Collect(without.List(t.Context(), cgw.Filter{ResourceGroupID: "rg-2"}))
	require.ErrorIs(t, err, cgw.ErrUnsupported)
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
}

// TestFakeOfManyGateways takes minutes if the time of a call grows with the number of gateways.
func TestFakeOfManyGateways(t *testing.T) {
	const n = 50_000
	f := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpDelete, Call: n + 1, Err: cgw.ErrThrottled}}}
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{8, byte(i >> 16), byte(i >> 8), byte(i)}) }
	ids := make([]string, n)
	for i := range n {
		g, err := f.Create(t.Context(), cgw.CreateRequest{IPAddress: at(i)})
		require.NoError(t, err)
		ids[i] = g.ID
		f.Disconnect(f.Connect(g.ID))
	}
	all, err := cgw.Collect(f.List(t.Context(), cgw.Filter{}))
	require.NoError(t, err)
	require.Len(t, all, n)
	name := "renamed"
	for i, id := range ids {
		_, err := f.Get(t.Context(), id)
		require.NoError(t, err)
		_, err = f.Update(t.Context(), id, cgw.UpdateRequest{Name: &name})
		require.NoError(t, err)
		for _, filter := range []cgw.Filter{{IPAddress: at(i)}, {IDs: []string{id}}} {
			for g, err := range f.List(t.Context(), filter) {
				require.NoError(t, err)
				require.Equal(t, id, g.ID)
			}
		}
	}
	for _, id := range ids {
		require.NoError(t, f.Delete(t.Context(), id))
	}
	require.ErrorIs(t, f.Delete(t.Context(), ids[0]), cgw.ErrThrottled)
}

func TestFakeConnections(t *testing.T) {
	var f cgwtest.Fake
	f.Seed(cgw.Gateway{ID: "cgw-1"})
	a, b := f.Connect("cgw-1"), f.Connect("cgw-1")
	f.Connect("cgw-2")
	err := f.Delete(t.Context(), "cgw-1")
	require.ErrorIs(t, err, cgw.ErrInUse)
	require.Equal(t, []string{a, b}, asError(t, err).ConflictingIDs)
	f.Disconnect(a)
	require.Equal(t, []string{b}, asError(t, f.Delete(t.Context(), "cgw-1")).ConflictingIDs)
	f.Disconnect(b)
	require.NoError(t, f.Delete(t.Context(), "cgw-1"))
}

func TestFakeClientTokenOutlivesTheGateway(t *testing.T) {
	var f cgwtest.Fake
	req := request(1)
	req.ClientToken = "t-1"
	first, err := f.Create(t.Context(), req)
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), first.ID))
	again, err := f.Create(t.Context(), req)
	require.NoError(t, err)
	require.True(t, again.Equal(first), "as the clouds answer: the first result")
	_, err = f.Get(t.Context(), first.ID)
	require.ErrorIs(t, err, cgw.ErrNotFound)
}

func TestFakeCalls(t *testing.T) {
	var f cgwtest.Fake
	name, key := "renamed", cgw.Secret("s3cr3t-key")
	tags := map[string]string{"env": "prod"}
	ids := []string{"cgw-fake0001"}
	req := request(1)
	req.Tags, req.AuthKey = tags, key
	g, err := f.Create(t.Context(), req)
	require.NoError(t, err)
	_, err = f.Update(t.Context(), g.ID, cgw.UpdateRequest{Name: &name, AuthKey: &key})
	require.NoError(t, err)
	list := f.List(t.Context(), cgw.Filter{IDs: ids})
	require.Len(t, f.Calls(), 2, "a List is a call once it is ranged over")
	for range 2 {
		_, err = cgw.Collect(list)
		require.NoError(t, err)
	}
	_, refused := f.Get(t.Context(), "")
	missing := f.Delete(t.Context(), "cgw-none")
	tags["env"], ids[0], name = "changed", "changed", "changed"

	calls := f.Calls()
	var ops []string
	for _, c := range calls {
		ops = append(ops, c.Op)
	}
	require.Equal(t, []string{cgw.OpCreate, cgw.OpUpdate, cgw.OpList, cgw.OpList, cgw.OpGet, cgw.OpDelete}, ops)
	require.Equal(t, map[string]string{"env": "prod"}, calls[0].Create.Tags)
	require.Empty(t, calls[0].Create.ClientToken, "as it was asked")
	require.Equal(t, g.ID, calls[1].ID)
	require.Equal(t, "renamed", *calls[1].Update.Name)
	require.Equal(t, []string{"cgw-fake0001"}, calls[3].Filter.IDs)
	require.Equal(t, refused, calls[4].Err)
	require.Equal(t, missing, calls[5].Err)
	require.NoError(t, calls[0].Err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", calls, calls, calls), "s3cr3t-key")

	calls[0].Create.Tags["env"] = "changed"
	require.Equal(t, "prod", f.Calls()[0].Create.Tags["env"])
}

func TestFakeAnswersAnEndedContextWithBoth(t *testing.T) {
	var f cgwtest.Fake
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	_, err := f.Create(ctx, cgw.CreateRequest{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errStop)
	require.ErrorIs(t, err, cgw.ErrInvalidIPAddress)
}
