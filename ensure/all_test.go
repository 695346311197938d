package ensure_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
	"github.com/cgw-go/cgw/middleware"
)

var ensuring = ensure.Options{Owner: owner}

// sites returns n specifications.
func sites(n int) []cgw.CreateRequest {
	specs := make([]cgw.CreateRequest, n)
	ip := netip.MustParseAddr("203.1.0.0")
	for i := range specs {
		ip = ip.Next()
		specs[i] = cgw.CreateRequest{IPAddress: ip, Name: fmt.Sprintf("site-%04d", i)}
	}
	return specs
}

func ensureAll(ctx context.Context, t *testing.T, targets []ensure.Target, opts ensure.AllOptions) []ensure.StepResult {
	t.Helper()
	results, err := ensure.All(ctx, targets, opts)
	require.NoError(t, err)
	return slices.Collect(results)
}

// counted counts the operations that are in flight, each of which takes a while.
type counted struct {
	cgw.Provisioner
	takes      time.Duration
	now, most  *atomic.Int64 // of this Provisioner
	all, ofAll *atomic.Int64 // of all of them
}

func (c counted) Rules() cgw.Rules { return cgw.RulesOf(c.Provisioner) }

func (c counted) busy() (done func()) {
	raise := func(now, most *atomic.Int64) {
		for n := now.Add(1); ; {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				return
			}
		}
	}
	raise(c.now, c.most)
	raise(c.all, c.ofAll)
	time.Sleep(c.takes) // of synctest's clock
	return func() { c.now.Add(-1); c.all.Add(-1) }
}

func (c counted) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	defer c.busy()()
	return c.Provisioner.Create(ctx, r)
}

func (c counted) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	defer c.busy()()
	return c.Provisioner.Get(ctx, id)
}

func (c counted) Delete(ctx context.Context, id string) error {
	defer c.busy()()
	return c.Provisioner.Delete(ctx, id)
}

func (c counted) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		defer c.busy()()
		c.Provisioner.List(ctx, f)(yield)
	}
}

func TestEnsureAllHoldsItsCaps(t *testing.T) {
	t.Run("of all", func(t *testing.T) { holdsCaps(t, 4, 10, 10) })
	t.Run("of each", func(t *testing.T) { holdsCaps(t, 4, 100, 20) })
	t.Run("by default", func(t *testing.T) { holdsCaps(t, 0, 0, 40) })
}

// holdsCaps asks that no more operations are in flight than allowed, and that those are, most
// of the time.
func holdsCaps(t *testing.T, each, total, most int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		const perTarget = 200
		var all, ofAll atomic.Int64
		var targets []ensure.Target
		var fakes []*cgwtest.Fake
		var counts []counted
		for i := range 5 {
			f := withoutTokens()
			c := counted{f, 20 * time.Millisecond, new(atomic.Int64), new(atomic.Int64), &all, &ofAll}
			fakes, counts = append(fakes, f), append(counts, c)
			targets = append(targets, ensure.Target{Name: fmt.Sprint("region-", i), Provisioner: c, Specs: sites(perTarget)})
		}
		opts := ensure.AllOptions{Options: ensuring, PerTarget: each, Total: total}
		start := time.Now()
		results := ensureAll(t.Context(), t, targets, opts)
		require.Len(t, results, 5*perTarget)
		for _, r := range results {
			require.NoError(t, r.Err)
			require.Equal(t, ensure.Created, r.Action)
		}
		require.EqualValues(t, most, ofAll.Load())
		for _, c := range counts {
			require.LessOrEqual(t, int(c.most.Load()), max(each, most/5))
		}
		ideal := 20*time.Millisecond + time.Duration(5*perTarget/most)*20*time.Millisecond
		require.LessOrEqual(t, time.Since(start), ideal*12/10)

		for _, r := range ensureAll(t.Context(), t, targets, opts) {
			require.NoError(t, r.Err)
			require.Equal(t, ensure.Unchanged, r.Action)
		}
		for _, f := range fakes {
			require.Equal(t, perTarget, writes(f), "the second run writes nothing")
			require.Equal(t, cgw.OpList, ops(f)[len(ops(f))-1])
			require.Len(t, ops(f), perTarget+2, "one List for each run")
		}
	})
}

