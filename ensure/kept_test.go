package ensure_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

// rewrites is a cloud that keeps something else than it is asked for. As with both providers, an
// update returns what was asked, and so does a create for tags.
type rewrites struct {
	*cgwtest.Fake
	keep func(*cgw.Gateway)
}

func (w rewrites) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	g := cgw.Gateway{Name: r.Name, Description: r.Description, Tags: maps.Clone(r.Tags)}
	w.keep(&g)
	asked := r.Tags
	r.Name, r.Description, r.Tags = g.Name, g.Description, g.Tags
	g, err := w.Fake.Create(ctx, r)
	if err == nil {
		g.Tags = asked
	}
	return g, err
}

func (w rewrites) Update(ctx context.Context, id string, r cgw.UpdateRequest) (cgw.Gateway, error) {
	asked, g := r, cgw.Gateway{Tags: maps.Clone(r.Tags)}
	if r.Name != nil {
		g.Name = *r.Name
	}
	if r.Description != nil {
		g.Description = *r.Description
	}
	w.keep(&g)
	if r.Name != nil {
		r.Name = &g.Name
	}
	if r.Description != nil {
		r.Description = &g.Description
	}
	if r.Tags != nil {
		r.Tags = g.Tags
	}
	g, err := w.Fake.Update(ctx, id, r)
	if err != nil {
		return g, err
	}
	if asked.Name != nil {
		g.Name = *asked.Name
	}
	if asked.Description != nil {
		g.Description = *asked.Description
	}
	if asked.Tags != nil {
		g.Tags = asked.Tags
	}
	return g, nil
}

// A text that the cloud changes or drops is an error that names it, on every run, when it is created
// and when it is updated. Without tokens nothing is read after a create: of what its reply does not
// show, the next run tells.
func TestTextsThatTheCloudDoesNotKeep(t *testing.T) {
	name := func(change func(string) string) func(*cgw.Gateway) {
		return func(g *cgw.Gateway) { g.Name = change(g.Name) }
	}
	description := func(change func(string) string) func(*cgw.Gateway) {
		return func(g *cgw.Gateway) { g.Description = change(g.Description) }
	}
	for title, tt := range map[string]struct {
		keep func(*cgw.Gateway)
		spec func(*cgw.CreateRequest)
		says string
	}{
		"name trimmed":        {name(strings.TrimSpace), func(r *cgw.CreateRequest) { r.Name = "office " }, `Name "office ": was accepted by the cloud, but the gateway has office`},
		"name lowered":        {name(strings.ToLower), func(r *cgw.CreateRequest) { r.Name = "Office" }, `Name "Office": was accepted`},
		"description dropped": {description(func(string) string { return "" }), func(r *cgw.CreateRequest) { r.Description = "roof" }, `Description "roof": was accepted by the cloud, but the gateway has (none)`},
		"description trimmed": {description(strings.TrimSpace), func(r *cgw.CreateRequest) { r.Description = "roof " }, `Description "roof ": was accepted`},
		"tag lowered": {func(g *cgw.Gateway) {
			if v, ok := g.Tags["env"]; ok {
				g.Tags["env"] = strings.ToLower(v)
			}
		}, func(r *cgw.CreateRequest) { r.Tags = map[string]string{"env": "Prod"} }, `Tags[env] "Prod": was accepted`},
		"tag dropped": {func(g *cgw.Gateway) { delete(g.Tags, "env") }, func(*cgw.CreateRequest) {}, `Tags[env] "prod": was accepted`},
	} {
		for cloud, fake := range clouds {
			tokens := cloud == "with tokens"
			if strings.HasPrefix(title, "description") && !tokens {
				continue
			}
			t.Run(title+" "+cloud, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f, spec := fake(), siteSpec()
					tt.spec(&spec)
					p := rewrites{f, tt.keep}
					refused := func(spec cgw.CreateRequest) {
						t.Helper()
						_, err := ensure.Gateway(t.Context(), p, spec, ensuring)
						require.ErrorIs(t, err, cgw.ErrUnsupported)
						require.ErrorContains(t, err, tt.says)
						require.Equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(err))
						require.False(t, ensure.Retryable(err))
						line.Require(t, err)
					}
					if !tokens && strings.HasPrefix(title, "tag") {
						_, err := ensure.Gateway(t.Context(), p, spec, ensuring)
						require.NoError(t, err)
					}
					for range 4 {
						refused(spec)
					}
					spec.ASN++ // of another write the error tells as well
					if !tokens {
						refused(spec)
					}
				})
			})
		}
	}
}

