package ensure_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// meanwhile returns a Provisioner of f. Before its nth call of op, from 1, another program does something.
func meanwhile(f *cgwtest.Fake, op string, nth int, do func()) cgw.Provisioner {
	n := 0
	return middleware.WithHooks(f, middleware.Hooks{Before: func(ctx context.Context, o middleware.Operation) (context.Context, error) {
		if o.Op == op {
			if n++; n == nth {
				do()
			}
		}
		return ctx, nil
	}})
}

// change changes a gateway of f as another program does.
func change(f *cgwtest.Fake, g cgw.Gateway, how func(*cgw.Gateway)) func() {
	return func() {
		g.Tags = map[string]string{ensure.DefaultOwnerKey: owner, "env": "prod"}
		how(&g)
		f.Seed(g)
	}
}

func deletesIn(f *cgwtest.Fake) int {
	n := 0
	for _, op := range ops(f) {
		if op == cgw.OpDelete {
			n++
		}
	}
	return n
}

func TestReplaceWithATokenOfTheCaller(t *testing.T) {
	f, spec, opts := withTokens(), siteSpec(), ensure.Options{Owner: owner, Replace: true}
	spec.ClientToken = "mine"
	_, err := ensure.Gateway(t.Context(), f, spec, opts)
	require.NoError(t, err)
	spec.ASN++
	_, err = ensure.Gateway(t.Context(), f, spec, opts)
	require.ErrorIs(t, err, cgw.ErrTokenMismatch)
	require.Zero(t, deletesIn(f), "the create after the delete would be refused as well")
	spec.ClientToken = "another"
	res, err := ensure.Gateway(t.Context(), f, spec, opts)
	require.NoError(t, err)
	require.Equal(t, ensure.Replaced, res.Action)
}

// A gateway that was deleted, and could not be created again, is not "not applied".
func TestHalfReplaced(t *testing.T) {
	for name, cloud := range clouds {
		t.Run(name, func(t *testing.T) {
			f := cloud()
			f.Like.ASN.Immutable = true
			g := seeded(owner)
			g.ASN = 1
			f.Seed(g)
			creates := 1
			if !f.Like.ClientToken.Unsupported {
				creates = 2 // the first only asks what the gateway was made from
			}
			f.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Call: creates, Err: &cgw.Error{Kind: cgw.ErrQuotaExceeded, RetryAfter: 3 * time.Second}}}
			_, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner, Replace: true})
			require.ErrorIs(t, err, cgw.ErrQuotaExceeded)
			require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(err))
			require.ErrorContains(t, err, "Ensure cgw-1: ")
			require.ErrorContains(t, err, "was deleted to be replaced, and was not created again: cgw: ")
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, 3*time.Second, e.RetryAfter)
			require.Equal(t, f.Location(), cgw.Location{Provider: e.Provider, Region: e.Region})
			f.Faults = nil
			res, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner, Replace: true})
			require.NoError(t, err)
			require.Equal(t, ensure.Created, res.Action)
		})
	}
}

