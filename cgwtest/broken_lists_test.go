package cgwtest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cgw-go/cgw"
)

type (
	sequence = iter.Seq2[cgw.Gateway, error]
	lister   = func(context.Context, cgw.Filter) sequence
)

// through replaces the List of a paged Fake.
func through(bend func(paged) lister) func(*Fake) cgw.Provisioner {
	return func(f *Fake) cgw.Provisioner { return bent{Provisioner: f, list: bend(paged{f})} }
}

// listDefects are wrong in List.
func listDefects() []defect {
	filtering := func(change func(*cgw.Filter)) func(*Fake) cgw.Provisioner {
		return through(func(p paged) lister {
			return func(ctx context.Context, f cgw.Filter) sequence {
				change(&f)
				return p.List(ctx, f)
			}
		})
	}
	return []defect{
		{
			name: "goes on after a break",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							yield(g, err)
						}
					}
				}
			}),
			caught: []string{"List/break", "List/second loop"},
		},
		{
			name: "asks for a page after a break",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if !yield(g, err) {
								_, _ = p.page(ctx, f, pageCap)
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/break", "List/one more than a page"},
		},
		{
			name: "reads all pages first",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						all, err := cgw.Collect(p.List(ctx, f))
						for _, g := range all {
							if !yield(g, nil) {
								return
							}
						}
						if err != nil {
							yield(cgw.Gateway{}, err)
						}
					}
				}
			}),
			caught: []string{"List/one more than a page", "List/cancelled between pages", "List/cancelled between gateways"},
		},
		{
			name: "sends a request before the loop",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					_, _ = p.page(ctx, f, 0)
					return p.List(ctx, f)
				}
			}),
			caught: []string{"List/sends nothing before the loop"},
		},
		{
			name: "yields an error twice",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if !yield(g, err) || (err != nil && !yield(g, err)) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/empty ID among IDs", "context/cancelled before the call", "List/cancelled between gateways"},
		},
		{
			name: "gateways after an error",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if !yield(g, err) || (err != nil && !yield(cgw.Gateway{ID: "cgw-1"}, nil)) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/empty ID among IDs", "List/cancelled between pages", "List/cancelled before the loop"},
		},
		{
			name: "a gateway with the error",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if err != nil {
								g.ID = "cgw-1"
							}
							if !yield(g, err) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/empty ID among IDs", "List/cancelled between gateways"},
		},
		{
			name: "one loop only",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					var once sync.Once
					return func(yield func(cgw.Gateway, error) bool) {
						once.Do(func() { p.List(ctx, f)(yield) })
					}
				}
			}),
			caught: []string{"List/second loop"},
		},
		{
			name: "remembers the results of the first loop",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					all := sync.OnceValues(func() ([]cgw.Gateway, error) { return cgw.Collect(p.List(ctx, f)) })
					return func(yield func(cgw.Gateway, error) bool) {
						found, _ := all()
						for _, g := range found {
							if !yield(g, nil) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/second loop", "List/results share no memory"},
		},
		{
			name: "one position for all loops",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					var (
						mu  sync.Mutex
						pos int
					)
					next := func() (g cgw.Gateway, ok bool) {
						mu.Lock()
						defer mu.Unlock()
						all, _ := cgw.Collect(p.List(ctx, f))
						if pos == len(all) {
							pos = 0
							return g, false
						}
						pos++
						return all[pos-1], true
					}
					return func(yield func(cgw.Gateway, error) bool) {
						g, ok := next()
						for ok && yield(g, nil) {
							g, ok = next()
						}
					}
				}
			}),
			caught: []string{"List/nested loops", "List/second loop"},
		},
		{
			name: "no tags in lists", rules: "like Tencent",
			bend: through(func(p paged) lister {
				return bendGateways(p, func(g cgw.Gateway) cgw.Gateway { g.Tags = nil; return g }).List
			}),
			caught: []string{"List/all", "List/one more than two pages", "Create/with every field"},
		},
		{
			name:   "no filter",
			bend:   filtering(func(f *cgw.Filter) { *f = cgw.Filter{} }),
			caught: []string{"List/by IDs", "List/by address", "List/by name", "List/by tags", "List/empty ID among IDs", "List/by all fields"},
		},
		{
			name: "a filter without its control characters",
			bend: filtering(func(f *cgw.Filter) {
				for i, id := range f.IDs {
					f.IDs = slices.Clone(f.IDs)
					f.IDs[i] = strings.TrimSpace(id)
				}
				f.Name, f.ResourceGroupID = strings.TrimSpace(f.Name), strings.TrimSpace(f.ResourceGroupID)
			}),
			caught: []string{"List/malformed ID among IDs", "List/control characters in a filter"},
		},
		{
			name: "IDs or filters",
			bend: filtering(func(f *cgw.Filter) {
				if f.IPAddress.IsValid() {
					f.IDs = nil
				}
			}),
			caught: []string{"List/by all fields"},
		},
		{
			name: "the first tag only",
			bend: filtering(func(f *cgw.Filter) {
				f.Tags = cloneTags(f.Tags)
				for len(f.Tags) > 1 {
					delete(f.Tags, slices.Max(slices.Collect(maps.Keys(f.Tags))))
				}
			}),
			caught: []string{"List/by tags"},
		},
		{
			name: "a filter's IDs made unique in place",
			bend: filtering(func(f *cgw.Filter) {
				f.IDs = slices.Compact(f.IDs)
			}),
			caught: []string{"requests/not modified"},
		},
		{
			name: "IPv4-mapped addresses in a filter match nothing",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					if f.IPAddress.Is4In6() {
						return func(func(cgw.Gateway, error) bool) {}
					}
					return p.List(ctx, f)
				}
			}),
			caught: []string{"List/by IPv4-mapped IPv6 address"},
		},
		{
			name: "filter by name in ASCII only",
			bend: filtering(func(f *cgw.Filter) {
				f.Name = strings.Map(func(r rune) rune { return min(r, '~') }, f.Name)
			}),
			caught: []string{"List/by unicode name"},
		},
		{
			name: "a zero Gateway at the end",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if !yield(g, err) {
								return
							}
						}
						yield(cgw.Gateway{}, nil)
					}
				}
			}),
			caught: []string{"List/empty region", "List/all"},
		},
		{
			name: "panics at a break",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if !yield(g, err) {
								panic("stopped")
							}
						}
					}
				}
			}),
			caught: []string{"List/iter.Pull", "List/break"},
		},
		{
			name: "filter by prefix of the name",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					name := f.Name
					f.Name = ""
					return func(yield func(cgw.Gateway, error) bool) {
						for g, err := range p.List(ctx, f) {
							if strings.HasPrefix(g.Name, name) && !yield(g, err) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/by name"},
		},
	}
}
