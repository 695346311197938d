package ensure_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// strict is a cloud that takes no brackets in names and descriptions, and not every address.
func strict() *cgwtest.Fake {
	f := withTokens()
	f.Like.Name = cgw.TextRule{Except: "()"}
	f.Like.Description = cgw.TextRule{Except: "()"}
	f.Like.IPAddress = cgw.AddressRule{IPv4Only: true, Refused: []cgw.RefusedPrefix{
		{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Reason: "is a private address"},
	}}
	return f
}

// What is there is refused only for what would have to be written.
func TestWhatExistsIsAccepted(t *testing.T) {
	private := netip.MustParseAddr("10.1.2.3")
	const name = "Shanghai (old) branch"
	own := map[string]string{"cgw:owner": owner}
	for title, tt := range map[string]struct {
		seed   cgw.Gateway // nothing: no address
		spec   cgw.CreateRequest
		opts   ensure.Options
		kind   ensure.StepKind
		reason string
		fields []string
	}{
		"adopted as it is": {
			seed: cgw.Gateway{IPAddress: private, Name: name, Description: "(x)"},
			spec: cgw.CreateRequest{IPAddress: private, Name: name, Description: "(x)"},
			opts: ensure.Options{AdoptUnowned: true}, kind: ensure.StepAdopt, fields: []string{"Tags[cgw:owner]"},
		},
		"another field is changed": {
			seed: cgw.Gateway{IPAddress: private, Name: name, Tags: own}, spec: cgw.CreateRequest{IPAddress: private, Name: name, Description: "roof"},
			kind: ensure.StepUpdate, fields: []string{"Description"},
		},
		"the name would be written": {
			seed: cgw.Gateway{IPAddress: private, Name: "a", Tags: own}, spec: cgw.CreateRequest{IPAddress: private, Name: name},
			kind: ensure.StepUnsupported, fields: []string{"Name"}, reason: `Name "Shanghai (old) branch": must not contain '('`,
		},
		"it would be created": {
			spec: cgw.CreateRequest{IPAddress: private, Name: name}, kind: ensure.StepUnsupported,
			reason: `IPAddress "10.1.2.3": is a private address; Name "Shanghai (old) branch": must not contain '('`,
		},
		"it would be deleted, and could not be created again": {
			seed: cgw.Gateway{IPAddress: private, ASN: 1, Tags: own}, spec: cgw.CreateRequest{IPAddress: private, ASN: 2},
			opts: ensure.Options{Replace: true}, kind: ensure.StepUnsupported, reason: `IPAddress "10.1.2.3": is a private address`,
			fields: []string{"ASN"},
		},
	} {
		t.Run(title, func(t *testing.T) {
			f := strict()
			if tt.seed.IPAddress.IsValid() {
				f.Seed(tt.seed)
			}
			tt.opts.Owner = owner
			plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{tt.spec, sites(1)[0]}}, tt.opts)
			require.NoError(t, err)
			s := plan.Steps[0]
			require.Equal(t, tt.kind, s.Kind, s.Reason)
			require.Equal(t, tt.reason, s.Reason)
			require.Contains(t, plan.String(), tt.reason)
			if tt.seed.IPAddress.IsValid() {
				var fields []string
				for _, c := range s.Changes {
					fields = append(fields, c.Field)
				}
				require.Equal(t, tt.fields, fields)
			}
			data, err := json.Marshal(plan)
			require.NoError(t, err)
			var back ensure.Plan
			require.NoError(t, json.Unmarshal(data, &back))
			results, err := back.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.NoError(t, results[1].Err, "the other site is made")
			_, alone := ensure.Gateway(t.Context(), f, tt.spec, tt.opts)
			if tt.reason == "" {
				require.NoError(t, err)
				require.NoError(t, alone)
				return
			}
			for _, err := range []error{err, alone} {
				require.ErrorIs(t, err, cgw.ErrInvalidArgument)
				require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
				require.ErrorContains(t, err, tt.reason)
			}
			require.Equal(t, 1, writes(f), "of the other site")
		})
	}
}

