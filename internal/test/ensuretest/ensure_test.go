package ensuretest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// reads are the requests of one List of one gateway.
var reads = map[cgw.Provider][]string{
	cgw.Tencent: {"DescribeCustomerGateways", "DescribeResourceTagsByResourceIds"},
	cgw.Alibaba: {"DescribeCustomerGateways"},
}

func TestUnchangedCostsOneRead(t *testing.T) {
	for name, c := range clouds(t, conditions{}) {
		t.Run(string(name), func(t *testing.T) {
			for i, want := range []ensure.Action{ensure.Created, ensure.Unchanged, ensure.Unchanged} {
				c.reset()
				res, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
				require.NoError(t, err)
				require.Equal(t, want, res.Action)
				require.Equal(t, map[string]string{"env": "prod", "cgw:owner": owner}, res.Gateway.Tags)
				if i > 0 {
					require.Equal(t, reads[name], c.actions())
				}
			}
		})
	}
}

// A region is read in pages, whatever is in it. The last is empty, since the one before is full. So is
// every second page of tags on Tencent: 50 gateways of two tags each fill a page of 100.
func TestThousandUnchanged(t *testing.T) {
	pages := map[cgw.Provider]map[string]int{
		cgw.Tencent: {"DescribeCustomerGateways": 11, "DescribeResourceTagsByResourceIds": 40},
		cgw.Alibaba: {"DescribeCustomerGateways": 21},
	}
	for name, c := range clouds(t, conditions{}) {
		t.Run(string(name), func(t *testing.T) {
			specs := sites(1000)
			run := func() map[ensure.Action]int {
				results, err := ensure.All(t.Context(), []ensure.Target{{Name: "one", Provisioner: c.provisioner, Specs: specs}},
					ensure.AllOptions{Options: options, PerTarget: 32})
				require.NoError(t, err)
				actions := map[ensure.Action]int{}
				for r := range results {
					require.NoError(t, r.Err)
					actions[r.Action]++
				}
				return actions
			}
			require.Equal(t, map[ensure.Action]int{ensure.Created: 1000}, run())
			c.reset()
			require.Equal(t, map[ensure.Action]int{ensure.Unchanged: 1000}, run())
			count := map[string]int{}
			for _, a := range c.actions() {
				count[a]++
			}
			require.Equal(t, pages[name], count)
			require.Len(t, c.gateways(), 1000)
		})
	}
}

// Each request of Ensure is struck in its turn by each fault, with a client that does not
// repeat. Ensure is then run again by a fresh call: there is exactly one gateway, as specified.
func TestFaultAtEveryRequest(t *testing.T) {
	for fault, f := range map[string]wire.Fault{
		"aborted before the commit": {When: wire.BeforeCommit, Effect: wire.Abort},
		"aborted after the commit":  {When: wire.AfterCommit, Effect: wire.Abort},
		"cut short":                 {When: wire.AfterCommit, Effect: wire.Cut, Bytes: 10},
		"HTML":                      {When: wire.AfterCommit, Effect: wire.Replace, Status: 502, Body: "<html>"},
	} {
		for _, lag := range []time.Duration{0, 30 * time.Millisecond} {
			for _, provider := range []cgw.Provider{cgw.Tencent, cgw.Alibaba} {
				t.Run(fmt.Sprintf("%s/lag %v/%s", fault, lag, provider), func(t *testing.T) {
					t.Parallel()
					for skip, struck := 0, true; struck; skip++ {
						require.Less(t, skip, 20)
						struck = strike(t, one(t, provider, conditions{attempts: 1, readLag: lag}), f, skip)
					}
				})
			}
		}
	}
}

