package operation

import (
	"context"
	"maps"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// addTags reads the tags of at most Traits.TagsRead gateways into them, if the cloud keeps them
// apart.
func (e *Engine) addTags(ctx context.Context, call *attempt.Call, gateways []cgw.Gateway) error {
	reader, apart := e.Driver.(TagReader)
	if !apart || len(gateways) == 0 {
		return nil
	}
	ids := make([]string, len(gateways))
	for i, g := range gateways {
		ids[i] = g.ID
	}
	var seen map[TagRow]bool // of the pages before
	for offset, limit := 0, e.Traits.TagRows; ; {
		var page TagPage
		err := e.read(ctx, call, e.Traits.Actions.ReadTags, func(ctx context.Context) (err error) {
			page, err = reader.ReadTags(ctx, ids, offset, limit)
			switch {
			case err != nil, page.lowers(limit):
				return err
			case len(page.Rows) < min(limit, page.Total-offset):
				return exchange.Incomplete("tags that it counts")
			case len(page.Rows) > 0 && !page.addsTo(seen):
				return &exchange.ReplyError{Reason: "a page of tags that was read before"}
			}
			return nil
		})
		if err != nil {
			return notOfAGateway(err)
		}
		if page.lowers(limit) { // an offset has to be a multiple of the size of a page, so begin anew
			offset, limit, seen = 0, page.Limit, nil
			continue
		}
		for _, row := range page.Rows {
			i := slices.Index(ids, row.ID)
			if i < 0 || row.System { // tags that the cloud reserves are not the user's to keep or remove
				continue
			}
			if gateways[i].Tags == nil {
				gateways[i].Tags = map[string]string{}
			}
			gateways[i].Tags[row.Key] = row.Value
		}
		if len(page.Rows) < limit || offset+len(page.Rows) == page.Total {
			return nil
		}
		if seen == nil {
			seen = map[TagRow]bool{}
		}
		for _, row := range page.Rows {
			seen[row] = true
		}
		offset += limit
	}
}

// lowers reports whether the service puts fewer rows into a page than was asked.
func (p TagPage) lowers(limit int) bool { return p.Limit > 0 && p.Limit < limit }

// addsTo reports whether a page has a row that was not read before.
func (p TagPage) addsTo(seen map[TagRow]bool) bool {
	return slices.ContainsFunc(p.Rows, func(row TagRow) bool { return !seen[row] })
}

// changeTags makes the tags of a gateway be as wanted, in as many requests as it takes. Those to
// remove go first, which keeps the number of tags below the service's limit in between.
func (e *Engine) changeTags(ctx context.Context, call *attempt.Call, id string, have, want map[string]string, written *progress) error {
	var set []Tag
	var remove []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if v, ok := have[k]; !ok || v != want[k] {
			set = append(set, Tag{k, want[k]})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
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
		if err != nil {
			return err
		}
		*written = something
	}
	return nil
}
