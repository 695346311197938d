package operation

import (
	"context"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// addTags fills in the tags of at most Traits.TagsRead gateways, if the cloud has a separate service for
// tags. If rows moved while they were read, all are read a second time.
func (e *Engine) addTags(ctx context.Context, call *attempt.Call, gateways []cgw.Gateway) error {
	reader, apart := e.Driver.(TagReader)
	if !apart || len(gateways) == 0 {
		return nil
	}
	ids := make([]string, len(gateways))
	for i, g := range gateways {
		ids[i] = g.ID
	}
	rows, moved, err := e.readTags(ctx, call, reader, ids)
	if moved && ctx.Err() == nil {
		rows, _, err = e.readTags(ctx, call, reader, ids)
	}
	if err != nil {
		return err
	}
	for _, row := range rows {
		i := slices.Index(ids, row.ID)
		if i < 0 || row.System { // a user cannot set or remove tags that the cloud reserves
			continue
		}
		if gateways[i].Tags == nil {
			gateways[i].Tags = map[string]string{}
		}
		gateways[i].Tags[row.Key] = row.Value
	}
	return nil
}

// readTags reads the pages of tags once. moved means the same as in readPages.
//
// The list ends with a page that is not full. If such a page does not reach the highest total that the
// service counted, it is read again. A page without new rows is also read again.
func (e *Engine) readTags(ctx context.Context, call *attempt.Call, reader TagReader, ids []string) (rows []TagRow, moved bool, err error) {
	list := newReading[TagRow](e.Traits.TagRows)
	var at struct { // one variable in place of five: the closure below moves it to the heap
		page          TagPage
		offset, limit int
		lacks, old    bool
	}
	for at.limit = e.Traits.TagRows; ; at.offset += at.limit {
		before := list.highest
		last, err := call.Send(ctx, &attempt.Request{Action: e.Traits.Actions.ReadTags, Repeatable: true, Try: func(ctx context.Context) (err error) {
			at.lacks, at.old = false, false
			if at.page, err = reader.ReadTags(ctx, ids, at.offset, at.limit); err != nil {
				return err
			}
			list.count(at.page.Total)
			if at.page.lowers(at.limit) {
				return nil
			}
			at.lacks = len(at.page.Rows) < min(at.limit, list.highest-at.offset)
			at.old = list.old(at.page.Rows) && !list.counted()
			switch {
			case at.lacks:
				return exchange.Fewer("tags")
			case at.old && list.highest <= before:
				return sameTwice("page of tags")
			}
			return nil
		}})
		page := at.page
		switch {
		case err != nil:
			return nil, at.lacks && last.Reply.Code == "" && page.Total < list.highest, notOfAGateway(err)
		case page.lowers(at.limit): // an offset must be a multiple of the page size, so start again
			at.limit, at.offset = page.Limit, -page.Limit
			rows, list = nil, newReading[TagRow](at.limit)
			list.count(page.Total)
			continue
		case at.old && !list.last(page.Rows):
			return nil, true, broken(call, &last, sameTwice("page of tags"))
		case at.old, list.old(page.Rows): // the second case: some services repeat the last page if asked for a page after it
		case list.add(page.Rows, page.Total):
			rows = append(rows, page.Rows...)
			continue
		}
		moved, lacks := list.end()
		if lacks {
			return nil, moved, broken(call, &last, exchange.Fewer("tags"))
		}
		return append(rows, page.Rows...), moved, nil
	}
}

// lowers reports whether the service allows fewer rows in a page than the request asked for.
func (p TagPage) lowers(limit int) bool { return p.Limit > 0 && p.Limit < limit }

// changeTags changes the tags of a gateway to want, in as many requests as necessary. have are the tags that
// it may have now. changeTags removes tags first, so that the gateway never has more tags than the service
// allows.
func (e *Engine) changeTags(ctx context.Context, call *attempt.Call, id string, have []map[string]string, want map[string]string, written *progress) error {
	var set []Tag
	var remove []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if slices.ContainsFunc(have, func(tags map[string]string) bool { v, ok := tags[k]; return !ok || v != want[k] }) {
			set = append(set, Tag{k, want[k]})
		}
	}
	all := map[string]string{}
	for _, tags := range have {
		maps.Copy(all, tags)
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if _, ok := want[k]; !ok {
			remove = append(remove, k)
		}
	}
	actions, most := e.Traits.Actions, e.Traits.TagsInChange
	if most == 0 {
		most = len(set) + len(remove)
	}
	for len(set)+len(remove) > 0 {
		n := min(len(remove), most)
		gone := remove[:n]
		remove = remove[n:]
		action := actions.Untag
		var some []Tag
		if n == 0 || actions.Tag == actions.Untag {
			m := min(len(set), most-n)
			some, set = set[:m], set[m:]
			action = actions.Tag
		}
		err := e.write(ctx, call, action, func(ctx context.Context) error {
			return e.Driver.SetTags(ctx, id, some, gone)
		})
		e.wrote(id, cgw.UpdateRequest{Tags: want}, err)
		if err != nil {
			return err
		}
		*written = something
	}
	return nil
}