func TestEnsureAllUnchangedThousand(t *testing.T) {
	f, specs := withTokens(), sites(1000)
	for _, s := range specs {
		f.Seed(cgw.Gateway{IPAddress: s.IPAddress, Name: s.Name, Tags: map[string]string{"cgw:owner": owner}})
	}
	results := ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: f, Specs: specs}}, ensure.AllOptions{Options: ensuring})
	require.Len(t, results, 1000)
	for _, r := range results {
		require.Equal(t, ensure.Unchanged, r.Action)
		require.Equal(t, specs[r.Index].Name, r.Gateway.Name)
	}
	require.Equal(t, []string{cgw.OpList}, ops(f))
}

func TestEnsureAllOneFailureStopsNothing(t *testing.T) {
	good, sick, dead, mute := withoutTokens(), withoutTokens(), withoutTokens(), withoutTokens()
	mute.Region = "mute"
	sick.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Call: 2, Err: cgw.ErrQuotaExceeded}}
	dead.Faults = []cgwtest.Fault{{Op: cgw.OpList, Err: cgw.ErrUnauthenticated}}
	mute.Faults = dead.Faults
	var progress []ensure.Progress
	opts := ensure.AllOptions{Options: ensuring, Progress: func(p ensure.Progress) { progress = append(progress, p) }}
	targets := []ensure.Target{
		{Name: "good", Provisioner: good, Specs: sites(3)},
		{Name: "sick", Provisioner: sick, Specs: sites(3)},
		{Name: "dead", Provisioner: dead, Specs: sites(3)},
		{Name: "dead, nothing wanted", Provisioner: mute, Prune: true, PruneAll: true},
		{Name: "nothing to do", Provisioner: withTokens()},
	}
	failed := map[string]int{}
	for _, r := range ensureAll(t.Context(), t, targets, opts) {
		switch r.Target {
		case "sick":
			if r.Err != nil {
				require.ErrorIs(t, r.Err, cgw.ErrQuotaExceeded)
			}
		case "dead":
			require.ErrorIs(t, r.Err, cgw.ErrUnauthenticated)
			require.Equal(t, sites(3)[r.Index], r.Step.Spec)
		case "dead, nothing wanted":
			require.ErrorIs(t, r.Err, cgw.ErrUnauthenticated)
			require.Equal(t, -1, r.Index)
		}
		if r.Err != nil {
			failed[r.Target]++
		}
	}
	require.Equal(t, map[string]int{"sick": 1, "dead": 3, "dead, nothing wanted": 1}, failed)
	require.Len(t, progress, 10)
	require.Equal(t, 10, progress[9].Done)
	require.Equal(t, 10, progress[9].Total)
	require.Equal(t, 5, progress[9].Failed)

	sick.Faults, dead.Faults, mute.Faults = nil, nil, nil
	n := writes(good)
	for _, r := range ensureAll(t.Context(), t, targets, opts) {
		require.NoError(t, r.Err, "resumed")
	}
	require.Equal(t, n, writes(good))
	require.Len(t, gateways(t, sick), 3)
	require.Len(t, gateways(t, dead), 3)
}

func TestEnsureAllPrunesLast(t *testing.T) {
	f := withTokens()
	f.Seed(
		cgw.Gateway{ID: "cgw-old", IPAddress: at(1), Tags: map[string]string{"cgw:owner": owner}},
		cgw.Gateway{ID: "cgw-theirs", IPAddress: at(2), Tags: map[string]string{"cgw:owner": "other"}},
		cgw.Gateway{ID: "cgw-used", IPAddress: at(3), Tags: map[string]string{"cgw:owner": owner}},
	)
	conn := f.Connect("cgw-used")
	var progress ensure.Progress
	results := ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: f, Specs: sites(4), Prune: true}},
		ensure.AllOptions{Options: ensuring, Progress: func(p ensure.Progress) { progress = p }})
	require.Len(t, results, 6)
	require.Equal(t, 6, progress.Total)
	for _, r := range results[4:] {
		require.Equal(t, ensure.StepDelete, r.Step.Kind)
		if r.Step.Gateway.ID == "cgw-used" {
			require.ErrorIs(t, r.Err, cgw.ErrInUse)
			var e *cgw.Error
			require.ErrorAs(t, r.Err, &e)
			require.Equal(t, []string{conn}, e.ConflictingIDs)
			continue
		}
		require.NoError(t, r.Err)
		require.Equal(t, ensure.Deleted, r.Action)
		require.Equal(t, "cgw-old", r.Gateway.ID)
	}
	all := gateways(t, f)
	require.Len(t, all, 6)
	require.Equal(t, "cgw-theirs", all[0].ID)
}

