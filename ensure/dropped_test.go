package ensure_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/line"
)

// dropsASN is a cloud that accepts an ASN and does not keep it. What a create returns has it still,
// if echoes is set, as on a cloud whose reply has no such field.
type dropsASN struct {
	*cgwtest.Fake
	echoes bool
}

func (d dropsASN) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	asn := r.ASN
	r.ASN = 0
	g, err := d.Fake.Create(ctx, r)
	if d.echoes && err == nil {
		g.ASN = asn
	}
	return g, err
}

func (d dropsASN) Update(ctx context.Context, id string, r cgw.UpdateRequest) (cgw.Gateway, error) {
	r.ASN = nil
	return d.Fake.Update(ctx, id, r)
}

// drops is a cloud that keeps something else than what a create asks for. forgets: it does not remember
// tokens.
type drops struct {
	*cgwtest.Fake
	drop    func(*cgw.CreateRequest)
	forgets bool
}

func (d drops) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	d.drop(&r)
	if d.forgets {
		r.ClientToken = ""
	}
	return d.Fake.Create(ctx, r)
}

func requireDropped(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, cgw.ErrUnsupported)
	require.False(t, ensure.Retryable(err))
	line.Require(t, err)
	var f *cgw.FieldError
	require.ErrorAs(t, err, &f)
	require.Equal(t, "ASN", f.Field)
	require.Equal(t, "64512", f.Value)
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.ID)
}

// A field that the cloud accepts and does not keep is an error that names it, on every run. Where
// the reply to the create has the value and nothing is read back, the second run is the first that
// can tell.
func TestFieldThatTheCloudDrops(t *testing.T) {
	for name, cloud := range clouds {
		for _, echoes := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " ", echoes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := cloud()
					f.Like.ASN.Immutable = false
					p := dropsASN{f, echoes}
					for run := range 3 {
						_, err := ensure.Gateway(t.Context(), p, siteSpec(), ensuring)
						require.Len(t, gateways(t, f), 1)
						require.LessOrEqual(t, writes(f), run+1)
						if run == 0 && echoes && name == "without tokens" {
							require.NoError(t, err, "the reply holds the field, and no read follows it: the second run tells")
							continue
						}
						requireDropped(t, err)
						require.Equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(err))
					}
					spec := siteSpec()
					spec.ASN = 0
					res, err := ensure.Gateway(t.Context(), p, spec, ensuring)
					require.NoError(t, err)
					require.Equal(t, ensure.Unchanged, res.Action)
				})
			})
		}
	}
}

