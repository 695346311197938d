package operation_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
)

// TestListPages lists 25 gateways in pages of 10, of services that page in good and bad ways.
func TestListPages(t *testing.T) {
	next := func(tr *operation.Traits) { tr.NextToken = true }
	// named gives a page its place and the next one, for services that name the next page.
	named := func(names ...string) func(operation.Cursor, operation.Page) operation.Page {
		return func(at operation.Cursor, p operation.Page) operation.Page {
			return operation.Page{Gateways: p.Gateways, Total: -1, Next: names[at.Page]}
		}
	}
	for _, tc := range []struct {
		name     string
		traits   func(*operation.Traits)
		page     func(operation.Cursor, operation.Page) operation.Page
		requests int
		got      int
		kind     error
		says     string
		unsorted bool // a second reading has what the first one missed
	}{
		{name: "a true total", requests: 3, got: 25},
		{name: "a total of 0", page: total(0), requests: 4, got: 25},
		{name: "a total of 1", page: total(1), requests: 4, got: 25},
		{name: "a total that is too low, on the end of a page", page: total(15), requests: 4, got: 25},
		{name: "a total that is too high", page: total(99), requests: 3 + 3, got: 25, kind: cgw.ErrUnavailable, says: "the service sent fewer gateways than it counts"},
		{name: "no total", page: total(-1), requests: 4, got: 25},
		{
			name: "a total that is too low, on the end of a full page", traits: func(tr *operation.Traits) { tr.PageRows = 10 },
			page: total(20), requests: 4, got: 25,
		},
		{
			name: "a service that shows its last page again", traits: func(tr *operation.Traits) { tr.PageRows = 5 }, requests: 4, got: 25,
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				if at.Rows == 25 {
					p.Gateways = slices.Clone(newFake(25).gateways[20:])
				}
				return p
			},
		},
		{
			name: "an empty page in the middle, once", requests: 4, got: 25,
			page: once(func(at operation.Cursor, p *operation.Page) bool {
				if at.Page == 1 {
					p.Gateways = nil
				}
				return at.Page == 1
			}),
		},
		{
			name: "a row without an ID, once", requests: 4, got: 25,
			page: once(func(_ operation.Cursor, p *operation.Page) bool {
				p.Gateways[3].ID = ""
				return true
			}),
		},
		{
			name: "a page that is repeated for ever", requests: 2, got: 10, kind: cgw.ErrUnavailable, says: "the service sent the same page twice",
			page: func(_ operation.Cursor, p operation.Page) operation.Page {
				return operation.Page{Gateways: slices.Clone(newFake(10).gateways), Total: 1000}
			},
		},
		{
			name: "an empty page in the middle, once, with a total of 0", requests: 4, got: 25,
			page: once(func(at operation.Cursor, p *operation.Page) bool {
				if at.Page == 1 {
					p.Gateways, p.Total = nil, 0
				}
				return at.Page == 1
			}),
		},
		{
			name: "an empty page in the middle, once, with a total of the rows so far", requests: 4, got: 25,
			page: once(func(at operation.Cursor, p *operation.Page) bool {
				if at.Page == 1 {
					p.Gateways, p.Total = nil, 10
				}
				return at.Page == 1
			}),
		},
		{
			name: "no rows and a total of 0 from the second page on", requests: 2 * (1 + 3), got: 10, kind: cgw.ErrUnavailable, says: "the service sent fewer gateways than it counts",
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				if at.Page > 0 {
					return operation.Page{}
				}
				return p
			},
		},
		{
			name: "no rows and a total of 0 at first, once, after a page that lacked its rows", requests: 5, got: 25,
			page: func() func(operation.Cursor, operation.Page) operation.Page {
				n := 0
				return func(_ operation.Cursor, p operation.Page) operation.Page {
					switch n++; n {
					case 1:
						p.Gateways = nil
					case 2:
						return operation.Page{}
					}
					return p
				}
			}(),
		},
		{
			name: "a last page that is as long as the ones before, and its total is the rows so far", requests: 3, got: 25, traits: func(tr *operation.Traits) { tr.PageRows = 50 },
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				p.Total = []int{-1, 20, 25}[at.Page]
				return p
			},
		},
		{
			name: "a service that lowers the size of a page, says so, and counts the rows so far", requests: 3, got: 25, traits: func(tr *operation.Traits) { tr.PageRows = 50 },
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				p.Total, p.Limit = at.Rows+len(p.Gateways), 10
				return p
			},
		},
		{
			name: "an earlier total that was higher", requests: 3, got: 25, traits: func(tr *operation.Traits) { tr.PageRows = 50 },
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				p.Gateways = slices.Clone(newFake(25).gateways[at.Rows:min(at.Rows+10-at.Page, 25)])
				p.Total = []int{25, 19, 25}[at.Page]
				return p
			},
		},
		{
			name: "a row that is repeated, once", requests: 6, got: 25, unsorted: true,
			page: once(func(at operation.Cursor, p *operation.Page) bool {
				if at.Page == 1 {
					p.Gateways[0] = newFake(1).gateways[0]
				}
				return at.Page == 1
			}),
		},
		{
			name: "a row that is repeated in place of another, always", requests: 6, got: 24, kind: cgw.ErrUnavailable, says: "the service sent fewer gateways than it counts",
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				if at.Page == 1 {
					p.Gateways = slices.Clone(p.Gateways)
					p.Gateways[0] = newFake(1).gateways[0]
				}
				return p
			},
		},
		{
			name: "a page with a row more, which is repeated", requests: 4, got: 25,
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				if at.Page == 0 {
					p.Gateways = append(slices.Clone(p.Gateways), p.Gateways[9])
				} else {
					p.Gateways = slices.Clone(newFake(25).gateways[min(at.Rows-1, 25):min(at.Rows+9, 25)])
				}
				return p
			},
		},
		{
			name: "a page with a row more, which is repeated, and the last page again", requests: 4, got: 25,
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				switch all := newFake(25).gateways; at.Page {
				case 0:
					p.Gateways = append(slices.Clone(p.Gateways), p.Gateways[9])
				case 1:
					p.Gateways = all[10:20]
				default:
					p.Gateways = all[20:]
				}
				return p
			},
		},
		{
			name: "a page that is repeated for ever, with a higher total every time", requests: 4, got: 10, kind: cgw.ErrUnavailable, says: "the service sent the same page twice",
			page: func() func(operation.Cursor, operation.Page) operation.Page {
				n := 1000
				return func(operation.Cursor, operation.Page) operation.Page {
					n++
					return operation.Page{Gateways: slices.Clone(newFake(10).gateways), Total: n}
				}
			}(),
		},
		{
			name: "next pages that end before the total, once", traits: next, requests: 4, got: 25,
			page: func() func(operation.Cursor, operation.Page) operation.Page {
				ended := false
				return func(at operation.Cursor, p operation.Page) operation.Page {
					p.Next = []string{"b", "c", ""}[at.Page]
					if at.Page == 1 && !ended {
						p.Next, ended = "", true
					}
					return p
				}
			}(),
		},
		{name: "next pages", traits: next, page: named("b", "c", ""), requests: 3, got: 25},
		{name: "next pages, the last one empty", traits: next, page: named("b", "c", "d", ""), requests: 4, got: 25},
		{
			name: "next pages, an empty one in the middle", traits: next, requests: 4, got: 25,
			page: func(at operation.Cursor, p operation.Page) operation.Page {
				if at.Next == "empty" {
					p.Gateways = nil
				}
				p.Total, p.Next = -1, map[string]string{"": "empty", "empty": "second", "second": "third"}[at.Next]
				return p
			},
		},
		{
			name: "next pages that lead in a circle", traits: next, requests: 3, got: 0, kind: cgw.ErrUnavailable,
			page: func(at operation.Cursor, _ operation.Page) operation.Page {
				return operation.Page{Total: -1, Next: map[string]string{"": "a", "a": "b", "b": "a"}[at.Next]}
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(25)
				f.size, f.pageFunc = 10, tc.page
				got, err := cgw.Collect(engine(t, f, tc.traits).List(t.Context(), cgw.Filter{}))
				require.Len(t, f.sent, tc.requests)
				if tc.kind != nil {
					require.ErrorIs(t, err, tc.kind)
					require.ErrorContains(t, err, tc.says)
					require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
				} else {
					require.NoError(t, err)
				}
				require.Len(t, got, tc.got)
				if tc.unsorted {
					slices.SortFunc(got, func(a, b cgw.Gateway) int { return strings.Compare(a.ID, b.ID) })
				}
				for i, g := range got {
					require.True(t, i == 0 || got[i-1].ID < g.ID, "twice, or not in the service's order")
					require.Equal(t, cgw.Provider("fake"), g.Provider)
				}
			})
		})
	}
}