// What no state of the cloud could make right is refused with nothing sent.
func TestHopelessSpecifications(t *testing.T) {
	f := strict()
	f.Like.AuthKey.Unsupported = true
	for _, spec := range []cgw.CreateRequest{
		{Name: "x"}, {IPAddress: netip.MustParseAddr("2001:db8::1")}, {IPAddress: at(1), AuthKey: "k"},
		{IPAddress: at(1), Tags: map[string]string{"cgw:owner": "other"}},
	} {
		_, err := ensure.Gateway(t.Context(), f, spec, ensuring)
		require.ErrorIs(t, err, cgw.ErrInvalidArgument)
		_, err = ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{spec}}, ensuring)
		require.ErrorIs(t, err, cgw.ErrInvalidArgument)
		_, err = ensure.All(t.Context(), []ensure.Target{{Name: "a", Provisioner: f, Specs: []cgw.CreateRequest{spec}}}, ensure.AllOptions{Options: ensuring})
		require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	}
	require.Empty(t, f.Calls())
}

// Plans ask policies, also below other middleware and stacked.
func TestPlansAskPolicies(t *testing.T) {
	denied := errors.New("not on this site")
	team := middleware.Policy{RequiredTags: []string{"team"}}
	named := middleware.Policy{Name: regexp.MustCompile("^site-"), Update: func(string, cgw.UpdateRequest) error { return denied }}
	f := withTokens()
	f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: at(3), Name: "site-3", Tags: map[string]string{"cgw:owner": owner, "team": "net"}})
	p := middleware.WithLogging(middleware.WithPolicy(middleware.WithHooks(middleware.WithPolicy(f, team), middleware.Hooks{}), named), nil)
	tags := map[string]string{"team": "net"}
	target := ensure.Target{Name: "one", Provisioner: p, Specs: []cgw.CreateRequest{
		{IPAddress: at(1), Name: "site-1"}, {IPAddress: at(2), Name: "x", Tags: tags}, {IPAddress: at(3), Name: "site-4"}, {IPAddress: at(4), Name: "site-4", Tags: tags},
	}}
	plan, err := ensure.NewPlan(t.Context(), target, ensuring)
	require.NoError(t, err)
	require.Equal(t, "1 to create, 3 unsupported", plan.Summary())
	require.Equal(t, `Tags "team": is required (policy)`, plan.Steps[0].Reason)
	require.Contains(t, plan.Steps[1].Reason, `Name "x": must match`)
	require.Contains(t, plan.Steps[2].Reason, denied.Error())
	require.Zero(t, writes(f))

	readOnly, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: middleware.ReadOnly(p), Specs: target.Specs}, ensuring)
	require.NoError(t, err)
	require.Equal(t, plan.Summary(), readOnly.Summary())

	_, err = plan.Apply(t.Context(), p, ensure.ApplyOptions{})
	require.ErrorIs(t, err, denied)
	var sites *ensure.SitesError
	require.ErrorAs(t, err, &sites)
	require.Len(t, sites.Sites, 3)
	require.Len(t, gateways(t, f), 2)

	// A policy that came since the plan was made strikes its site alone.
	late, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: target.Specs[:2]}, ensuring)
	require.NoError(t, err)
	require.Equal(t, "2 to create, 2 owned but not specified", late.Summary())
	results, err := late.Apply(t.Context(), middleware.WithPolicy(f, team), ensure.ApplyOptions{})
	require.ErrorIs(t, err, cgw.ErrInvalidTag)
	require.ErrorIs(t, results[0].Err, cgw.ErrInvalidTag)
	require.NoError(t, results[1].Err)
}

