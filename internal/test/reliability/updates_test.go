package reliability_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// TestUpdatesInARow has updates of one gateway that follow so soon that reads do not show the one before.
// What the last one returns is what the service then has.
func TestUpdatesInARow(t *testing.T) {
	const lag = 5 * time.Second
	old, renamed, asn, others := name1, "renamed", cgw.ASN(64999), map[string]string{"env": "test", "old": "y"}
	seeded := map[string]string{"env": "test", "old": "x"}
	for _, tc := range []struct {
		name    string
		updates []cgw.UpdateRequest
		holds   held
	}{
		{"a tag and back", []cgw.UpdateRequest{{Tags: others}, {Tags: seeded}}, held{name: old, tags: seeded}},
		{"a tag, and another in its place", []cgw.UpdateRequest{{Tags: map[string]string{"a": "1"}}, {Tags: map[string]string{"b": "2"}}}, held{name: old, tags: map[string]string{"b": "2"}}},
		{"a tag more, and then none", []cgw.UpdateRequest{{Tags: map[string]string{"env": "test", "old": "x", "a": "1"}}, {Tags: map[string]string{}}}, held{name: old}},
		{"no tags, and then as before", []cgw.UpdateRequest{{Tags: map[string]string{}}, {Tags: seeded}}, held{name: old, tags: seeded}},
		{"a name, and then what needs it", []cgw.UpdateRequest{{Name: &renamed}, {ASN: &asn}}, held{name: renamed, tags: seeded}},
		{"a name and back, with tags", []cgw.UpdateRequest{{Name: &renamed}, {Name: &old, Tags: seeded}}, held{name: old, tags: seeded}},
		{"three", []cgw.UpdateRequest{{Name: &renamed}, {Tags: others}, {Name: &old, Tags: others}}, held{name: old, tags: others}},
	} {
		for _, c := range clouds() {
			if c.name == "alibaba" && tc.updates[len(tc.updates)-1].ASN != nil {
				continue // it cannot change the ASN
			}
			t.Run(tc.name+"/"+c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, p := inMemory(t, c, options{lag: lag}, settings{})
					id := ready(s, cgw.OpUpdate)
					time.Sleep(lag)
					var g cgw.Gateway
					for _, req := range tc.updates {
						var err error
						g, err = p.Update(t.Context(), id, req)
						require.NoError(t, err)
					}
					time.Sleep(lag)
					now := s.held()[0]
					require.Equal(t, tc.holds.name, now.name)
					require.Equal(t, len(tc.holds.tags), len(now.tags), "%v", now.tags)
					for k, v := range tc.holds.tags {
						require.Equal(t, v, now.tags[k])
					}
					require.Equal(t, now.name, g.Name)
					require.Equal(t, len(now.tags), len(g.Tags))
				})
			})
		}
	}
}
