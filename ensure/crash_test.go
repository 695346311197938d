package ensure_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// mortal is a Provisioner whose process dies at the n-th call, from 1: before the call reaches
// the cloud, or after it took effect. Every later call finds the process dead.
type mortal struct {
	cgw.Provisioner
	left  *int
	after bool
}

var errDead = errors.New("the process is dead")

// step runs a call unless the process is dead, and reports whether it lives on.
func (m mortal) step(call func()) error {
	*m.left--
	if *m.left > 0 || *m.left == 0 && m.after {
		call()
	}
	if *m.left <= 0 {
		return errDead
	}
	return nil
}

func (m mortal) Create(ctx context.Context, r cgw.CreateRequest) (g cgw.Gateway, err error) {
	if dead := m.step(func() { g, err = m.Provisioner.Create(ctx, r) }); dead != nil {
		return cgw.Gateway{}, dead
	}
	return g, err
}

func (m mortal) Get(ctx context.Context, id string) (g cgw.Gateway, err error) {
	if dead := m.step(func() { g, err = m.Provisioner.Get(ctx, id) }); dead != nil {
		return cgw.Gateway{}, dead
	}
	return g, err
}

func (m mortal) Update(ctx context.Context, id string, r cgw.UpdateRequest) (g cgw.Gateway, err error) {
	if dead := m.step(func() { g, err = m.Provisioner.Update(ctx, id, r) }); dead != nil {
		return cgw.Gateway{}, dead
	}
	return g, err
}

func (m mortal) Delete(ctx context.Context, id string) (err error) {
	if dead := m.step(func() { err = m.Provisioner.Delete(ctx, id) }); dead != nil {
		return dead
	}
	return err
}

func (m mortal) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		if dead := m.step(func() {}); dead != nil {
			yield(cgw.Gateway{}, dead)
			return
		}
		m.Provisioner.List(ctx, f)(yield)
	}
}

func (m mortal) Rules() cgw.Rules { return cgw.RulesOf(m.Provisioner) }

// Wherever a process dies, the next one ends with exactly one gateway, and what is not the
// owner's is as it was.
func TestEnsureSurvivesDeathAtEveryCall(t *testing.T) {
	starts := map[string]func(*cgw.Gateway) bool{ // whether there is a gateway, and which
		"nothing there":  func(*cgw.Gateway) bool { return false },
		"to be updated":  func(g *cgw.Gateway) bool { g.Name = "old"; return true },
		"to be adopted":  func(g *cgw.Gateway) bool { g.Tags = nil; return true },
		"to be replaced": func(g *cgw.Gateway) bool { g.ResourceGroupID = "rg-0"; return true },
	}
	for cloudName, cloud := range clouds {
		for startName, start := range starts {
			for _, lag := range []int{0, 2} {
				for _, after := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/lag %d/after %t", cloudName, startName, lag, after), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							for call := 1; ; call++ {
								if deaths := dieAt(t, cloud(), start, lag, after, call); deaths == 0 {
									require.Greater(t, call, 1)
									return
								}
							}
						})
					})
				}
			}
		}
	}
}

// dieAt runs Ensure in a process that dies at the call, then in fresh ones. It returns how many
// died: 0 when the first was done before.
func dieAt(t *testing.T, f *cgwtest.Fake, start func(*cgw.Gateway) bool, lag int, after bool, call int) int {
	t.Helper()
	g, spec := seeded(owner), siteSpec()
	foreign := seeded("other")
	foreign.ID, foreign.IPAddress = "cgw-2", spec.IPAddress.Next()
	f.Seed(foreign)
	there := start(&g)
	if f.Like.ResourceGroupID.Unsupported { // nothing is replaced there
		g.ResourceGroupID = ""
	} else if g.ResourceGroupID != "" {
		spec.ResourceGroupID = "rg-1"
	}
	if there {
		f.Seed(g)
	}
	f.ReadLag = lag
	opts := ensure.Options{Owner: owner, AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true}
	left := call
	_, err := ensure.Gateway(t.Context(), mortal{f, &left, after}, spec, opts)
	deaths := 0
	if left <= 0 {
		require.ErrorIs(t, err, errDead)
		deaths = 1
	} else {
		require.NoError(t, err)
	}
	// Reads that lag may show what was deleted: the process that comes next looks again.
	var res ensure.Result
	for range lag + 1 {
		res, err = ensure.Gateway(t.Context(), f, spec, opts)
		require.NoError(t, err)
	}
	for range lag {
		gateways(t, f)
	}
	all := gateways(t, f)
	require.Len(t, all, 2, "exactly one gateway, and the foreign one")
	i := slices.IndexFunc(all, func(g cgw.Gateway) bool { return g.IPAddress == spec.IPAddress })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, all[i].ID, res.Gateway.ID)
	require.Equal(t, spec.Name, all[i].Name)
	require.Equal(t, spec.ResourceGroupID, all[i].ResourceGroupID)
	require.Equal(t, owner, all[i].Tags["cgw:owner"])
	foreign.Provider, foreign.Region = all[1-i].Provider, all[1-i].Region
	require.True(t, all[1-i].Equal(foreign), "foreign untouched")
	return deaths
}

