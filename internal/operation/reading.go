package operation

import (
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// reading follows one reading of a list, from its first page to its end: which rows were read, and
// how many the service counts. K identifies a row. newReading makes one.
//
// The total of a single page is not trusted, because it may be too low, also once. The highest total
// of the reading counts. If rows move from page to page while they are read, because another program
// creates or deletes some, rows are sent twice or left out. The list is then read a second time. If
// that does not help, and rows are known to be missing, it is an error.
//
// Three ends look like any other, so that rows can be missing without an error: an empty page if no
// page counted more than was read; a first page that is shorter than a full one and counts its own
// rows alone; and one gateway created and another deleted between two pages. To tell them apart, every
// list would cost one more request.
type reading[K comparable] struct {
	seen    map[K]struct{} // the different rows so far; nil until there is one
	rows    int            // how many rows the pages so far have, with those that were sent twice
	first   int            // the total of the first page; -1: not known
	highest int            // the highest total so far; -1: not known
	full    int            // rows of a full page, as low as any page so far suggests; 0: not known
}

func newReading[K comparable](full int) *reading[K] {
	return &reading[K]{first: -1, highest: -1, full: full}
}

// count notes a total, also that of a page that is then read again.
func (r *reading[K]) count(total int) { r.highest = max(r.highest, total) }

// lower notes how many rows a full page has by what the service says; 0: it does not say.
func (r *reading[K]) lower(full int) {
	if full > 0 && full < r.full {
		r.full = full
	}
}

// old reports whether a page has rows and none of them is new.
func (r *reading[K]) old(page []K) bool {
	return len(page) > 0 && !slices.ContainsFunc(page, func(k K) bool { return !r.has(k) })
}

func (r *reading[K]) has(k K) bool {
	_, ok := r.seen[k]
	return ok
}

// add notes the rows of a page and its total. It reports what page does.
func (r *reading[K]) add(page []K, total int) (full bool) {
	for _, k := range page {
		r.row(k)
	}
	return r.page(len(page), total)
}

// row notes a row, and reports whether it is new.
func (r *reading[K]) row(k K) bool {
	if r.has(k) {
		return false
	}
	if r.seen == nil {
		r.seen = map[K]struct{}{}
	}
	r.seen[k] = struct{}{}
	return true
}

// page notes the number of rows of a page and its total. It reports whether the page is full, so that
// another one may follow.
func (r *reading[K]) page(size, total int) (full bool) {
	if r.rows == 0 {
		r.first = total
	}
	r.rows += size
	full = r.full > 0 && size >= r.full
	if size > 0 && !full {
		r.full = size
	}
	return full
}

// counted reports whether as many rows were read as the service counts.
func (r *reading[K]) counted() bool { return r.rows == r.highest || len(r.seen) == r.highest }

// last adds a page of rows that were all read before. It reports whether that page ends the list: it is
// not full, and has the last of the rows that the service counts.
func (r *reading[K]) last(page []K) bool { return !r.add(page, -1) && r.rows == r.highest }

// end judges a reading that came to its end. moved says that rows were sent twice, so that others
// may be missing. lacks says that a row is missing which the service counted from the beginning.
func (r *reading[K]) end() (moved, lacks bool) {
	moved = len(r.seen) < r.rows && len(r.seen) != r.highest
	return moved, moved && len(r.seen) < r.first
}

// sameTwice is the error of a page that has nothing new.
func sameTwice(page string) error {
	return &exchange.ReplyError{Reason: "the service sent the same " + page + " twice"}
}

// broken is the error of a list whose pages do not fit together. last is the record of the last
// request.
func broken(call *attempt.Call, last *exchange.Record, err error) error {
	e := call.Error(cgw.ErrUnavailable, cgw.OutcomeNotApplied, err)
	e.HTTPStatus, e.RequestID = last.Reply.Status, last.Reply.RequestID
	return e
}