// Nothing is replaced for a field that creation did not bring.
func TestNothingIsReplacedInVain(t *testing.T) {
	opts := ensure.Options{Owner: owner, Replace: true}
	deletes := func(f *cgwtest.Fake) (n int) {
		for _, op := range ops(f) {
			if op == cgw.OpDelete {
				n++
			}
		}
		return n
	}
	t.Run("after its creation", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			for range 4 {
				_, err := ensure.Gateway(t.Context(), dropsASN{f, false}, siteSpec(), opts)
				requireDropped(t, err)
			}
			require.Zero(t, deletes(f))
		})
	})
	t.Run("after its replacement", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			g := seeded(owner)
			g.ASN = 1
			f.Seed(g)
			for range 4 {
				_, err := ensure.Gateway(t.Context(), dropsASN{f, false}, siteSpec(), opts)
				requireDropped(t, err)
			}
			require.Equal(t, 1, deletes(f), "it could not be known")
			plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: []cgw.CreateRequest{siteSpec()}}, opts)
			require.NoError(t, err)
			_, err = plan.Apply(t.Context(), dropsASN{f, false}, ensure.ApplyOptions{})
			requireDropped(t, err)
			require.Equal(t, 1, deletes(f))
		})
	})
	t.Run("after several replacements", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			spec := siteSpec()
			for _, asn := range []cgw.ASN{1, 2, 1, 2} { // tokens lead to gateways that are gone
				spec.ASN = asn
				_, err := ensure.Gateway(t.Context(), f, spec, opts)
				require.NoError(t, err)
			}
			require.Equal(t, 3, deletes(f))
			g := gateways(t, f)[0]
			g.ASN = 0
			f.Seed(g)
			_, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.ErrorContains(t, err, `ASN "2": was accepted by the cloud when it created the gateway`)
			require.Equal(t, 3, deletes(f))
		})
	})
	t.Run("a group that was changed by hand", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			spec := grouped("rg-1", 1)[0]
			_, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
			g := gateways(t, f)[0]
			g.ResourceGroupID = "rg-2"
			f.Seed(g)
			_, err = ensure.Gateway(t.Context(), f, spec, opts)
			require.ErrorContains(t, err, `ResourceGroupID "rg-1": was accepted by the cloud when it created the gateway, which has rg-2`)
			require.ErrorIs(t, err, cgw.ErrUnsupported)
			require.Zero(t, deletes(f))
		})
	})
	for name, d := range map[string]struct {
		drop func(*cgw.CreateRequest)
		old  cgw.Gateway // what is replaced once
		says string
	}{
		"ASN":            {func(r *cgw.CreateRequest) { r.ASN = 0 }, cgw.Gateway{ASN: 1, ResourceGroupID: "rg-1"}, `ASN "2": `},
		"ASN to another": {func(r *cgw.CreateRequest) { r.ASN = 65000 }, cgw.Gateway{ASN: 1, ResourceGroupID: "rg-1"}, `ASN "2": `},
		"group":          {func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-default" }, cgw.Gateway{ASN: 2, ResourceGroupID: "rg-9"}, `ResourceGroupID "rg-1": `},
		"group to none":  {func(r *cgw.CreateRequest) { r.ResourceGroupID = "" }, cgw.Gateway{ASN: 2, ResourceGroupID: "rg-9"}, `ResourceGroupID "rg-1": `},
		"none are asked": {func(*cgw.CreateRequest) {}, cgw.Gateway{ASN: 1, ResourceGroupID: "rg-1"}, ""},
	} {
		for memory, cloud := range map[string]func() *cgwtest.Fake{"remembers": withTokens, "forgets": withTokens, "has none": withoutTokens} {
			t.Run(name+" is dropped by a cloud whose tokens: "+memory, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := cloud()
					f.Like.ASN.Immutable, f.Like.ResourceGroupID = true, cgw.TextRule{}
					p := drops{f, d.drop, memory == "forgets"}
					spec := siteSpec()
					spec.ASN, spec.ResourceGroupID = 2, "rg-1"
					g := seeded(owner)
					g.ASN, g.ResourceGroupID = d.old.ASN, d.old.ResourceGroupID
					g.CreatedAt = time.Now().Add(-48 * time.Hour)
					f.Seed(g)
					for run := range 8 {
						_, err := ensure.Gateway(t.Context(), p, spec, opts)
						if d.says == "" || memory == "remembers" { // else it cannot be known
							require.Equal(t, 1, deletes(f), "%d: %v", run, err)
						}
						if d.says == "" {
							require.NoError(t, err)
							continue
						}
						require.ErrorIs(t, err, cgw.ErrUnsupported)
						require.ErrorContains(t, err, d.says)
						line.Require(t, err)
					}
				})
			})
		}
	}
	t.Run("a group of today that the token tells of", func(t *testing.T) {
		f := withTokens()
		for _, group := range []string{"rg-9", "rg-1"} {
			spec := siteSpec()
			spec.ResourceGroupID = group
			_, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
		}
		require.Equal(t, 1, deletes(f))
	})
	t.Run("what could not be created again is not deleted", func(t *testing.T) {
		for kind, deleted := range map[error]int{cgw.ErrPermissionDenied: 0, cgw.ErrUnavailable: 0, cgw.ErrQuotaExceeded: 1} {
			f := withTokens()
			g := seeded(owner)
			g.ASN = 1
			f.Seed(g)
			f.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: kind}}
			_, err := ensure.Gateway(t.Context(), f, siteSpec(), opts)
			if deleted == 0 {
				require.ErrorIs(t, err, kind)
			} else {
				require.NoError(t, err, "without the gateway the quota is enough")
			}
			require.Equal(t, deleted, deletes(f), kind)
		}
	})
}

// A field that reads show late is waited for; one that is lost is waited for once for a target.
func TestDroppedFieldsArePatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := withoutTokens()
		specs := sites(100)
		for i := range specs {
			specs[i].ASN = 64512
		}
		start := time.Now()
		for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: dropsASN{f, false}, Specs: specs}}, ensure.AllOptions{Options: ensuring}) {
			requireDropped(t, r.Err)
		}
		require.Equal(t, 5*time.Second+12*250*time.Millisecond, time.Since(start), "8 wait, and then 12 times 8 look twice")
		require.Equal(t, 100, writes(f))
	})
}
