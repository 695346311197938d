package cgwtest

import (
	"context"

	"github.com/cgw-go/cgw"
)

// pageDefects are wrong at the end of a page.
func pageDefects() []defect {
	return []defect{
		{
			name: "one gateway on two pages",
			bend: through(func(p paged) lister { return overlapping(p, 1) }),
			caught: []string{
				"List/one more than a page", "List/one more than two pages",
			},
		},
		{
			name:   "a gateway missing between pages",
			bend:   through(func(p paged) lister { return overlapping(p, -1) }),
			caught: []string{"List/one more than a page", "List/one more than two pages"},
		},
		{
			name: "the first page only",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						n := 0
						for g, err := range p.List(ctx, f) {
							if n++; n > pageCap || !yield(g, err) {
								return
							}
						}
					}
				}
			}),
			caught: []string{"List/one more than a page", "List/cancelled between pages"},
		},
		{
			name: "fails after a full last page",
			bend: through(func(p paged) lister {
				return func(ctx context.Context, f cgw.Filter) sequence {
					return func(yield func(cgw.Gateway, error) bool) {
						n := 0
						for g, err := range p.List(ctx, f) {
							if n++; !yield(g, err) {
								return
							}
						}
						if n > 0 && n%pageCap == 0 {
							yield(cgw.Gateway{}, &cgw.Error{Op: cgw.OpList, Code: "InvalidParameter"})
						}
					}
				}
			}),
			caught: []string{"List/one full page"},
		},
	}
}

// overlapping lists with pages that share n elements, or leave out -n between them.
func overlapping(p paged, n int) lister {
	return func(ctx context.Context, f cgw.Filter) sequence {
		return func(yield func(cgw.Gateway, error) bool) {
			for offset := 0; ; offset += pageCap - n {
				page, err := p.page(ctx, f, offset)
				for _, g := range page {
					if !yield(g, nil) {
						return
					}
				}
				if err != nil || len(page) < pageCap {
					return
				}
			}
		}
	}
}
