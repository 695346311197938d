package ensure_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

const owner = "netops"

// withTokens and withoutTokens are Fakes of a cloud that differs as Alibaba's and Tencent's do.
func withTokens() *cgwtest.Fake {
	return &cgwtest.Fake{Like: cgw.Rules{
		Provider: cgw.Alibaba, ASN: cgw.ASNRule{Immutable: true}, Tags: cgw.TagRule{MaxCount: 4},
		ClientToken: cgw.TextRule{Max: 64, ASCII: true},
	}}
}

func withoutTokens() *cgwtest.Fake {
	no := cgw.TextRule{Unsupported: true}
	return &cgwtest.Fake{Like: cgw.Rules{
		Provider: cgw.Tencent, Name: cgw.TextRule{Required: true}, Description: no, ResourceGroupID: no, AuthKey: no, ClientToken: no,
	}}
}

var clouds = map[string]func() *cgwtest.Fake{"with tokens": withTokens, "without tokens": withoutTokens}

func siteSpec() cgw.CreateRequest {
	return cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "paris-1", ASN: 64512, Tags: map[string]string{"env": "prod"},
	}
}

// seeded returns siteSpec as a gateway of an owner, "": nobody's.
func seeded(by string) cgw.Gateway {
	spec := siteSpec()
	g := cgw.Gateway{ID: "cgw-1", IPAddress: spec.IPAddress, Name: spec.Name, ASN: spec.ASN, Tags: spec.Tags}
	if by != "" {
		g.Tags[ensure.DefaultOwnerKey] = by
	}
	return g
}

// planOptions are options, and whether to prune.
type planOptions struct {
	ensure.Options
	Prune bool
}

// adopting returns options that allow to adopt from the other owner of these tests and from none.
func adopting(o ensure.Options, yes bool) ensure.Options {
	if yes {
		o.AdoptUnowned, o.AdoptFrom = true, []string{"other"}
	}
	return o
}

func newPlan(ctx context.Context, p cgw.Provisioner, specs []cgw.CreateRequest, o planOptions) (*ensure.Plan, error) {
	return ensure.NewPlan(ctx, ensure.Target{Provisioner: p, Specs: specs, Prune: o.Prune, PruneAll: o.Prune}, o.Options)
}

func ops(f *cgwtest.Fake) []string {
	var all []string
	for _, c := range f.Calls() {
		all = append(all, c.Op)
	}
	return all
}

// writes returns how many calls of f could have changed something.
func writes(f *cgwtest.Fake) int {
	n := 0
	for _, op := range ops(f) {
		if op != cgw.OpList && op != cgw.OpGet {
			n++
		}
	}
	return n
}

func gateways(t *testing.T, f *cgwtest.Fake) []cgw.Gateway {
	t.Helper()
	all, err := cgw.Collect(f.List(context.Background(), cgw.Filter{}))
	require.NoError(t, err)
	return all
}

func TestEnsureTwice(t *testing.T) {
	for name, cloud := range clouds {
		t.Run(name, func(t *testing.T) {
			f, opts := cloud(), ensure.Options{Owner: owner}
			spec := siteSpec()
			spec.IPAddress = netip.MustParseAddr("::ffff:203.0.113.7")
			first, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Created, first.Action)
			require.Equal(t, map[string]string{"env": "prod", "cgw:owner": owner}, first.Gateway.Tags)
			require.Equal(t, map[string]string{"env": "prod"}, spec.Tags, "the request is only read")
			require.Equal(t, []ensure.Change{
				{Field: "Name", New: "paris-1"}, {Field: "ASN", New: "64512"},
				{Field: "Tags[cgw:owner]", New: owner}, {Field: "Tags[env]", New: "prod"},
			}, first.Changes)

			before := len(f.Calls())
			second, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, second.Action)
			require.Empty(t, second.Changes)
			require.True(t, first.Gateway.Equal(second.Gateway))
			require.Equal(t, []string{cgw.OpList}, ops(f)[before:], "one read, no write")
			require.Equal(t, netip.MustParseAddr("203.0.113.7"), f.Calls()[before].Filter.IPAddress)
		})
	}
}

