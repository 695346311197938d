package ensuretest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/ensure"
)

// Thirty gateways that were made by hand are brought under management: what is there, exported as
// specifications, plans to nothing but the owner tag.
func TestMigrationOfThirty(t *testing.T) {
	for name, c := range clouds(t, conditions{}) {
		t.Run(string(name), func(t *testing.T) {
			for _, spec := range sites(30) {
				_, err := c.provisioner.Create(t.Context(), spec)
				require.NoError(t, err)
			}
			target := ensure.Target{Name: "region", Provisioner: c.provisioner, Prune: true, MaxDeletes: 3}
			opts := options
			opts.AdoptUnowned = true
			opts.Replace = name == cgw.Alibaba // where an ASN cannot be changed

			c.reset()
			for g, err := range c.provisioner.List(t.Context(), cgw.Filter{}) {
				require.NoError(t, err)
				target.Specs = append(target.Specs, g.Spec())
			}
			step := func(title string) {
				t.Helper()
				all, writes := len(c.actions()), 0
				for _, a := range c.actions() {
					if !strings.HasPrefix(a, "Describe") && !strings.HasPrefix(a, "List") {
						writes++
					}
				}
				t.Logf("%s: %d requests, %d writes", title, all, writes)
				c.reset()
			}
			step("export")
			apply := func(title, summary string) *ensure.Plan {
				t.Helper()
				plan, err := ensure.NewPlan(t.Context(), target, opts)
				require.NoError(t, err)
				require.Equal(t, summary, plan.Summary(), plan)
				step("plan of " + title)
				_, err = plan.Apply(t.Context(), c.provisioner, ensure.ApplyOptions{})
				require.NoError(t, err)
				step(title)
				return plan
			}
			for _, s := range apply("adoption", "30 to adopt").Steps {
				require.Equal(t, []ensure.Change{{Field: "Tags[cgw:owner]", New: owner}}, s.Changes)
			}
			target.Specs = target.Specs[2:]
			for i := range 3 {
				target.Specs[i].Name = fmt.Sprintf("renamed-%d", i)
			}
			target.Specs[3].ASN = 65010
			changes := "4 to update, 2 to delete, 24 unchanged"
			if opts.Replace {
				changes = "3 to update, 1 to replace, 2 to delete, 24 unchanged"
			}
			apply("changes", changes)
			require.True(t, apply("nothing", "28 unchanged").Empty())
			require.Len(t, c.gateways(), 28)
		})
	}
}

// A user who may see one resource group alone.
func TestUserOfOneResourceGroup(t *testing.T) {
	s := alibabatest.NewServer(alibabatest.Options{OnlyResourceGroup: "rg-1"})
	t.Cleanup(s.Close)
	p, err := alibaba.New(s.Config())
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	spec := sites(1)[0]
	spec.ResourceGroupID = "rg-1"
	s.Seed(alibabatest.Gateway{ID: "cgw-seen", IPAddress: "203.2.0.1", ResourceGroupID: "rg-1"})
	seen, err := cgw.Collect(p.List(t.Context(), cgw.Filter{ResourceGroupID: "rg-1"}))
	require.NoError(t, err)
	require.Len(t, seen, 1)
	for _, want := range []ensure.Action{ensure.Created, ensure.Unchanged, ensure.Updated, ensure.Unchanged} {
		if want == ensure.Updated {
			spec.Name = "renamed"
		}
		res, err := ensure.Gateway(t.Context(), p, spec, options)
		require.NoError(t, err)
		require.Equal(t, want, res.Action)
	}
}