// The address turns out to be held although no read had shown it.
func TestEnsureOccupied(t *testing.T) {
	for name, tt := range map[string]struct {
		seed   cgw.Gateway
		adopt  bool
		action ensure.Action
		kind   error
	}{
		"by what an earlier run made":           {seed: seeded(owner), action: ensure.Unchanged},
		"by a foreign gateway":                  {seed: seeded("other"), kind: cgw.ErrAlreadyExists},
		"by one to adopt":                       {seed: seeded("other"), adopt: true, action: ensure.Adopted},
		"by one that would have to be replaced": {seed: inGroup(seeded(owner), "rg-0"), kind: cgw.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			f, spec := withTokens(), siteSpec()
			f.Seed(tt.seed)
			if tt.seed.ResourceGroupID != "" {
				spec.ResourceGroupID = "rg-1"
			}
			res, err := ensure.Gateway(t.Context(), blind{f}, spec, adopting(ensure.Options{Owner: owner, Replace: true}, tt.adopt))
			if tt.kind != nil {
				require.ErrorIs(t, err, tt.kind)
				require.Equal(t, errors.Is(tt.kind, cgw.ErrUnsupported), ensure.Retryable(err), "the next run replaces it: %v", err)
				require.Equal(t, 1, writes(f), "the create that was refused")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.action, res.Action)
			require.Len(t, gateways(t, f), 1)
		})
	}
}

func inGroup(g cgw.Gateway, id string) cgw.Gateway {
	g.ResourceGroupID = id
	return g
}

// A list still shows a gateway that was deleted, and that would have to be changed.
func TestEnsureCreatesWhatIsGoneAfterAll(t *testing.T) {
	f, g := withoutTokens(), seeded(owner)
	g.Name, f.ReadLag = "old", 1
	f.Seed(g)
	require.NoError(t, f.Delete(t.Context(), g.ID))
	res, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner})
	require.NoError(t, err)
	require.Equal(t, ensure.Created, res.Action)
	require.Equal(t, []string{cgw.OpDelete, cgw.OpList, cgw.OpUpdate, cgw.OpCreate}, ops(f))
	require.Equal(t, "paris-1", res.Changes[0].New)
}

// A cloud that contradicts itself does not make Ensure go round in circles.
func TestEnsureEndsWhereTheCloudContradictsItself(t *testing.T) {
	f, g := withoutTokens(), seeded(owner)
	g.Name = "old"
	f.Seed(g)
	f.Faults = []cgwtest.Fault{{Op: cgw.OpUpdate, Err: cgw.ErrNotFound}}
	_, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner})
	require.ErrorIs(t, err, cgw.ErrNotFound)
	require.Equal(t, []string{cgw.OpList, cgw.OpUpdate, cgw.OpCreate, cgw.OpGet, cgw.OpUpdate}, ops(f))
}

// blind lists nothing.
type blind struct{ *cgwtest.Fake }

func (blind) List(context.Context, cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(func(cgw.Gateway, error) bool) {}
}

// Errors of the Provisioner come through, and a create that cannot be read back is in doubt.
func TestEnsureFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault   cgwtest.Fault
		kind    error
		unknown bool
	}{
		"list":      {cgwtest.Fault{Op: cgw.OpList, Err: cgw.ErrThrottled}, cgw.ErrThrottled, false},
		"create":    {cgwtest.Fault{Op: cgw.OpCreate, Err: cgw.ErrQuotaExceeded}, cgw.ErrQuotaExceeded, false},
		"lost":      {cgwtest.Fault{Op: cgw.OpCreate, Err: cgw.ErrUnavailable, Applied: true}, cgw.ErrUnavailable, true},
		"read back": {cgwtest.Fault{Op: cgw.OpGet, Err: cgw.ErrPermissionDenied}, cgw.ErrPermissionDenied, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			f.Faults = []cgwtest.Fault{tt.fault}
			_, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner})
			require.ErrorIs(t, err, tt.kind)
			require.Equal(t, tt.unknown, errors.Is(err, cgw.ErrOutcomeUnknown))
			f.Faults = nil
			_, err = ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner})
			require.NoError(t, err)
			require.Len(t, gateways(t, f), 1)
		})
	}
	t.Run("the context ends while reading back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			f.ReadLag = 100
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := ensure.Gateway(ctx, f, siteSpec(), ensure.Options{Owner: owner})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.ID)
			require.NotEmpty(t, e.ClientToken)
		})
	})
}