// What is compared, what is left alone, and what each difference leads to.
func TestEnsureExisting(t *testing.T) {
	type want struct {
		action  ensure.Action
		changes []ensure.Change
		tags    map[string]string
		kind    error // in place of an action
	}
	owned := map[string]string{"env": "prod", "cgw:owner": owner}
	for name, tt := range map[string]struct {
		cloud func() *cgwtest.Fake
		seed  func(*cgw.Gateway)
		spec  func(*cgw.CreateRequest)
		opts  ensure.Options
		want  want
	}{
		"zero fields are not managed": {
			cloud: withTokens,
			spec: func(r *cgw.CreateRequest) {
				*r = cgw.CreateRequest{IPAddress: r.IPAddress}
			},
			want: want{action: ensure.Unchanged, tags: owned},
		},
		"name": {
			seed: func(g *cgw.Gateway) { g.Name = "old" },
			want: want{action: ensure.Updated, changes: []ensure.Change{{Field: "Name", Old: "old", New: "paris-1"}}, tags: owned},
		},
		"ASN where it may change": {
			seed: func(g *cgw.Gateway) { g.ASN = 1 },
			want: want{action: ensure.Updated, changes: []ensure.Change{{Field: "ASN", Old: "1", New: "64512"}}, tags: owned},
		},
		"description": {
			cloud: withTokens,
			spec:  func(r *cgw.CreateRequest) { r.Description = "roof" },
			want:  want{action: ensure.Updated, changes: []ensure.Change{{Field: "Description", New: "roof"}}, tags: owned},
		},
		"tags of others are kept": {
			seed: func(g *cgw.Gateway) {
				g.Tags = map[string]string{"env": "test", "cgw:owner": owner, "cost": "", "a": "b"}
			},
			want: want{
				action: ensure.Updated, changes: []ensure.Change{{Field: "Tags[env]", Old: "test", New: "prod"}},
				tags: map[string]string{"env": "prod", "cgw:owner": owner, "cost": "", "a": "b"},
			},
		},
		"tags of others go": {
			seed: func(g *cgw.Gateway) { g.Tags["cost"] = "" },
			opts: ensure.Options{ExactTags: true},
			want: want{action: ensure.Updated, changes: []ensure.Change{{Field: "Tags[cost]", Old: `""`}}, tags: owned},
		},
		"more tags than the cloud takes": {
			cloud: withTokens,
			seed:  func(g *cgw.Gateway) { g.Tags = map[string]string{"a": "", "b": "", "c": "", "cgw:owner": owner} },
			want:  want{kind: cgw.ErrInvalidTag},
		},
		"another owner key": {
			seed: func(g *cgw.Gateway) { g.Tags = map[string]string{"team": owner, "env": "prod"} },
			opts: ensure.Options{OwnerKey: "team"},
			want: want{action: ensure.Unchanged, tags: map[string]string{"team": owner, "env": "prod"}},
		},
		"foreign: no owner":      {seed: func(g *cgw.Gateway) { g.Tags = nil }, want: want{kind: cgw.ErrAlreadyExists}},
		"foreign: another owner": {seed: func(g *cgw.Gateway) { g.Tags["cgw:owner"] = "other" }, want: want{kind: cgw.ErrAlreadyExists}},
		"adopted from nobody": {
			seed: func(g *cgw.Gateway) { g.Tags = nil },
			opts: ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}},
			want: want{
				action: ensure.Adopted, tags: owned,
				changes: []ensure.Change{{Field: "Tags[cgw:owner]", New: owner}, {Field: "Tags[env]", New: "prod"}},
			},
		},
		"adopted from another, with an AuthKey": {
			cloud: withTokens,
			seed:  func(g *cgw.Gateway) { g.Tags["cgw:owner"] = "other" },
			spec:  func(r *cgw.CreateRequest) { r.AuthKey = "s3cret" },
			opts:  ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}},
			want: want{action: ensure.Adopted, tags: owned, changes: []ensure.Change{
				{Field: "Tags[cgw:owner]", Old: "other", New: owner}, {Field: "AuthKey", New: "[redacted]"},
			}},
		},
		"an AuthKey is not compared": {
			cloud: withTokens,
			spec:  func(r *cgw.CreateRequest) { r.AuthKey = "s3cret" },
			want:  want{action: ensure.Unchanged, tags: owned},
		},
		"adoption where nothing is foreign": {opts: ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}}, want: want{action: ensure.Unchanged, tags: owned}},
		"ASN where it is fixed":             {cloud: withTokens, seed: func(g *cgw.Gateway) { g.ASN = 1 }, want: want{kind: cgw.ErrUnsupported}},
		"resource group": {
			cloud: withTokens,
			spec:  func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-1" },
			want:  want{kind: cgw.ErrUnsupported},
		},
		"fixed, foreign and adopted: never replaced": {
			cloud: withTokens,
			seed:  func(g *cgw.Gateway) { g.ASN, g.Tags = 1, nil },
			opts:  ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}, Replace: true},
			want:  want{kind: cgw.ErrUnsupported},
		},
		"replaced": {
			cloud: withTokens,
			seed:  func(g *cgw.Gateway) { g.ASN, g.Name = 1, "old" },
			opts:  ensure.Options{Replace: true},
			want: want{action: ensure.Replaced, tags: owned, changes: []ensure.Change{
				{Field: "Name", Old: "old", New: "paris-1"}, {Field: "ASN", Old: "1", New: "64512", Fixed: true},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.cloud == nil {
				tt.cloud = withoutTokens
			}
			f, spec, g := tt.cloud(), siteSpec(), seeded(owner)
			if tt.seed != nil {
				tt.seed(&g)
			}
			if tt.spec != nil {
				tt.spec(&spec)
			}
			f.Seed(g)
			tt.opts.Owner, tt.opts.Patience = owner, 1
			res, err := ensure.Gateway(t.Context(), f, spec, tt.opts)
			if tt.want.kind != nil {
				require.ErrorIs(t, err, tt.want.kind)
				line.Require(t, err)
				require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
				require.Zero(t, writes(f))
				require.Zero(t, res)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want.action, res.Action)
			require.Equal(t, tt.want.changes, res.Changes)
			require.Equal(t, tt.want.tags, res.Gateway.Tags)
			all := gateways(t, f)
			require.Len(t, all, 1)
			require.True(t, all[0].Equal(res.Gateway))
			require.Equal(t, tt.want.action == ensure.Replaced, res.Gateway.ID != g.ID)

			n := writes(f)
			again, err := ensure.Gateway(t.Context(), f, spec, tt.opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, again.Action)
			require.Equal(t, n, writes(f), "the second run writes nothing")
		})
	}
}