// What is pruned was handed to another owner after the list was read.
func TestEnsureAllPrunesOnlyItsOwn(t *testing.T) {
	f := withTokens()
	f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: at(1), Tags: map[string]string{"cgw:owner": owner}})
	p := middleware.WithHooks(f, middleware.Hooks{Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
		if op.Op == cgw.OpGet {
			f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: at(1), Tags: map[string]string{"cgw:owner": "other"}})
		}
		return ctx, nil
	}})
	results := ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: p, Prune: true, PruneAll: true}}, ensure.AllOptions{Options: ensuring})
	require.Len(t, results, 1)
	var stale *ensure.StaleError
	require.ErrorAs(t, results[0].Err, &stale)
	require.ErrorIs(t, results[0].Err, cgw.ErrConflict, "there is no plan to make again")
	require.True(t, ensure.Retryable(results[0].Err))
	require.Zero(t, writes(f))
}

func TestEnsureAllEnds(t *testing.T) {
	slow := func() (*cgwtest.Fake, []ensure.Target) {
		f := withoutTokens()
		f.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Delay: time.Second}}
		return f, []ensure.Target{{Name: "one", Provisioner: f, Specs: sites(20)}, {Name: "two", Provisioner: withTokens(), Specs: sites(20)}}
	}
	opts := ensure.AllOptions{Options: ensuring, PerTarget: 2, Total: 3}
	stop := errors.New("the program is asked to stop")
	t.Run("with its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			f, targets := slow()
			ctx, cancel := context.WithTimeoutCause(t.Context(), 2500*time.Millisecond, stop)
			defer cancel()
			results := ensureAll(ctx, t, targets, opts)
			require.Len(t, results, 40, "every site has a result")
			done := 0
			for _, r := range results {
				if r.Err == nil {
					done++
					continue
				}
				require.ErrorIs(t, r.Err, context.DeadlineExceeded)
				require.ErrorIs(t, r.Err, stop)
			}
			require.Equal(t, 24, done)
			require.Equal(t, 2500*time.Millisecond, time.Since(start))

			f.Faults = nil
			for _, r := range ensureAll(t.Context(), t, targets, opts) {
				require.NoError(t, r.Err)
			}
			require.Len(t, gateways(t, f), 20)
		})
	})
	t.Run("when the context has ended", func(t *testing.T) {
		f, targets := slow()
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		for range 10 {
			for _, r := range ensureAll(ctx, t, targets, opts) {
				require.ErrorIs(t, r.Err, context.Canceled)
				require.ErrorIs(t, r.Err, stop)
				require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(r.Err))
			}
		}
		require.Empty(t, f.Calls())
	})
	for _, after := range []int{1, 7} {
		t.Run(fmt.Sprintf("with its loop, after %d", after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which fails when a goroutine stays behind
				f, targets := slow()
				results, err := ensure.All(t.Context(), targets, opts)
				require.NoError(t, err)
				n := 0
				for range results {
					if n++; n == after {
						break
					}
				}
				calls := len(f.Calls())
				synctest.Wait()
				time.Sleep(time.Hour)
				require.Len(t, f.Calls(), calls)
				f.Faults = nil
				require.Len(t, slices.Collect(results), 40, "ranging again does the rest")
				require.Len(t, gateways(t, f), 20)
			})
		})
	}
	t.Run("with a panic of its loop", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, targets := slow()
			results, err := ensure.All(t.Context(), targets, opts)
			require.NoError(t, err)
			require.Panics(t, func() {
				for range results {
					panic("loop")
				}
			})
		})
	})
	t.Run("before it begins", func(t *testing.T) {
		f, targets := slow()
		_, err := ensure.All(t.Context(), targets, opts)
		require.NoError(t, err)
		require.Empty(t, f.Calls())
	})
}

