package ensure_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
)

// lateTags is a cloud whose tags are kept by a service of their own: so many reads do not show
// them yet.
type lateTags struct {
	*cgwtest.Fake
	left *int
}

func (l lateTags) strip(g cgw.Gateway) cgw.Gateway {
	if *l.left > 0 {
		*l.left--
		g.Tags = nil
	}
	return g
}

func (l lateTags) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	g, err := l.Fake.Get(ctx, id)
	return l.strip(g), err
}

func (l lateTags) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		for g, err := range l.Fake.List(ctx, f) {
			if !yield(l.strip(g), err) {
				return
			}
		}
	}
}

// A gateway whose tags are shown late is not taken for a foreign one, nor a foreign one for
// one's own.
func TestEnsureLateTags(t *testing.T) {
	const always = 1 << 30
	for name, tt := range map[string]struct {
		late    int
		seed    func(*cgw.Gateway)
		opts    ensure.Options
		action  ensure.Action // empty: refused
		refused error
		waits   time.Duration
	}{
		"one read":          {late: 1, action: ensure.Unchanged},
		"several":           {late: 4, action: ensure.Unchanged, waits: 1750 * time.Millisecond},
		"and to be updated": {late: 2, seed: func(g *cgw.Gateway) { g.Name = "old" }, action: ensure.Updated, waits: 250 * time.Millisecond},
		"beyond patience":   {late: always, refused: cgw.ErrAlreadyExists, waits: 5 * time.Second},
		"nobody's":          {seed: func(g *cgw.Gateway) { g.Tags = nil }, refused: cgw.ErrAlreadyExists, waits: 5 * time.Second},
		"another's":         {seed: func(g *cgw.Gateway) { g.Tags["cgw:owner"] = "other" }, refused: cgw.ErrAlreadyExists},
		"another's, late": {
			late: 1, seed: func(g *cgw.Gateway) { g.Tags["cgw:owner"] = "other" }, refused: cgw.ErrAlreadyExists,
		},
		"adopted at once": {late: 1, opts: ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}}, action: ensure.Adopted},
		// What is deleted has been seen to be the owner's before that was decided.
		"not replaced": {
			late: 1, seed: func(g *cgw.Gateway) { g.ResourceGroupID = "rg-0" }, opts: ensure.Options{Replace: true},
			refused: cgw.ErrUnsupported,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, g, spec := withTokens(), seeded(owner), siteSpec()
				if tt.seed != nil {
					tt.seed(&g)
				}
				if g.ResourceGroupID != "" {
					spec.ResourceGroupID = "rg-1"
				}
				f.Seed(g)
				tt.opts.Owner = owner
				start, late := time.Now(), tt.late
				res, err := ensure.Gateway(t.Context(), lateTags{f, &tt.late}, spec, tt.opts)
				require.Equal(t, tt.waits, time.Since(start))
				if tt.refused != nil {
					require.ErrorIs(t, err, tt.refused)
					require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
					require.Zero(t, writes(f))
					if by := g.Tags["cgw:owner"]; by != owner {
						var o *ensure.OwnerError
						require.ErrorAs(t, err, &o)
						require.Equal(t, by, o.Have)
						require.Equal(t, by != "" && late == 0, len(f.Calls()) == 1, "read again only where there is no tag")
					}
					return
				}
				require.NoError(t, err)
				require.Equal(t, tt.action, res.Action)
				require.Equal(t, g.ID, res.Gateway.ID)
				require.Equal(t, map[string]string{"env": "prod", "cgw:owner": owner}, gateways(t, f)[0].Tags)
			})
		})
	}
	t.Run("the context ends first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, late := withTokens(), always
			f.Seed(seeded(owner))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := ensure.Gateway(ctx, lateTags{f, &late}, siteSpec(), ensuring)
			require.ErrorIs(t, err, cgw.ErrAlreadyExists)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	})
	t.Run("a plan is carried out again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, late := withTokens(), 0
			specs := []cgw.CreateRequest{siteSpec()}
			plan, err := newPlan(t.Context(), f, specs, planOptions{Options: ensuring})
			require.NoError(t, err)
			for _, want := range []ensure.Action{ensure.Created, ensure.Unchanged} {
				results, err := plan.Apply(t.Context(), lateTags{f, &late}, ensure.ApplyOptions{})
				require.NoError(t, err)
				require.Equal(t, want, results[0].Action)
				late = 1
			}
			plan, err = newPlan(t.Context(), lateTags{f, &late}, specs, planOptions{Options: ensuring})
			require.NoError(t, err)
			require.Equal(t, "1 foreign", plan.Summary(), "a plan only lists")
			results, err := plan.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, results[0].Action)
		})
	})
}

// The tags that a cloud puts on gateways itself are nobody's to set or to remove.
func TestEnsureLeavesTheCloudsTags(t *testing.T) {
	for name, tt := range map[string]struct {
		opts   ensure.Options
		action ensure.Action
		seed   func(*cgw.Gateway)
	}{
		"unchanged":              {action: ensure.Unchanged},
		"unchanged, exact":       {opts: ensure.Options{ExactTags: true}, action: ensure.Unchanged},
		"another tag changes":    {action: ensure.Updated, seed: func(g *cgw.Gateway) { g.Tags["env"] = "test" }},
		"another goes":           {opts: ensure.Options{ExactTags: true}, action: ensure.Updated, seed: func(g *cgw.Gateway) { g.Tags["x"] = "" }},
		"adopted":                {opts: ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}}, action: ensure.Adopted, seed: func(g *cgw.Gateway) { delete(g.Tags, "cgw:owner") }},
		"it does not count":      {action: ensure.Updated, seed: func(g *cgw.Gateway) { g.Tags["env"], g.Tags["a"], g.Tags["b"] = "test", "", "" }},
		"replaced: it goes also": {opts: ensure.Options{Replace: true}, action: ensure.Replaced, seed: func(g *cgw.Gateway) { g.ASN = 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			f, g := withTokens(), seeded(owner)
			f.Like.Tags.NotKeyPrefixes = []string{"acs:"}
			g.Tags["ACS:rm:rgId"] = "rg-1"
			if tt.seed != nil {
				tt.seed(&g)
			}
			f.Seed(g)
			tt.opts.Owner = owner
			plan, err := newPlan(t.Context(), f, []cgw.CreateRequest{siteSpec()}, planOptions{Options: tt.opts})
			require.NoError(t, err)
			require.NotContains(t, plan.String(), "ACS")
			res, err := ensure.Gateway(t.Context(), f, siteSpec(), tt.opts)
			require.NoError(t, err)
			require.Equal(t, tt.action, res.Action)
			now := gateways(t, f)[0].Tags
			require.Equal(t, "prod", now["env"])
			require.NotContains(t, now, "x")
			if tt.action != ensure.Replaced {
				require.Equal(t, "rg-1", now["ACS:rm:rgId"])
			}
			again, err := ensure.Gateway(t.Context(), f, siteSpec(), tt.opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, again.Action)
		})
	}
}
