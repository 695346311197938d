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
)

// A thousand gateways without an owner tag cost one wait and two lists.
func TestThousandUnowned(t *testing.T) {
	region := func() (*cgwtest.Fake, []cgw.CreateRequest) {
		f, specs := withoutTokens(), sites(1000)
		for _, s := range specs {
			f.Seed(cgw.Gateway{IPAddress: s.IPAddress, Name: s.Name})
		}
		f.Faults = []cgwtest.Fault{{Op: cgw.OpList, Delay: time.Second}}
		return f, append(specs, cgw.CreateRequest{IPAddress: at(1), Name: "new"})
	}
	opts := ensure.Options{Owner: owner, Patience: 7 * time.Second}
	refused := func(t *testing.T, i int, err error) {
		t.Helper()
		if i == 1000 {
			require.NoError(t, err, "another site does not wait")
			return
		}
		var o *ensure.OwnerError
		require.ErrorAs(t, err, &o)
	}
	t.Run("all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, specs := region()
			start := time.Now()
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: f, Specs: specs}}, ensure.AllOptions{Options: opts}) {
				refused(t, r.Index, r.Err)
			}
			require.Equal(t, []string{cgw.OpList, cgw.OpCreate, cgw.OpList}, ops(f))
			require.LessOrEqual(t, time.Since(start), 9*time.Second)

			f.Faults = append(f.Faults, cgwtest.Fault{Op: cgw.OpCreate, Delay: 10 * time.Second})
			specs = append(specs, cgw.CreateRequest{IPAddress: at(2), Name: "slow"})
			start = time.Now()
			results, err := ensure.All(t.Context(), []ensure.Target{{Name: "one", Provisioner: f, Specs: specs}}, ensure.AllOptions{Options: opts})
			require.NoError(t, err)
			for range results { // the create takes longer than the wait
			}
			require.Equal(t, 12*time.Second, time.Since(start))
			start = time.Now()
			for range results { // each run has its own wait
			}
			require.Equal(t, 9*time.Second, time.Since(start))
		})
	})
	t.Run("a plan", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, specs := region()
			plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: f, Specs: specs}, opts)
			require.NoError(t, err)
			require.Equal(t, "1 to create, 1000 foreign", plan.Summary())
			start, before := time.Now(), len(f.Calls())
			results, err := plan.Apply(t.Context(), f, ensure.ApplyOptions{})
			require.Error(t, err)
			for i, r := range results {
				refused(t, i, r.Err)
			}
			require.Equal(t, []string{cgw.OpList, cgw.OpCreate, cgw.OpList, cgw.OpList}, ops(f)[before:], "the first is of the site that is created")
			require.LessOrEqual(t, time.Since(start), 10*time.Second)
		})
	})
	t.Run("whose tags become visible", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, specs := region()
			time.AfterFunc(3*time.Second, func() {
				for i, s := range specs[:500] {
					g := cgw.Gateway{ID: fmt.Sprintf("cgw-fake%04d", i+1), IPAddress: s.IPAddress, Name: s.Name}
					g.Tags = map[string]string{"cgw:owner": []string{owner, "other"}[i%2]}
					f.Seed(g)
				}
			})
			unchanged := 0
			for _, r := range ensureAll(t.Context(), t, []ensure.Target{{Name: "one", Provisioner: f, Specs: specs}}, ensure.AllOptions{Options: opts}) {
				switch {
				case r.Err == nil && r.Action == ensure.Unchanged:
					require.Less(t, r.Index, 500)
					unchanged++
				case r.Index < 500:
					var o *ensure.OwnerError
					require.ErrorAs(t, r.Err, &o)
					require.Equal(t, "other", o.Have)
				default:
					refused(t, r.Index, r.Err)
				}
			}
			require.Equal(t, 250, unchanged)
		})
	})
	t.Run("the context ends first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, specs := region()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			for _, r := range ensureAll(ctx, t, []ensure.Target{{Name: "one", Provisioner: f, Specs: specs[:1000]}}, ensure.AllOptions{Options: opts}) {
				require.Error(t, r.Err)
			}
			require.Equal(t, []string{cgw.OpList}, ops(f))
		})
	})
}