// Another program changes the gateway between the first read and the write. What it did is looked at again.
func TestChangedMeanwhile(t *testing.T) {
	own := ensure.Options{Owner: owner, Replace: true, Patience: time.Second}
	wrong := func(g *cgw.Gateway) { g.ASN = 1 }
	for name, tt := range map[string]struct {
		op      string
		nth     int
		seed    func(*cgw.Gateway)
		becomes func(*cgw.Gateway)
		gone    bool
		action  ensure.Action
		kind    error
		retry   bool
	}{
		"right before it is replaced":      {op: cgw.OpGet, nth: 1, seed: wrong, becomes: func(*cgw.Gateway) {}, action: ensure.Unchanged},
		"another's before it is replaced":  {op: cgw.OpGet, nth: 1, seed: wrong, becomes: func(g *cgw.Gateway) { g.Tags[ensure.DefaultOwnerKey] = "other" }, kind: cgw.ErrConflict, retry: true},
		"deleted before it is replaced":    {op: cgw.OpGet, nth: 1, seed: wrong, gone: true, action: ensure.Replaced},
		"another's after the update":       {op: cgw.OpGet, nth: 1, seed: func(g *cgw.Gateway) { g.Name = "old" }, becomes: func(g *cgw.Gateway) { g.Tags[ensure.DefaultOwnerKey] = "other" }, kind: cgw.ErrAlreadyExists},
		"deleted after the update":         {op: cgw.OpGet, nth: 1, seed: func(g *cgw.Gateway) { g.Name = "old" }, gone: true, kind: cgw.ErrConflict, retry: true},
		"deleted before the update itself": {op: cgw.OpUpdate, nth: 1, seed: func(g *cgw.Gateway) { g.Name = "old" }, gone: true, action: ensure.Created},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, g := withTokens(), seeded(owner)
				tt.seed(&g)
				f.Seed(g)
				do := func() { require.NoError(t, f.Delete(t.Context(), g.ID)) }
				if !tt.gone {
					do = change(f, seeded(owner), tt.becomes)
				}
				res, err := ensure.Gateway(t.Context(), meanwhile(f, tt.op, tt.nth, do), siteSpec(), own)
				if tt.kind != nil {
					require.ErrorIs(t, err, tt.kind)
					require.Equal(t, tt.retry, ensure.Retryable(err), "%v", err)
					require.NotContains(t, err.Error(), "plan")
					return
				}
				require.NoError(t, err)
				require.Equal(t, tt.action, res.Action)
				require.Len(t, gateways(t, f), 1)
			})
		})
	}
}

// torn is a cloud that deletes the tags of a gateway before the gateway.
type torn struct {
	*cgwtest.Fake
	gets *int
}

func (c torn) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	g, err := c.Fake.Get(ctx, id)
	if *c.gets++; *c.gets == 1 && err == nil {
		g.Tags = nil
		err = c.Fake.Delete(ctx, id)
	}
	return g, err
}

func TestPruneOfWhatIsBeingDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := withTokens()
		f.Seed(seeded(owner))
		for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: torn{f, new(int)}, Prune: true, PruneAll: true}}, ensure.AllOptions{Options: ensuring}) {
			require.NoError(t, r.Err)
			require.Equal(t, ensure.Unchanged, r.Action)
		}
	})
}

// Tags that become visible while an adoption waits for an owner tag are kept, as all tags that the specification
// does not name.
func TestAdoptionKeepsTagsThatComeLate(t *testing.T) {
	for _, n := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			f, specs := withTokens(), sites(n)
			seed := func(tags map[string]string) func() {
				return func() {
					for _, s := range specs {
						f.Seed(cgw.Gateway{ID: "cgw-" + s.Name, IPAddress: s.IPAddress, Name: "theirs", CreatedAt: time.Now().Add(-time.Second), Tags: tags})
					}
				}
			}
			seed(nil)()
			op, nth := cgw.OpGet, 2
			if n > 1 {
				op = cgw.OpList
			}
			p := meanwhile(f, op, nth, seed(map[string]string{"billing": "dept-7"}))
			opts := ensure.AllOptions{Options: ensure.Options{Owner: owner, AdoptUnowned: true}}
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: p, Specs: specs}}, opts) {
				require.NoError(t, r.Err)
				require.Equal(t, ensure.Adopted, r.Action)
			}
			for _, g := range gateways(t, f) {
				require.Equal(t, map[string]string{"billing": "dept-7", ensure.DefaultOwnerKey: owner}, g.Tags)
			}
		})
	}
}

// loses is a cloud that shows a tag of one gateway never, and of the others at the second look.
type loses struct {
	*cgwtest.Fake
	looks map[string]int
}

func (c loses) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	g, err := c.Fake.Get(ctx, id)
	if c.looks[id]++; id == "cgw-fake0001" || c.looks[id] == 1 {
		delete(g.Tags, "new")
	}
	return g, err
}