// Of several gateways at one address the owner's is taken, and the others are named.
func TestSeveralGatewaysAtOneAddress(t *testing.T) {
	gateway := func(id, by string) cgw.Gateway {
		g := cgw.Gateway{ID: id, IPAddress: at(1), Name: "x", Tags: map[string]string{"cgw:owner": by}}
		if by == "" {
			g.Tags = nil
		}
		return g
	}
	spec := cgw.CreateRequest{IPAddress: at(1), Name: "x"}
	for name, tt := range map[string]struct {
		seed   []cgw.Gateway
		opts   ensure.Options
		id     string
		others []string
		kind   ensure.StepKind
	}{
		"the owner's is second": {
			seed: []cgw.Gateway{gateway("cgw-a", "other"), gateway("cgw-b", owner)},
			id:   "cgw-b", others: []string{"cgw-a"}, kind: ensure.StepUnchanged,
		},
		"the owner's, not one to adopt": {
			seed: []cgw.Gateway{gateway("cgw-a", ""), gateway("cgw-b", owner), gateway("cgw-c", "other")},
			opts: ensure.Options{AdoptUnowned: true, AdoptFrom: []string{"other"}},
			id:   "cgw-b", others: []string{"cgw-a", "cgw-c"}, kind: ensure.StepUnchanged,
		},
		"one to adopt": {
			seed: []cgw.Gateway{gateway("cgw-a", "other"), gateway("cgw-b", "")}, opts: ensure.Options{AdoptUnowned: true},
			id: "cgw-b", others: []string{"cgw-a"}, kind: ensure.StepAdopt,
		},
		"the owner's two: always the same": {
			seed: []cgw.Gateway{gateway("cgw-b", owner), gateway("cgw-a", owner)}, id: "cgw-a", others: []string{"cgw-b"}, kind: ensure.StepUnchanged,
		},
		"none of them": {
			seed: []cgw.Gateway{gateway("cgw-a", "other"), gateway("cgw-b", "third")}, id: "cgw-a", others: []string{"cgw-b"}, kind: ensure.StepForeign,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			f.Seed(tt.seed...)
			tt.opts.Owner = owner
			plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Prune: true, Specs: []cgw.CreateRequest{spec}}, tt.opts)
			require.NoError(t, err)
			require.Len(t, plan.Steps, 1, "none of them is pruned")
			s := plan.Steps[0]
			require.Equal(t, tt.kind, s.Kind)
			require.Equal(t, tt.id, s.Gateway.ID)
			require.Equal(t, tt.others, s.Others)
			data, err := json.Marshal(plan)
			require.NoError(t, err)
			var back ensure.Plan
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, tt.others, back.Steps[0].Others)
			if tt.kind != ensure.StepUnchanged {
				require.Contains(t, plan.String(), "also at this address, and left alone: cgw-")
			}
			res, err := ensure.Gateway(t.Context(), f, spec, tt.opts)
			if tt.kind == ensure.StepForeign {
				require.ErrorIs(t, err, cgw.ErrAlreadyExists)
				require.Zero(t, writes(f))
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.id, res.Gateway.ID)
			require.LessOrEqual(t, writes(f), 1)
		})
	}
}