// TestListWhileOthersWrite: another program creates and deletes gateways between two pages. Every
// gateway that is there all the time is listed.
func TestListWhileOthersWrite(t *testing.T) {
	front := func(f *fake) {
		f.gateways = slices.Insert(f.gateways, 0, cgw.Gateway{ID: fmt.Sprintf("new%d", len(f.sent))})
	}
	deleted := func(at int) func(*fake) {
		return func(f *fake) { f.gateways = slices.Delete(f.gateways, at, at+1) }
	}
	for name, tc := range map[string]struct {
		n        int
		change   func(*fake)
		always   bool // after every request; else after the first
		requests int
		got      int
		kind     error
	}{
		"created at the front of one full page":       {10, front, false, 2 + 2, 11, nil},
		"created at the front of two pages":           {15, front, false, 2 + 2, 16, nil},
		"created at the front of 25, between all":     {25, front, true, 3 + 4, 28, nil},
		"created at the end":                          {15, func(f *fake) { f.gateways = append(f.gateways, cgw.Gateway{ID: "new"}) }, false, 2, 16, nil},
		"deleted from a page that was read":           {15, deleted(3), false, 2 + 3 + 2, 15, nil},
		"deleted, and the last page is none any more": {11, deleted(3), false, 1 + 3 + 2, 11, nil},
		"deleted from a page that was not yet read":   {15, deleted(12), false, 2 + 3 + 2, 14, nil},
		"deleted between all":                         {35, deleted(0), true, 4 + 3 + 4, 34, cgw.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(tc.n)
				f.size = 10
				f.pageFunc = func(_ operation.Cursor, p operation.Page) operation.Page {
					if len(f.sent) == 1 || tc.always {
						p.Gateways = slices.Clone(p.Gateways)
						tc.change(f)
					}
					return p
				}
				got, err := cgw.Collect(engine(t, f, func(tr *operation.Traits) { tr.PageRows = 10 }).List(t.Context(), cgw.Filter{}))
				require.Equal(t, tc.kind != nil, err != nil, "%v", err)
				if err != nil {
					require.ErrorIs(t, err, tc.kind)
					return
				}
				for _, g := range newFake(tc.n).gateways {
					has := func(all []cgw.Gateway) bool {
						return slices.ContainsFunc(all, func(o cgw.Gateway) bool { return o.ID == g.ID })
					}
					require.True(t, has(got) || !has(f.gateways), g.ID)
				}
				require.Len(t, got, tc.got)
				require.Len(t, f.sent, tc.requests)
			})
		})
	}
}