// What one gateway lost says nothing of the others.
func TestOneGatewayLosesATag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, specs := withoutTokens(), sites(4)
		target := []ensure.Target{{Name: "one", Provisioner: loses{f, map[string]int{}}, Specs: specs}}
		opts := ensure.AllOptions{Options: ensuring, PerTarget: 1}
		for _, r := range ensureAll(t.Context(), t, target, opts) {
			require.NoError(t, r.Err)
		}
		for i := range specs {
			specs[i].Tags = map[string]string{"new": "1"}
		}
		for _, r := range ensureAll(t.Context(), t, target, opts) {
			require.Equal(t, r.Index == 0, r.Err != nil, "%d: %v", r.Index, r.Err)
		}
	})
}

// In a run that takes long, what was read at first is read again before it is changed.
func TestOldReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, specs := withTokens(), sites(2)
		for i, s := range specs {
			f.Seed(cgw.Gateway{ID: []string{"cgw-0", "cgw-1"}[i], IPAddress: s.IPAddress, Name: "old", Tags: map[string]string{ensure.DefaultOwnerKey: owner}})
		}
		f.Faults = []cgwtest.Fault{{Op: cgw.OpUpdate, Call: 1, Delay: 10 * time.Second}}
		p := meanwhile(f, cgw.OpUpdate, 1, func() {
			f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: specs[1].IPAddress, Name: "theirs", Tags: map[string]string{ensure.DefaultOwnerKey: "other"}})
		})
		for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: p, Specs: specs}}, ensure.AllOptions{Options: ensuring, PerTarget: 1}) {
			if r.Index == 0 {
				require.NoError(t, r.Err)
				continue
			}
			require.ErrorAs(t, r.Err, new(*ensure.OwnerError))
			require.ErrorIs(t, r.Err, cgw.ErrAlreadyExists)
		}
		require.Equal(t, "theirs", gateways(t, f)[1].Name)
	})
}

// If the look for the gateway at the address fails for a while, the next run may find that it is ours.
func TestOccupiedAndNotToBeRead(t *testing.T) {
	f := withTokens()
	f.Seed(seeded(owner))
	f.Faults = []cgwtest.Fault{{Op: cgw.OpGet, Call: 1, Err: &cgw.Error{Kind: cgw.ErrThrottled, RetryAfter: time.Second}}}
	_, err := ensure.Gateway(t.Context(), blind{f}, siteSpec(), ensure.Options{Owner: owner})
	require.ErrorIs(t, err, cgw.ErrAlreadyExists)
	require.ErrorIs(t, err, cgw.ErrThrottled)
	require.True(t, ensure.Retryable(err), "%v", err)
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []string{"cgw-1"}, e.ConflictingIDs)
	require.Equal(t, time.Second, e.RetryAfter)
	_, err = ensure.Gateway(t.Context(), blind{f}, siteSpec(), ensure.Options{Owner: owner})
	require.NoError(t, err)
}

// A plan that has lost its location could be carried out anywhere.
func TestPlanWithoutALocation(t *testing.T) {
	f := withTokens()
	plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: sites(1)}, ensuring)
	require.NoError(t, err)
	plan.Location = cgw.Location{}
	_, err = plan.Apply(t.Context(), f, ensure.ApplyOptions{})
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.ErrorContains(t, err, "Location: is missing")
	require.Zero(t, writes(f))
}

func TestStaleErrorNamesWhatChanged(t *testing.T) {
	a, b := seeded(owner), seeded(owner)
	b.CreatedAt = time.Unix(1, 0)
	require.ErrorContains(t, &ensure.StaleError{Planned: a, Found: b}, "cgw-1 changed its time of creation, provider or region")
	b.Name = "x"
	require.ErrorContains(t, &ensure.StaleError{Planned: a, Found: b}, "cgw-1 changed Name: paris-1 → x")
}