// strike runs Ensure from nothing to an update, and reports whether the fault struck.
func strike(t *testing.T, c cloud, fault wire.Fault, skip int) bool {
	t.Helper()
	fault.Skip = skip
	c.inject(fault)
	spec := sites(1)[0]
	opts := options
	opts.Patience = 500 * time.Millisecond
	_, _ = ensure.Gateway(t.Context(), c.provisioner, spec, opts)
	renamed := spec
	renamed.Name = "renamed"
	_, _ = ensure.Gateway(t.Context(), c.provisioner, renamed, opts)
	struck := false
	for _, r := range c.requests() {
		struck = struck || r.Fault
	}
	c.clear()
	for {
		res, err := ensure.Gateway(t.Context(), c.provisioner, renamed, opts)
		require.NoError(t, err)
		require.Len(t, c.gateways(), 1)
		if res.Action == ensure.Unchanged && c.gateways()[spec.IPAddress.String()] == "renamed" {
			return struck
		}
		require.NoError(t, cgw.WaitVisible(t.Context(), c.provisioner, res.Gateway.ID))
	}
}

// A token replays a gateway that was deleted since.
func TestDeletedSince(t *testing.T) {
	for name, c := range clouds(t, conditions{}) {
		t.Run(string(name), func(t *testing.T) {
			seen := map[string]bool{}
			for range 4 {
				res, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
				require.NoError(t, err)
				require.Equal(t, ensure.Created, res.Action)
				require.False(t, seen[res.Gateway.ID])
				seen[res.Gateway.ID] = true
				require.NoError(t, c.provisioner.Delete(t.Context(), res.Gateway.ID))
			}
			require.Empty(t, c.gateways())
		})
	}
}

func TestAnotherAuthKeyAfterADelete(t *testing.T) {
	c := alibabaCloud(t, conditions{})
	spec := sites(1)[0]
	for _, key := range []cgw.Secret{"one", "two", ""} {
		spec.AuthKey = key
		res, err := ensure.Gateway(t.Context(), c.provisioner, spec, options)
		require.NoError(t, err)
		require.Equal(t, ensure.Created, res.Action)
		require.NoError(t, c.provisioner.Delete(t.Context(), res.Gateway.ID))
	}
}

// The whole of a plan, on both clouds.
func TestPlanAndApply(t *testing.T) {
	for name, c := range clouds(t, conditions{}) {
		t.Run(string(name), func(t *testing.T) {
			specs := sites(5)
			opts := options
			apply := func(want string) error {
				t.Helper()
				plan, err := ensure.NewPlan(t.Context(), ensure.Target{Name: "region", Provisioner: c.provisioner, Specs: specs, Prune: true}, opts)
				require.NoError(t, err)
				require.Equal(t, name, plan.Location.Provider)
				require.Equal(t, want, plan.Summary(), plan)
				_, err = plan.Apply(t.Context(), c.provisioner, ensure.ApplyOptions{})
				return err
			}
			foreign, err := c.provisioner.Create(t.Context(), specs[4])
			require.NoError(t, err)
			require.ErrorIs(t, apply("4 to create, 1 foreign"), cgw.ErrAlreadyExists)
			opts.AdoptUnowned = true
			require.NoError(t, apply("1 to adopt, 4 unchanged"))
			opts.AdoptUnowned = false
			specs = specs[1:]
			specs[0].ASN = 65010
			specs[1].Name = "renamed"
			specs[2].Tags = map[string]string{"env": "", "tier": "gold"}
			if name == cgw.Alibaba {
				var fixed *ensure.ReplaceError
				require.ErrorAs(t, apply("2 to update, 1 to delete, 1 unsupported, 1 unchanged"), &fixed)
				require.Equal(t, "ASN", fixed.Changes[0].Field)
				opts.Replace = true
				require.NoError(t, apply("1 to replace, 3 unchanged"))
			} else {
				require.NoError(t, apply("3 to update, 1 to delete, 1 unchanged"))
			}
			require.NoError(t, apply("4 unchanged"))
			g, err := c.provisioner.Get(t.Context(), foreign.ID)
			require.NoError(t, err)
			require.Equal(t, owner, g.Tags["cgw:owner"])
			require.Len(t, c.gateways(), 4)
		})
	}
}