func TestEnsureErrorsNameWhatIsWrong(t *testing.T) {
	t.Run("owner", func(t *testing.T) {
		f := withoutTokens()
		f.Seed(seeded("other"))
		_, err := ensure.Gateway(t.Context(), f, siteSpec(), ensure.Options{Owner: owner})
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, ensure.OpGateway, e.Op)
		require.Equal(t, []string{"cgw-1"}, e.ConflictingIDs)
		var o *ensure.OwnerError
		require.ErrorAs(t, err, &o)
		require.Equal(t, ensure.OwnerError{Key: "cgw:owner", Want: owner, Have: "other"}, *o)
		require.Contains(t, err.Error(), "cgw-1")
	})
	t.Run("replacement", func(t *testing.T) {
		f, g, spec := withTokens(), seeded(owner), siteSpec()
		g.ASN, g.Name = 1, "old"
		spec.ResourceGroupID = "rg-1"
		f.Seed(g)
		_, err := ensure.Gateway(t.Context(), f, spec, ensure.Options{Owner: owner})
		var r *ensure.ReplaceError
		require.ErrorAs(t, err, &r)
		require.Equal(t, []ensure.Change{
			{Field: "ASN", Old: "1", New: "64512", Fixed: true}, {Field: "ResourceGroupID", New: "rg-1", Fixed: true},
		}, r.Changes, "only those, and nothing was written")
		require.Contains(t, err.Error(), "ASN: 1 → 64512")
	})
	t.Run("replacement, of a Provisioner that does not tell its rules", func(t *testing.T) {
		f, g := withTokens(), seeded(owner)
		g.ASN = 1
		f.Seed(g)
		_, err := ensure.Gateway(t.Context(), rolesOnly{f}, siteSpec(), ensure.Options{Owner: owner})
		var r *ensure.ReplaceError
		require.ErrorAs(t, err, &r)
		require.ErrorIs(t, err, cgw.ErrUnsupported)
	})
	t.Run("input, before anything is sent", func(t *testing.T) {
		for name, tt := range map[string]struct {
			p      cgw.Provisioner
			spec   cgw.CreateRequest
			opts   ensure.Options
			fields []string
		}{
			"all at once": {withoutTokens(), cgw.CreateRequest{Description: "d"}, ensure.Options{Owner: owner}, []string{"IPAddress", "Name", "Description"}},
			"owner":       {withoutTokens(), siteSpec(), ensure.Options{Patience: -1}, []string{"Owner", "Patience"}},
			"provisioner": {nil, siteSpec(), ensure.Options{}, []string{"Provisioner", "Owner"}},
			"owner tag in the specification": {withoutTokens(), func() cgw.CreateRequest {
				s := siteSpec()
				s.Tags["cgw:owner"] = "other"
				return s
			}(), ensure.Options{Owner: owner}, []string{"Tags"}},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := ensure.Gateway(t.Context(), tt.p, tt.spec, tt.opts)
				require.ErrorIs(t, err, cgw.ErrInvalidArgument)
				var e *cgw.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, ensure.OpGateway, e.Op)
				require.Equal(t, cgw.OutcomeNotApplied, e.Outcome)
				var invalid *cgw.ValidationError
				require.ErrorAs(t, e.Err, &invalid)
				var names []string
				for _, f := range invalid.Fields {
					line.Require(t, f)
					names = append(names, f.Field)
				}
				require.Equal(t, tt.fields, names)
				if f, ok := tt.p.(*cgwtest.Fake); ok {
					require.Empty(t, f.Calls())
				}
			})
		}
	})
}

// rolesOnly hides all that is not a role.
type rolesOnly struct{ cgw.Provisioner }
