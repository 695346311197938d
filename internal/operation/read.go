package operation

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/gatewayid"
)

// Get reads one gateway, tags included.
func (e *Engine) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	call := e.Loop.Start(cgw.OpGet, id, "")
	if err := gatewayid.Check(id, nil); err != nil {
		return cgw.Gateway{}, refuse(ctx, call, err)
	}
	g, err := e.get(ctx, call, id)
	if err != nil {
		return cgw.Gateway{}, call.Fail(ctx, err)
	}
	return g, nil
}

// get reads a gateway as part of a call.
func (e *Engine) get(ctx context.Context, call *attempt.Call, id string) (g cgw.Gateway, err error) {
	rec, err := call.Send(ctx, &attempt.Request{Action: e.Traits.Actions.Get, Repeatable: true, Try: func(ctx context.Context) (err error) {
		g, err = e.Driver.Get(ctx, id)
		e.fill(ctx, &g)
		if err == nil && g.ID != "" && g.ID != id {
			return &exchange.ReplyError{Reason: "the reply is about another gateway"}
		}
		return err
	}})
	if err != nil {
		return cgw.Gateway{}, err
	}
	if g.ID == "" {
		none := call.Error(cgw.ErrNotFound, cgw.OutcomeNotApplied, nil)
		none.HTTPStatus, none.RequestID = rec.Reply.Status, rec.Reply.RequestID
		return cgw.Gateway{}, none.WithContext(ctx)
	}
	one := []cgw.Gateway{g}
	err = e.addTags(ctx, call, one)
	return one[0], err
}

// List yields the gateways that f matches, in the service's order.
func (e *Engine) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	f.IDs, f.Tags = slices.Clone(f.IDs), maps.Clone(f.Tags)
	f.IPAddress = f.IPAddress.Unmap()
	return func(yield func(cgw.Gateway, error) bool) {
		// Every page, and every reading of tags, is a separate call. So MaxElapsed does not limit the
		// whole list, or the time that the loop of the caller takes.
		call := e.Loop.Start(cgw.OpList, "", "")
		fail := func(err error) { yield(cgw.Gateway{}, call.Fail(ctx, err)) }
		if err := e.Limits.ValidateFilter(f); err != nil {
			yield(cgw.Gateway{}, refuse(ctx, call, err))
			return
		}
		wanted := slices.Compact(slices.Sorted(slices.Values(f.IDs)))
		next := func() *attempt.Call {
			call = e.Loop.Start(cgw.OpList, "", "")
			return call
		}
		found := 0 // how many of the wanted IDs were read, also if the rest of f does not match
		for _, q := range e.queries(f, wanted) {
			more := true
			err := e.pages(ctx, q, next, nil, func(rows []cgw.Gateway) (bool, error) {
				for _, g := range rows {
					if _, ok := slices.BinarySearch(wanted, g.ID); ok {
						found++
					}
				}
				var err error
				more, err = e.yield(ctx, next, f, rows, yield)
				return more && (len(wanted) == 0 || found < len(wanted)), err
			})
			switch {
			case err != nil:
				fail(err)
				return
			case !more:
				return
			}
		}
	}
}

// queries returns the filters to send. A few IDs are sent as filters. For many IDs the whole list
// is read, and the engine picks the gateways from it. The service's parameter for a list of IDs is
// not used: no document says what the service does if one of the IDs does not exist.
func (e *Engine) queries(f cgw.Filter, ids []string) []cgw.Filter {
	t := e.Traits
	if len(ids) == 0 || len(ids) > t.IDsInQuery*t.QueriesOfIDs {
		f.IDs = nil
		return []cgw.Filter{f}
	}
	var all []cgw.Filter
	for some := range slices.Chunk(ids, t.IDsInQuery) {
		q := f
		q.IDs = some
		all = append(all, q)
	}
	return all
}

