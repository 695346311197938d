package operation

import (
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// reading notes the state of one reading of a list, from the first page to the last: which rows were
// read, and how many rows the service counts. K identifies a row. newReading makes a reading.
//
// The total of a single page is not trusted, because it may be too low. The highest total of all
// pages is used. If another program creates or deletes rows while the list is read, rows move from page
// to page: the service then sends some rows twice, or leaves some out. The list is then read a second
// time. If rows are still known to be missing, it is an error.
//
// In three cases rows can be missing without an error, because the list seems complete: a page is empty
// although rows follow, and no page counted more rows than were read; the first page is too short, and
// counts only its own rows; or one gateway was created and another one deleted between two pages. To
// notice these cases, every list would need one more request.
type reading[K comparable] struct {
	seen    map[K]struct{} // the different rows so far; nil until there is one
	rows    int            // how many rows the pages so far have, with those that were sent twice
	first   int            // the total of the first page; -1: not known
	highest int            // the highest total so far; -1: not known
	full    int            // the lowest estimate so far of the rows in a full page; 0: not known
}

func newReading[K comparable](full int) *reading[K] {
	return &reading[K]{first: -1, highest: -1, full: full}
}

// count notes the total of a page, also if the page is then read again.
func (r *reading[K]) count(total int) { r.highest = max(r.highest, total) }

// lower notes how many rows a full page has, as the service reports it; 0: it does not report it.
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

// add notes the rows of a page and its total. Like page, it reports whether the page is full.
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

// page notes the number of rows of a page and its total. It reports whether the page is full: then
// another page may follow.
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

// last adds a page whose rows were all read before. It reports whether that page ends the list: the page
// is not full, and the number of rows has reached the highest total.
func (r *reading[K]) last(page []K) bool { return !r.add(page, -1) && r.rows == r.highest }

// end judges a reading after its last page. moved says that rows were sent twice, so others may be
// missing. lacks says that rows are certainly missing: there are fewer than the first page counted.
func (r *reading[K]) end() (moved, lacks bool) {
	moved = len(r.seen) < r.rows && len(r.seen) != r.highest
	return moved, moved && len(r.seen) < r.first
}

// sameTwice returns the error for a page that has no new rows.
func sameTwice(page string) error {
	return &exchange.ReplyError{Reason: "the service sent the same " + page + " twice"}
}

// broken returns the error for a list whose pages do not fit together. last is the record of the last
// request.
func broken(call *attempt.Call, last *exchange.Record, err error) error {
	e := call.Error(cgw.ErrUnavailable, cgw.OutcomeNotApplied, err)
	e.HTTPStatus, e.RequestID = last.Reply.Status, last.Reply.RequestID
	return e
}