// What the cloud keeps for no gateway is waited for once for a target.
func TestDroppedDescriptionsArePatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, specs := withTokens(), sites(32)
		for i := range specs {
			specs[i].Description = "of " + specs[i].Name
		}
		p := rewrites{f, func(g *cgw.Gateway) { g.Description = "" }}
		start := time.Now()
		for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: p, Specs: specs}}, ensure.AllOptions{Options: ensuring}) {
			require.ErrorContains(t, r.Err, `Description "of site-`)
		}
		require.Equal(t, 5*time.Second+3*250*time.Millisecond, time.Since(start), "8 wait, and then 3 times 8 look twice")
	})
}

// hides is a cloud whose reads show an update late.
type hides struct {
	*cgwtest.Fake
	old *cgw.Gateway // what Gets show, this many times
	n   *int
}

func (h hides) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	if *h.n > 0 {
		*h.n--
		return *h.old, nil
	}
	return h.Fake.Get(ctx, id)
}

// What reads show late is waited for, whatever another gateway of the target has lost.
func TestUpdatesAreReadBack(t *testing.T) {
	renamed := siteSpec()
	renamed.Name, renamed.Tags = "renamed", map[string]string{"env": "test"}
	t.Run("late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, g, n := withTokens(), seeded(owner), 3
			f.Seed(g)
			start := time.Now()
			res, err := ensure.Gateway(t.Context(), hides{f, &g, &n}, renamed, ensuring)
			require.NoError(t, err)
			require.Equal(t, ensure.Updated, res.Action)
			require.Equal(t, 1750*time.Millisecond, time.Since(start))
			calls := len(f.Calls())
			res, err = ensure.Gateway(t.Context(), hides{f, &g, &n}, renamed, ensuring)
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, res.Action)
			require.Equal(t, []string{cgw.OpList}, ops(f)[calls:])
		})
	})
	t.Run("at once", func(t *testing.T) {
		f, g := withTokens(), seeded(owner)
		f.Seed(g)
		_, err := ensure.Gateway(t.Context(), f, renamed, ensuring)
		require.NoError(t, err)
		require.Equal(t, []string{cgw.OpList, cgw.OpUpdate, cgw.OpGet}, ops(f))
	})
	t.Run("the read fails", func(t *testing.T) {
		f, g := withTokens(), seeded(owner)
		f.Seed(g)
		f.Faults = []cgwtest.Fault{{Op: cgw.OpGet, Err: cgw.ErrUnavailable}}
		_, err := ensure.Gateway(t.Context(), f, renamed, ensuring)
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.Equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(err))
		require.True(t, ensure.Retryable(err))
		line.Require(t, err)
	})
	t.Run("beside one that is changed by the cloud", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			specs := sites(2)
			for i, s := range specs {
				f.Seed(cgw.Gateway{IPAddress: s.IPAddress, Name: "old", Tags: map[string]string{"cgw:owner": owner}})
				specs[i].Name = []string{"Office", "shop"}[i]
			}
			g, n := gateways(t, f)[1], 2
			p := rewrites{f, func(g *cgw.Gateway) { g.Name = strings.ToLower(g.Name) }}
			second := hidesOne{p, g.ID, hides{f, &g, &n}}
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: second, Specs: specs}}, ensure.AllOptions{Options: ensuring, PerTarget: 1}) {
				if r.Index == 0 {
					require.ErrorContains(t, r.Err, `Name "Office"`)
					continue
				}
				require.NoError(t, r.Err)
			}
		})
	})
}

// hidesOne shows the updates of one gateway late.
type hidesOne struct {
	rewrites
	id   string
	late hides
}

func (h hidesOne) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	if id == h.id {
		return h.late.Get(ctx, id)
	}
	return h.rewrites.Get(ctx, id)
}