// yield yields the rows that f matches, with their tags. It reports whether the loop of the caller
// continues.
func (e *Engine) yield(ctx context.Context, next func() *attempt.Call, f cgw.Filter, rows []cgw.Gateway, yield func(cgw.Gateway, error) bool) (bool, error) {
	before, size := f, len(rows)
	_, apart := e.Driver.(TagReader)
	if apart {
		before.Tags = nil // the tags are not read yet
		size = e.Traits.TagsRead
	}
	rows = slices.DeleteFunc(rows, func(g cgw.Gateway) bool { return !before.Match(g) })
	for batch := range slices.Chunk(rows, max(size, 1)) {
		call := next()
		if err := e.addTags(ctx, call, batch); err != nil {
			return false, err
		}
		for _, g := range batch {
			if !f.Match(g) {
				continue
			}
			if ctx.Err() != nil {
				return false, call.Error(nil, cgw.OutcomeNotApplied, nil).WithContext(ctx)
			}
			if !yield(g, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// pages reads the gateways that f matches, page by page. It passes each row to do once, until do
// returns false. start returns the call for a page. rec, if not nil, gets the record of the last
// attempt of each page. If rows moved while they were read, all pages are read a second time.
func (e *Engine) pages(ctx context.Context, f cgw.Filter, start func() *attempt.Call, rec *exchange.Record, do func([]cgw.Gateway) (more bool, err error)) error {
	first := newReading[string](e.Traits.PageRows)
	moved, err := e.readPages(ctx, f, start, rec, first, do)
	if moved && ctx.Err() == nil {
		again := newReading[string](e.Traits.PageRows)
		_, err = e.readPages(ctx, f, start, rec, again, func(rows []cgw.Gateway) (bool, error) {
			return do(slices.DeleteFunc(rows, func(g cgw.Gateway) bool { return first.has(g.ID) }))
		})
	}
	return err
}

// readPages reads the pages once. It notes them in list, and passes each row to do once. moved says
// that rows moved from page to page during the reading: a second reading may show more rows, or may
// succeed.
//
//   - The list ends with an empty page, or with a page that is not full and reaches the highest total
//     that the service counted. That total may be too low, so one more page is read after a full one.
//   - The service may make its pages smaller and not report it. So a page counts as full also if no
//     page before it was longer.
//   - If pages name the next page, the list ends with the page that names none.
//   - If the list ends before the highest total, the last page is read again.
//   - A page without new rows is an error, unless the list was complete before it.
func (e *Engine) readPages(ctx context.Context, f cgw.Filter, start func() *attempt.Call, rec *exchange.Record, list *reading[string], do func([]cgw.Gateway) (more bool, err error)) (moved bool, err error) {
	tokens := map[string]struct{}{}
	for at := (Cursor{}); ; at.Page++ {
		call, before := start(), list.highest
		var page Page
		var lacks bool
		last, err := call.Send(ctx, &attempt.Request{Action: e.Traits.Actions.List, Repeatable: true, Try: func(ctx context.Context) (err error) {
			lacks = false
			if page, err = e.Driver.Page(ctx, f, at); err != nil {
				return err
			}
			for i := range page.Gateways {
				if page.Gateways[i].ID == "" {
					return exchange.Incomplete("the ID of a gateway")
				}
				e.fill(ctx, &page.Gateways[i])
			}
			list.count(page.Total)
			list.lower(page.Limit)
			ends := len(page.Gateways) == 0
			if e.Traits.NextToken {
				ends = page.Next == ""
			}
			if lacks = ends && at.Rows+len(page.Gateways) < list.highest; lacks {
				return exchange.Fewer("gateways")
			}
			return nil
		}})
		if rec != nil {
			*rec = last
		}
		switch {
		case errors.Is(err, cgw.ErrNotFound) && at.Page == 0 && len(f.IDs) > 1:
			return false, e.apart(ctx, f, start, rec, do)
		case errors.Is(err, cgw.ErrNotFound) && at.Page == 0 && (len(f.IDs) > 0 || f.IPAddress.IsValid() || f.Name != ""):
			return false, nil // a service may answer "not found" if the filter matches nothing
		case err != nil:
			// If the service counts fewer gateways than before, some were deleted, and others took their
			// places on pages that were read already.
			return lacks && last.Reply.Code == "" && page.Total < list.highest, notOfAGateway(err)
		}
		end := func() (bool, error) {
			moved, lacks := list.end()
			if lacks {
				return moved, broken(call, &last, exchange.Fewer("gateways"))
			}
			return moved, nil
		}
		ids := make([]string, len(page.Gateways))
		for i, g := range page.Gateways {
			ids[i] = g.ID
		}
		switch grew := list.highest > before; {
		case !list.old(ids):
		case list.counted(): // some services repeat the last page if asked for a page after it
			return end()
		case grew && list.last(ids): // another program created gateways, and so older rows moved to this page
			return end()
		default:
			return grew, broken(call, &last, sameTwice("page"))
		}
		size, full := len(page.Gateways), list.page(len(page.Gateways), page.Total)
		rows := slices.DeleteFunc(page.Gateways, func(g cgw.Gateway) bool { return !list.row(g.ID) })
		if more, err := do(rows); err != nil || !more {
			return false, err
		}
		at.Rows += size
		switch _, again := tokens[page.Next]; {
		case e.Traits.NextToken && again:
			return false, broken(call, &last, sameTwice("page"))
		case e.Traits.NextToken && page.Next != "":
			at.Next, tokens[page.Next] = page.Next, struct{}{}
		case e.Traits.NextToken, size == 0, list.rows == list.highest && !full:
			return end()
		}
	}
}

// apart reads the gateways that f matches, with one request for each ID. The service said that one of the IDs
// does not exist, but not which one. IDs that do not exist are skipped.
func (e *Engine) apart(ctx context.Context, f cgw.Filter, start func() *attempt.Call, rec *exchange.Record, do func([]cgw.Gateway) (bool, error)) error {
	for _, id := range f.IDs {
		more := true
		f.IDs = []string{id}
		err := e.pages(ctx, f, start, rec, func(rows []cgw.Gateway) (_ bool, err error) {
			more, err = do(rows)
			return more, err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// notOfAGateway turns ErrNotFound into ErrInvalidArgument. A list always exists, so "not found" is not
// about a gateway here: the request is wrong.
func notOfAGateway(err error) error {
	var e *cgw.Error
	if !errors.Is(err, cgw.ErrNotFound) || !errors.As(err, &e) {
		return err
	}
	other := *e
	other.Kind = cgw.ErrInvalidArgument
	return &other
}
