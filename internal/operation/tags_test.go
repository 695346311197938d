package operation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
)

// allTags are the tags of n gateways, three of each.
func allTags(n int) (rows []operation.TagRow) {
	for i := range n {
		for k, v := range []string{"a", "b", "c"} {
			rows = append(rows, operation.TagRow{ID: fmt.Sprintf("g%03d", i), Key: v, Value: fmt.Sprint(k + 1)})
		}
	}
	return rows
}

// onceTags returns a change that is made until it returns true.
func onceTags(change func(offset int, p *operation.TagPage) bool) func(int, int, operation.TagPage) operation.TagPage {
	done := false
	return func(offset, _ int, p operation.TagPage) operation.TagPage {
		done = done || change(offset, &p)
		return p
	}
}

// TestTagsApart reads tags that the cloud keeps apart, in batches and in pages.
func TestTagsApart(t *testing.T) {
	for _, tc := range []struct {
		name   string
		traits func(*operation.Traits)
		page   func(offset, limit int, p operation.TagPage) operation.TagPage
		faults []fault
		sent   []string
		kind   error
		says   string
	}{
		{name: "one at a time", sent: []string{"ReadTags g000", "ReadTags g001", "ReadTags g002"}},
		{name: "two at a time", traits: func(tr *operation.Traits) { tr.TagsRead = 2 }, sent: []string{"ReadTags g000,g001", "ReadTags g002"}},
		{
			name: "pages of three rows", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 3 },
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 4),
		},
		{
			name: "a service that lowers the limit from 6 to 4", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 6 },
			page: func(_, limit int, p operation.TagPage) operation.TagPage {
				p.Rows, p.Limit = p.Rows[:min(4, len(p.Rows))], min(4, limit)
				return p
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 4),
		},
		{
			name: "rows that the service counts are missing", traits: func(tr *operation.Traits) { tr.TagsRead = 3 },
			page: func(_, _ int, p operation.TagPage) operation.TagPage {
				p.Rows = p.Rows[1:]
				return p
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 3), kind: cgw.ErrUnavailable, says: "the service sent fewer tags than it counts",
		},
		{
			name: "an empty page in the middle, once, with a total of 0", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 3 },
			page: onceTags(func(offset int, p *operation.TagPage) bool {
				if offset == 3 {
					*p = operation.TagPage{}
				}
				return offset == 3
			}),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 5),
		},
		{
			name: "no rows and a total of 0 from the second page on", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 3 },
			page: func(offset, _ int, p operation.TagPage) operation.TagPage {
				if offset > 0 {
					return operation.TagPage{}
				}
				return p
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 2*(1+3)), kind: cgw.ErrUnavailable, says: "the service sent fewer tags than it counts",
		},
		{
			name: "no rows and a total of 0, once, after a page that lacked its rows", traits: func(tr *operation.Traits) { tr.TagsRead = 3 },
			page: func() func(int, int, operation.TagPage) operation.TagPage {
				n := 0
				return func(_, _ int, p operation.TagPage) operation.TagPage {
					switch n++; n {
					case 1:
						p.Rows = p.Rows[1:]
					case 2:
						return operation.TagPage{}
					}
					return p
				}
			}(),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 3),
		},
		{
			name: "pages that count their own rows", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 4 },
			page: func(_, _ int, p operation.TagPage) operation.TagPage {
				p.Total = len(p.Rows)
				return p
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 3),
		},
		{
			name: "a last page that is full, and shown again", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 11 },
			page: func() func(int, int, operation.TagPage) operation.TagPage {
				var shown []operation.TagRow
				return func(offset, _ int, p operation.TagPage) operation.TagPage {
					if offset == 0 {
						shown = slices.Clone(p.Rows)
					}
					return operation.TagPage{Rows: shown, Total: 11}
				}
			}(),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 2),
		},
		{
			name: "a service that ignores the limit", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 4 },
			page: func(offset, _ int, _ operation.TagPage) operation.TagPage {
				return operation.TagPage{Rows: allTags(3)[min(offset, 9):], Total: 9}
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 2),
		},
		{
			name: "a page that is repeated for ever", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 4 },
			page: func(_, _ int, _ operation.TagPage) operation.TagPage {
				return operation.TagPage{Rows: allTags(3)[:4], Total: 1000}
			},
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 1+3), kind: cgw.ErrUnavailable, says: "the service sent the same page of tags twice",
		},
		{
			name: "a page that is repeated for ever, with a higher total every time", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 4 },
			page: func() func(int, int, operation.TagPage) operation.TagPage {
				n := 1000
				return func(int, int, operation.TagPage) operation.TagPage {
					n++
					return operation.TagPage{Rows: allTags(3)[:4], Total: n}
				}
			}(),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 2*2), kind: cgw.ErrUnavailable, says: "the service sent the same page of tags twice",
		},
		{
			name: "a tag added at the front between two pages", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 9 },
			page: func() func(int, int, operation.TagPage) operation.TagPage {
				n := 0
				return func(offset, limit int, _ operation.TagPage) operation.TagPage {
					rows := allTags(3)
					if n++; n > 1 {
						rows = slices.Insert(rows, 0, operation.TagRow{ID: "g000", Key: "sys:new", System: true})
					}
					return operation.TagPage{Rows: rows[min(offset, len(rows)):min(offset+limit, len(rows))], Total: len(rows)}
				}
			}(),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 2+2),
		},
		{
			name: "a tag removed from a page that was read", traits: func(tr *operation.Traits) { tr.TagsRead, tr.TagRows = 3, 6 },
			page: func() func(int, int, operation.TagPage) operation.TagPage {
				n := 0
				return func(offset, limit int, _ operation.TagPage) operation.TagPage {
					rows := allTags(3)
					if n++; n == 1 {
						rows = slices.Insert(rows, 0, operation.TagRow{ID: "g000", Key: "old", Value: "1"})
					}
					return operation.TagPage{Rows: rows[min(offset, len(rows)):min(offset+limit, len(rows))], Total: len(rows)}
				}
			}(),
			sent: slices.Repeat([]string{"ReadTags g000,g001,g002"}, 1+3+2),
		},
		{name: "denied", faults: []fault{{action: "ReadTags", nth: -1, code: "Denied"}}, sent: []string{"ReadTags g000"}, kind: cgw.ErrPermissionDenied},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(3)
				f.tagFunc, f.faults, f.tags = tc.page, tc.faults, map[string]map[string]string{}
				for i := range f.gateways {
					f.tags[f.gateways[i].ID], f.gateways[i].Tags = f.gateways[i].Tags, nil
				}
				f.tags["g001"]["sys:x"] = "y"
				got, err := cgw.Collect(engine(t, apart{f}, tc.traits).List(t.Context(), cgw.Filter{Tags: map[string]string{"a": "1"}}))
				require.Equal(t, tc.sent, slices.DeleteFunc(f.sent, func(s string) bool { return strings.HasPrefix(s, "List") }))
				if tc.kind != nil {
					require.ErrorIs(t, err, tc.kind)
					require.ErrorContains(t, err, tc.says)
					return
				}
				require.NoError(t, err)
				require.Len(t, got, 3)
				for _, g := range got {
					require.Equal(t, map[string]string{"a": "1", "b": "2", "c": "3"}, g.Tags)
				}
			})
		})
	}
}