// Errors of package ensure say where.
func TestErrorsNameTheRegion(t *testing.T) {
	f := withTokens()
	_, refused := ensure.Gateway(t.Context(), f, cgw.CreateRequest{}, ensure.Options{Owner: owner})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var ended error
	for _, r := range ensureAll(ctx, t, []ensure.Target{{Name: "one", Provisioner: f, Specs: sites(1)}}, ensure.AllOptions{Options: ensuring}) {
		ended = r.Err
	}
	for _, err := range []error{refused, ended} {
		var e *cgw.Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, f.Location(), cgw.Location{Provider: e.Provider, Region: e.Region}, "%v", err)
	}
}

// slowReads is a cloud whose Gets show an update late.
type slowReads struct {
	*cgwtest.Fake
	old  cgw.Gateway
	left *int
}

func (c slowReads) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	g, err := c.Fake.Get(ctx, id)
	if *c.left--; *c.left >= 0 {
		return c.old, err
	}
	return g, err
}

// After an adoption, reads may show the owner before for a while.
func TestAdoptionFromAnotherOwnerIsVisibleLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, left := withTokens(), 2
		f.Seed(seeded("other"))
		res, err := ensure.Gateway(t.Context(), slowReads{f, gateways(t, f)[0], &left}, siteSpec(), ensure.Options{Owner: owner, AdoptFrom: []string{"other"}})
		require.NoError(t, err)
		require.Equal(t, ensure.Adopted, res.Action)
	})
}

// A gateway whose tags cannot be read is not adopted: it may have an owner.
func TestAdoptionNeedsARead(t *testing.T) {
	for _, n := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			f, specs := withTokens(), sites(n)
			for _, s := range specs {
				f.Seed(cgw.Gateway{ID: "cgw-" + s.Name, IPAddress: s.IPAddress, CreatedAt: time.Now(), Tags: map[string]string{ensure.DefaultOwnerKey: "other"}})
			}
			late := n // the first List shows no tags
			throttled := &cgw.Error{Kind: cgw.ErrThrottled}
			f.Faults = []cgwtest.Fault{{Op: cgw.OpGet, Err: throttled}, {Op: cgw.OpList, Call: 2, Err: throttled}}
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: lateTags{f, &late}, Specs: specs}}, ensure.AllOptions{Options: ensure.Options{Owner: owner, AdoptUnowned: true}}) {
				require.ErrorIs(t, r.Err, cgw.ErrThrottled)
				require.True(t, ensure.Retryable(r.Err))
			}
			require.Zero(t, writes(f))
		})
	}
}

// The context ends while a prune waits for the tags of a gateway: nothing was sent.
func TestPruneEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := withTokens()
		f.Seed(seeded(owner))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := meanwhile(f, cgw.OpGet, 1, change(f, seeded(owner), func(g *cgw.Gateway) { g.Tags = nil }))
		for _, r := range ensureAll(ctx, t, []ensure.Target{{Name: "one", Provisioner: p, Prune: true, PruneAll: true}}, ensure.AllOptions{Options: ensuring}) {
			var e *cgw.Error
			require.ErrorAs(t, r.Err, &e)
			require.ErrorIs(t, r.Err, context.DeadlineExceeded)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(r.Err))
		}
		require.Zero(t, writes(f))
	})
}

// Two processes replace a gateway at the same time: one of them finds that the other has done it.
func TestReplacedByAnotherProcess(t *testing.T) {
	f, spec, opts := withTokens(), siteSpec(), ensure.Options{Owner: owner, Replace: true}
	_, err := ensure.Gateway(t.Context(), f, spec, opts)
	require.NoError(t, err)
	spec.ASN++
	p := meanwhile(f, cgw.OpCreate, 1, func() {
		res, err := ensure.Gateway(t.Context(), f, spec, opts)
		require.NoError(t, err)
		require.Equal(t, ensure.Replaced, res.Action)
	})
	res, err := ensure.Gateway(t.Context(), p, spec, opts)
	require.NoError(t, err)
	require.Equal(t, ensure.Unchanged, res.Action)
	require.Len(t, gateways(t, f), 1)
	require.Equal(t, gateways(t, f)[0].ID, res.Gateway.ID)
}