// total returns a change of the total of every page.
func total(n int) func(operation.Cursor, operation.Page) operation.Page {
	return func(_ operation.Cursor, p operation.Page) operation.Page {
		p.Total = n
		return p
	}
}

// once returns a change that is made until it returns true. It does not touch the rows of the fake.
func once(change func(operation.Cursor, *operation.Page) bool) func(operation.Cursor, operation.Page) operation.Page {
	done := false
	return func(at operation.Cursor, p operation.Page) operation.Page {
		if !done {
			p.Gateways = slices.Clone(p.Gateways)
			done = change(at, &p)
		}
		return p
	}
}

// TestListIDs asks for IDs of which some do not exist, of a service that ignores those and of one
// that refuses them.
func TestListIDs(t *testing.T) {
	ids := func(n int, more ...string) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf("g%03d", i))
		}
		return append(all, more...)
	}
	for _, tc := range []struct {
		name  string
		ids   []string
		in    int // Traits.IDsInQuery
		sent  []string
		got   int
		apart []string // what is sent to a service that refuses; nil: the same
	}{
		{"few", ids(4), 3, []string{"List g000,g001,g002", "List g003"}, 4, nil},
		{"few, one of them twice", ids(3, "g001"), 3, []string{"List g000,g001,g002"}, 3, nil},
		{"few, one of them unknown", ids(2, "unknown"), 1, []string{"List g000", "List g001", "List unknown"}, 2, nil},
		{
			"few together, one of them unknown", ids(2, "unknown"), 3,
			[]string{"List g000,g001,unknown"}, 2, []string{"List g000,g001,unknown", "List g000", "List g001", "List unknown"},
		},
		{"unknown ones alone", []string{"no", "nor"}, 1, []string{"List no", "List nor"}, 0, nil},
		{"more than queries take", ids(10), 3, []string{"List"}, 10, nil},
		{"many, one of them unknown", ids(101, "unknown"), 3, slices.Repeat([]string{"List"}, 4), 101, nil},
		{"many, all on the first pages", ids(40), 3, slices.Repeat([]string{"List"}, 2), 40, nil},
		{"a service that cannot filter", ids(2), 0, []string{"List"}, 2, nil},
	} {
		for _, refuse := range []bool{false, true} {
			f := newFake(110)
			f.size, f.refuseIDs = 30, refuse
			e := engine(t, f, func(tr *operation.Traits) { tr.IDsInQuery, tr.QueriesOfIDs = tc.in, 3 })
			got, err := cgw.Collect(e.List(t.Context(), cgw.Filter{IDs: tc.ids}))
			require.NoError(t, err, tc.name)
			require.Len(t, got, tc.got, tc.name)
			if refuse && tc.apart != nil {
				tc.sent = tc.apart
			}
			require.Equal(t, tc.sent, f.sent, tc.name)
		}
	}
}