// What the clouds themselves refuse comes through with its code.
func TestRefusals(t *testing.T) {
	c := alibabaCloud(t, conditions{attempts: 1})
	c.inject(wire.Fault{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: "QuotaExceeded.CustomerGateway"})
	_, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
	var e *cgw.Error
	require.True(t, errors.As(err, &e))
	require.True(t, strings.Contains(e.Code, "Quota"))
	require.Equal(t, cgw.OpCreate, e.Op)
}

// Reads that lag longer than patience: what was made is not shown, and its address is refused
// without a word on who holds it. It is not taken for another's.
func TestLagBeyondPatience(t *testing.T) {
	c := alibabaCloud(t, conditions{readLag: time.Minute})
	_, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
	require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
	require.NotErrorIs(t, err, cgw.ErrAlreadyExists)
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.ID)
	require.NotEmpty(t, e.ClientToken)
	require.Len(t, c.gateways(), 1)
}

// Tencent's tags are kept by a service of their own, which may lag behind.
func TestLateTags(t *testing.T) {
	for _, late := range []int{1, 2} {
		c := tencentCloud(t, conditions{})
		_, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
		require.NoError(t, err)
		c.reset()
		c.inject(wire.Fault{
			Action: "DescribeResourceTagsByResourceIds", Times: late, Effect: wire.Replace,
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   `{"Response":{"TotalCount":0,"Tags":[],"RequestId":"x"}}`,
		})
		res, err := ensure.Gateway(t.Context(), c.provisioner, sites(1)[0], options)
		require.NoError(t, err)
		require.Equal(t, ensure.Unchanged, res.Action)
		require.Len(t, c.actions(), 2*(late+1), "reads alone")
	}
}

// One specification in several regions of an account whose tokens are not a region's.
func TestTokensAreOfARegion(t *testing.T) {
	seen := map[string]bool{}
	for _, region := range []string{"cn-hangzhou", "cn-shanghai"} {
		s := alibabatest.NewServer(alibabatest.Options{Region: region})
		t.Cleanup(s.Close)
		cfg := s.Config()
		p, err := alibaba.New(cfg)
		require.NoError(t, err)
		t.Cleanup(func() { _ = p.Close() })
		at, ok := cgw.As[cgw.Located](middleware.ReadOnly(p))
		require.True(t, ok)
		require.Equal(t, cgw.Location{Provider: cgw.Alibaba, Region: region}, at.Location())
		watched := middleware.WithHooks(p, middleware.Hooks{Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			if op.Op == cgw.OpCreate {
				require.False(t, seen[op.Create.ClientToken])
				seen[op.Create.ClientToken] = true
			}
			return ctx, nil
		}})
		_, err = ensure.Gateway(t.Context(), watched, sites(1)[0], options)
		require.NoError(t, err)
	}
	require.Len(t, seen, 2)
}

// The marks that the cloud puts on gateways itself do not stand in the way, and stay.
func TestTheCloudsOwnTags(t *testing.T) {
	spec := sites(1)[0]
	s := alibabatest.NewServer(alibabatest.Options{})
	t.Cleanup(s.Close)
	s.Seed(alibabatest.Gateway{
		ID: "cgw-1", Name: spec.Name, IPAddress: spec.IPAddress.String(), CreatedAt: time.Now(),
		Tags: map[string]string{"acs:rm:rgId": "rg-1", "aliyun-x": "y", "old": "", "cgw:owner": owner},
	})
	p, err := alibaba.New(s.Config())
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	opts := options
	opts.ExactTags = true
	for _, want := range []ensure.Action{ensure.Updated, ensure.Unchanged} {
		res, err := ensure.Gateway(t.Context(), p, spec, opts)
		require.NoError(t, err)
		require.Equal(t, want, res.Action)
	}
	require.Equal(t, map[string]string{
		"acs:rm:rgId": "rg-1", "aliyun-x": "y", "env": "prod", "cgw:owner": owner,
	}, s.Gateways()[0].Tags)
}