func TestApplyAll(t *testing.T) {
	f, g := withoutTokens(), withoutTokens()
	f.Region, g.Region = "one", "two"
	opts := ensure.Options{Owner: owner, Patience: 1}
	plan, err := ensure.NewPlan(t.Context(), ensure.Target{Name: "one", Provisioner: f, Specs: sites(3)}, opts)
	require.NoError(t, err)
	f.Seed(cgw.Gateway{ID: "cgw-thief", IPAddress: sites(2)[1].IPAddress})
	other, err := ensure.NewPlan(t.Context(), ensure.Target{Name: "two", Provisioner: g, Specs: sites(1)}, opts)
	require.NoError(t, err)
	var progress ensure.Progress
	results, err := ensure.ApplyAll(t.Context(), []ensure.Planned{{Provisioner: f, Plan: plan}, {Provisioner: g, Plan: other}},
		ensure.ApplyOptions{Progress: func(p ensure.Progress) { progress = p }})
	require.NoError(t, err)
	for r := range results {
		if r.Target == "one" && r.Index == 1 {
			var stale *ensure.StaleError
			require.ErrorAs(t, r.Err, &stale)
			require.Equal(t, `one: site 1 203.1.0.2 "site-0001": `+r.Err.Error(), r.Site().Error())
			continue
		}
		require.NoError(t, r.Err)
	}
	require.Equal(t, []int{4, 4, 1}, []int{progress.Done, progress.Total, progress.Failed})
	require.Len(t, gateways(t, f), 3)
	require.Len(t, gateways(t, g), 1)
}

func TestEnsureAllRefusesBadInput(t *testing.T) {
	f, g := withoutTokens(), withTokens()
	twice := append(sites(2), sites(1)...)
	targets := []ensure.Target{
		{Name: "paris", Provisioner: f, Specs: twice},
		{Name: "paris", Provisioner: g, Specs: []cgw.CreateRequest{{IPAddress: at(1), Tags: map[string]string{"cgw:owner": "me"}}}},
		{Provisioner: f, Specs: []cgw.CreateRequest{{IPAddress: at(1), Name: "n", Description: "d"}}},
		{Name: "lyon", Specs: sites(1)},
	}
	_, err := ensure.All(t.Context(), targets, ensure.AllOptions{Options: ensuring, PerTarget: -1, Total: -2})
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	line.Require(t, err)
	var all *ensure.SitesError
	require.ErrorAs(t, err, &all)
	var texts []string
	for _, s := range all.Sites {
		texts = append(texts, s.Error())
	}
	require.Equal(t, []string{
		`PerTarget "-1": must not be negative; Total "-2": must not be negative`,
		`paris: site 2 203.1.0.1 "site-0000": IPAddress "203.1.0.1": is that of site 0 "site-0000" too`,
		`paris: Name "paris": is the name of another target`,
		`paris: site 0 203.0.113.1: Tags "cgw:owner": is the key of the owner tag, whose value is Options.Owner`,
		`Name: is required; Provisioner: is that of "paris" too: put their specifications into one target`,
		`site 0 203.0.113.1 "n": Description "d": Tencent has no such field: leave it empty`,
		`lyon: Provisioner: is required`,
	}, texts)
	require.Equal(t, "paris", all.Sites[1].Target)
	require.Equal(t, 2, all.Sites[1].Index)

	_, err = ensure.All(t.Context(), targets[:0], ensure.AllOptions{})
	require.NoError(t, err, "no target needs no owner")
	_, err = ensure.All(t.Context(), []ensure.Target{{Name: "a", Provisioner: f}}, ensure.AllOptions{})
	require.ErrorContains(t, err, "a: Owner: is required")
	require.Empty(t, f.Calls())
	require.Empty(t, g.Calls())
}