// TestSlowLoopOfAList has a caller who takes longer for each gateway than MaxElapsed. The reads of tags in between
// are retried all the same.
func TestSlowLoopOfAList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(3)
		f.faults = []fault{{action: "ReadTags", nth: 1}, {action: "ReadTags", nth: 3}}
		n := 0
		for _, err := range engine(t, apart{f}, nil).List(t.Context(), cgw.Filter{}) {
			require.NoError(t, err)
			n++
			time.Sleep(2 * time.Minute)
		}
		require.Equal(t, 3, n)
	})
}

// TestProofReadsTags: a look that is to prove a gateway reads its tags.
func TestProofReadsTags(t *testing.T) {
	for _, denied := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(0)
			f.tags = map[string]map[string]string{"new-0": {"k": "v"}}
			f.faults = []fault{{action: "Create", after: true}}
			if denied {
				f.faults = append(f.faults, fault{action: "ReadTags", nth: -1, code: "Denied"})
			}
			time.Sleep(time.Second / 2)
			g, err := engine(t, apart{f}, nil).Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "a", Tags: map[string]string{"k": "v"}})
			require.Equal(t, []string{"Create", "List", "ReadTags new-0"}, f.sent)
			if denied {
				require.ErrorIs(t, err, cgw.ErrUnavailable)
				require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "new-0", g.ID)
		})
	}
}