// TestListIDsEnds: a loop that ends, and an error, end a list that asks for IDs one by one.
func TestListIDsEnds(t *testing.T) {
	for _, denied := range []bool{false, true} {
		f := newFake(3)
		f.refuseIDs = true
		if denied {
			f.faults = []fault{{action: "List", nth: 2, code: "Denied"}}
		}
		n := 0
		for _, err := range engine(t, f, func(tr *operation.Traits) { tr.IDsInQuery, tr.QueriesOfIDs = 4, 1 }).List(t.Context(), cgw.Filter{IDs: []string{"g000", "g001", "g002", "no"}}) {
			if n++; n == 2 {
				require.Equal(t, denied, err != nil)
				break
			}
		}
		require.Equal(t, []string{"List g000,g001,g002,no", "List g000", "List g001"}, f.sent)
	}
}

func TestList(t *testing.T) {
	t.Run("a filter that is wrong", func(t *testing.T) {
		f := newFake(1)
		_, err := cgw.Collect(engine(t, f, nil).List(t.Context(), cgw.Filter{IDs: []string{""}}))
		require.ErrorIs(t, err, cgw.ErrInvalidArgument)
		require.Empty(t, f.sent)
	})
	t.Run("what the service does not filter", func(t *testing.T) {
		f := newFake(5)
		got, err := cgw.Collect(engine(t, f, nil).List(t.Context(), cgw.Filter{Name: "n3", Tags: map[string]string{"a": "1"}}))
		require.NoError(t, err)
		require.Len(t, got, 1)
	})
	t.Run("an address in IPv6 form", func(t *testing.T) {
		f := newFake(5)
		got, err := cgw.Collect(engine(t, f, nil).List(t.Context(), cgw.Filter{IPAddress: netip.AddrFrom16(f.gateways[2].IPAddress.As16())}))
		require.NoError(t, err)
		require.Len(t, got, 1)
	})
	t.Run("a loop that ends", func(t *testing.T) {
		f := newFake(25)
		f.size = 10
		for range engine(t, f, nil).List(t.Context(), cgw.Filter{}) {
			break
		}
		require.Len(t, f.sent, 1)
	})
	t.Run("a context that ends between gateways", func(t *testing.T) {
		f := newFake(5)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n := 0
		for _, err := range engine(t, f, nil).List(ctx, cgw.Filter{}) {
			if n++; n > 1 {
				require.ErrorIs(t, err, context.Canceled)
			}
			cancel()
		}
		require.Equal(t, 2, n)
	})
}

func TestGet(t *testing.T) {
	f := newFake(2)
	f.faults = []fault{{action: "Get", nth: 3, code: "Denied"}}
	e := engine(t, f, nil)
	g, err := e.Get(t.Context(), "g001")
	require.NoError(t, err)
	require.Equal(t, "n1", g.Name)
	require.Equal(t, "r1", g.RequestID)
	_, err = e.Get(t.Context(), "none")
	require.ErrorIs(t, err, cgw.ErrNotFound)
	require.Equal(t, "none", err.(*cgw.Error).ID) //nolint:errorlint // as it is returned
	_, err = e.Get(t.Context(), "")
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	_, err = e.Get(t.Context(), "g000")
	require.NoError(t, err)
	_, err = e.Get(t.Context(), "g000")
	require.ErrorIs(t, err, cgw.ErrPermissionDenied)
}

// another is a fake that answers every Get with the same gateway.
type another struct{ *fake }

func (a another) Get(ctx context.Context, _ string) (cgw.Gateway, error) {
	return a.fake.Get(ctx, "g000")
}

// TestGetOfAnotherGateway: a reply about another gateway than asked for is malformed.
func TestGetOfAnotherGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, another{newFake(2)}, nil)
		g, err := e.Get(t.Context(), "g000")
		require.NoError(t, err)
		require.Equal(t, "g000", g.ID)
		g, err = e.Get(t.Context(), "g001")
		require.ErrorIs(t, err, cgw.ErrUnavailable)
		require.ErrorContains(t, err, "the reply is about another gateway")
		require.Zero(t, g)
	})
}