// Adoption is allowed for gateways without an owner, and for those of the owners that are listed.
func TestAdoption(t *testing.T) {
	for name, tt := range map[string]struct {
		have    map[string]string
		opts    ensure.Options
		adopted bool
	}{
		"unowned":                        {nil, ensure.Options{AdoptUnowned: true}, true},
		"an empty owner is none":         {map[string]string{"cgw:owner": ""}, ensure.Options{AdoptUnowned: true}, true},
		"an empty owner, not allowed":    {map[string]string{"cgw:owner": ""}, ensure.Options{AdoptFrom: []string{"other"}}, false},
		"unowned, others allowed":        {nil, ensure.Options{AdoptFrom: []string{"other"}}, false},
		"another owner, unowned allowed": {map[string]string{"cgw:owner": "other"}, ensure.Options{AdoptUnowned: true}, false},
		"another owner, listed":          {map[string]string{"cgw:owner": "other"}, ensure.Options{AdoptFrom: []string{"x", "other"}}, true},
		"another owner, not listed":      {map[string]string{"cgw:owner": "other"}, ensure.Options{AdoptFrom: []string{"x"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: at(1), Tags: tt.have})
			tt.opts.Owner, tt.opts.Patience = owner, 1
			res, err := ensure.Gateway(t.Context(), f, cgw.CreateRequest{IPAddress: at(1)}, tt.opts)
			if tt.adopted {
				require.NoError(t, err)
				require.Equal(t, ensure.Adopted, res.Action)
				require.Equal(t, owner, res.Gateway.Tags["cgw:owner"])
				return
			}
			var o *ensure.OwnerError
			require.ErrorAs(t, err, &o)
			require.Equal(t, tt.have["cgw:owner"], o.Have)
			require.Zero(t, writes(f))
		})
	}
	_, err := ensure.Gateway(t.Context(), withTokens(), siteSpec(), ensure.Options{Owner: owner, AdoptFrom: []string{""}})
	require.ErrorContains(t, err, "AdoptFrom: must not name an empty owner")
}

// A gateway of another owner whose tags are not visible yet is not taken for one without an owner.
func TestYoungGatewaysAreNotAdoptedTooEarly(t *testing.T) {
	for age, adopted := range map[time.Duration]bool{time.Second: false, 15 * time.Minute: false, 17 * time.Minute: true} {
		synctest.Test(t, func(t *testing.T) {
			f, late := withTokens(), 2
			f.Seed(cgw.Gateway{ID: "cgw-1", IPAddress: at(1), CreatedAt: time.Now(), Tags: map[string]string{"cgw:owner": "other"}})
			time.Sleep(age)
			_, err := ensure.Gateway(t.Context(), lateTags{f, &late}, cgw.CreateRequest{IPAddress: at(1)}, ensure.Options{Owner: owner, AdoptUnowned: true})
			if adopted { // old enough for its tags to be visible
				require.NoError(t, err)
				return
			}
			var o *ensure.OwnerError
			require.ErrorAs(t, err, &o)
			require.Equal(t, "other", o.Have)
			require.Zero(t, writes(f))
		})
	}
}

// A policy that came since the plan was made does not let a gateway be deleted that could not be
// created again.
func TestNothingIsDeletedThatAPolicyWouldNotCreate(t *testing.T) {
	f := withoutTokens()
	f.Like.ASN.Immutable = true
	g := seeded(owner)
	g.ASN = 1
	f.Seed(g)
	plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{siteSpec()}}, ensure.Options{Owner: owner, Replace: true})
	require.NoError(t, err)
	require.Equal(t, "1 to replace", plan.Summary())
	_, err = plan.Apply(t.Context(), middleware.WithPolicy(f, middleware.Policy{RequiredTags: []string{"team"}}), ensure.ApplyOptions{})
	require.ErrorIs(t, err, cgw.ErrInvalidTag)
	require.Zero(t, writes(f))
}

// A reserved tag is no obstacle as it is, and cannot be set to another value.
func TestReservedTagsOfASpecification(t *testing.T) {
	for value, want := range map[string]ensure.StepKind{"rg-1": ensure.StepUnchanged, "rg-2": ensure.StepUnsupported} {
		f := withTokens()
		f.Like.Tags.NotKeyPrefixes = []string{"acs:"}
		f.Seed(cgw.Gateway{IPAddress: at(1), Tags: map[string]string{"cgw:owner": owner, "acs:rg": "rg-1"}})
		spec := cgw.CreateRequest{IPAddress: at(1), Tags: map[string]string{"acs:rg": value}}
		plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{spec}}, ensuring)
		require.NoError(t, err)
		require.Equal(t, want, plan.Steps[0].Kind)
		_, err = ensure.Gateway(t.Context(), f, spec, ensuring)
		require.Equal(t, want == ensure.StepUnsupported, errors.Is(err, cgw.ErrInvalidTag))
		require.Zero(t, writes(f))
	}
}
