package providertest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Lists describe the list of a service.
type Lists struct {
	// ListQuery reads a request for a list. If it asks for something else, ok is false, and the reply
	// is NothingElse.
	ListQuery   func(*http.Request) (q ListQuery, ok bool)
	NothingElse string
	// ListReply returns a page of gateways with these IDs, with further fields.
	ListReply func(ids []string, fields string) string
	// ReadReply returns a success of a Get and of a List: the gateway "cgw-1" with these fields.
	ReadReply func(fields string) string
	// ASNField is the service's name for the ASN.
	ASNField string
	// Unknown is the code for gateways that do not exist.
	Unknown string
}

// ListQuery asks for the rows From to To, without To, of the gateways with these IDs; nil: of all.
type ListQuery struct {
	From, To int
	IDs      []string
}

// of returns the rows of all that the query asks for.
func (q ListQuery) of(all []string) []string {
	return all[min(q.From, len(all)):min(q.To, len(all))]
}

func listTests() []test {
	return []test{
		{"ListWhateverItCounts", listWhateverItCounts},
		{"ListThatCountsItsPage", listThatCountsItsPage},
		{"PageRepeatedForEver", pageRepeatedForEver},
		{"IDsOfWhichOneDoesNotExist", idsOfWhichOneDoesNotExist},
		{"ListThatIsRefused", listThatIsRefused},
		{"EmptyPageInTheMiddle", emptyPageInTheMiddle},
		{"EmptyPageThatCountsLess", emptyPageThatCountsLess},
		{"SmallerPages", smallerPages},
		{"CreatedWhileListing", createdWhileListing},
		{"Numbers", numbers},
	}
}

// IDs returns the IDs of n gateways.
func IDs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("cgw-%08d", i)
	}
	return all
}

func idsOf(gateways []cgw.Gateway) []string {
	all := make([]string, len(gateways))
	for i, g := range gateways {
		all[i] = g.ID
	}
	return all
}

// listReply is a page of gateways with their total as it is written in JSON; "": without a total.
func (h Harness) listReply(ids []string, total string) string {
	if total != "" {
		total = `"TotalCount":` + total + `,`
	}
	return h.ListReply(ids, total)
}

// lister returns a Provisioner whose service answers a list with the result of answer; if that is "",
// with the code Unknown.
func (h Harness) lister(t *testing.T, answer func(ListQuery) string) (p cgw.Provisioner, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	return h.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		q, ok := h.ListQuery(r)
		if !ok {
			_, _ = io.WriteString(w, h.NothingElse)
			return
		}
		requests.Add(1)
		status, body := http.StatusOK, answer(q)
		if body == "" {
			status, body = h.Failure(h.Unknown, "it does not exist", h.RequestID)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}), requests
}

// listWhateverItCounts checks a service with 250 gateways and various totals. All gateways are listed.
// It is an error if the service counts more than it shows.
func listWhateverItCounts(t *testing.T, h Harness) {
	const n = 250
	tooMany := []string{"251", "1000000", "18446744073709551615", `"99999999999999999999"`}
	for _, total := range append(tooMany,
		"", "null", "-1", "0", "1", "49", "50", "51", "99", "100", "101", "200", "249", "250",
		`"0"`, `"1"`, `"250"`, `"none"`, "250.0", "1.0",
	) {
		t.Run("total "+total, func(t *testing.T) {
			p, _ := h.lister(t, func(q ListQuery) string { return h.listReply(q.of(IDs(n)), total) })
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			equal(t, IDs(n), idsOf(all))
			if slices.Contains(tooMany, total) {
				isError(t, err, cgw.ErrUnavailable)
				return
			}
			noError(t, err)
		})
	}
}

// listThatCountsItsPage checks a service whose total counts only the rows of the page.
func listThatCountsItsPage(t *testing.T, h Harness) {
	for _, n := range []int{1, h.PageCap - 1, h.PageCap, h.PageCap + 1, 2 * h.PageCap, 5 * h.PageCap / 2} {
		p, _ := h.lister(t, func(q ListQuery) string {
			page := q.of(IDs(n))
			return h.listReply(page, strconv.Itoa(len(page)))
		})
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		noError(t, err, "%d gateways", n)
		equal(t, IDs(n), idsOf(all))
	}
}

// pageRepeatedForEver checks a service that answers every request with the same page.
func pageRepeatedForEver(t *testing.T, h Harness) {
	for _, n := range []int{1, 3, h.PageCap} {
		for _, total := range []string{"1000000", "0", "null", strconv.Itoa(h.PageCap + 1)} {
			p, requests := h.lister(t, func(ListQuery) string { return h.listReply(IDs(n), total) })
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			isError(t, err, cgw.ErrUnavailable, "%d gateways, total %s", n, total)
			contains(t, err.Error(), "the service sent the same page twice")
			equal(t, IDs(n), idsOf(all))
			equal(t, int32(2), requests.Load(), "requests")
		}
		// A service that has shown as many as it counts has shown all.
		p, _ := h.lister(t, func(ListQuery) string { return h.listReply(IDs(n), strconv.Itoa(n)) })
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		noError(t, err)
		equal(t, IDs(n), idsOf(all))
	}
}

// idsOfWhichOneDoesNotExist lists by IDs of which one does not exist. One service leaves it out, the
// other answers with an error.
func idsOfWhichOneDoesNotExist(t *testing.T, h Harness) {
	const none = "cgw-zzzzzzzz"
	exist := IDs(300)
	for _, how := range []string{"left out", "an error"} {
		for _, n := range []int{1, 2, 4, 5, 6, 24, 25, 26, 101, 102, 103, 104, 201, 202, 203, 204} {
			t.Run(fmt.Sprint(how, "/", n), func(t *testing.T) {
				p, _ := h.lister(t, func(q ListQuery) string {
					found := exist
					if q.IDs != nil {
						if how == "an error" && slices.Contains(q.IDs, none) {
							return ""
						}
						found = slices.DeleteFunc(slices.Clone(exist), func(id string) bool { return !slices.Contains(q.IDs, id) })
					}
					return h.listReply(q.of(found), strconv.Itoa(len(found)))
				})
				for _, at := range []int{0, n / 2, n} {
					all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{IDs: slices.Insert(IDs(n), at, none)}))
					noError(t, err)
					equal(t, IDs(n), slices.Sorted(slices.Values(idsOf(all))))
				}
				// A loop may be left early.
				for g, err := range p.List(t.Context(), cgw.Filter{IDs: append(IDs(n), none)}) {
					noError(t, err)
					check(t, g.ID != "", "the gateway has an ID")
					break
				}
			})
		}
	}
}

// listThatIsRefused checks that a refused list is an error, and not an empty list.
func listThatIsRefused(t *testing.T, h Harness) {
	p, _ := h.lister(t, func(ListQuery) string { return "" })
	_, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	_ = asError[*cgw.Error](t, err)
}

// emptyPageInTheMiddle checks that an empty page in the middle is read again.
func emptyPageInTheMiddle(t *testing.T, h Harness) {
	const list = "DescribeCustomerGateways"
	n := 5 * h.PageCap / 2
	srv := h.start(t, Options{})
	for i, id := range IDs(n) {
		_, err := srv.SeedGateways(cgw.Gateway{ID: id, Name: "aa", IPAddress: netip.AddrFrom4([4]byte{58, 211, byte(i / 250), byte(i%250 + 1)})})
		noError(t, err)
	}
	srv.Inject(wire.Fault{Action: list, Skip: 1, Effect: wire.Replace, Body: h.listReply(nil, strconv.Itoa(n))})
	all, err := cgw.Collect(h.Open(t, h.connect(srv)).List(t.Context(), cgw.Filter{}))
	noError(t, err)
	equal(t, IDs(n), slices.Sorted(slices.Values(idsOf(all))))
	equal(t, 4, srv.Count(list), "pages")
}

// emptyPageThatCountsLess checks that one empty page, with any total, hides none of 250 gateways.
func emptyPageThatCountsLess(t *testing.T, h Harness) {
	const n = 250
	for _, total := range []string{"0", strconv.Itoa(h.PageCap), "null", "-1"} {
		asked := 0
		p, _ := h.lister(t, func(q ListQuery) string {
			if asked++; asked == 2 {
				return h.listReply([]string{}, total)
			}
			return h.listReply(q.of(IDs(n)), strconv.Itoa(n))
		})
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		noError(t, err)
		equal(t, IDs(n), idsOf(all))
	}
}

// smallerPages checks a service that sends 20 gateways on a page, whatever the request asks for, and
// on some pages counts only the rows so far.
func smallerPages(t *testing.T, h Harness) {
	const n, size = 130, 20
	for name, first := range map[string]string{"first page counts all": strconv.Itoa(n), "first page does not count": "null", "first page counts too few": "1"} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			p, _ := h.lister(t, func(ListQuery) string { // it is asked for one page after the other
				page, total := IDs(n)[min(sent, n):min(sent+size, n)], first
				if sent += len(page); sent > size {
					total = strconv.Itoa(sent)
				}
				return h.listReply(page, total)
			})
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			noError(t, err)
			equal(t, IDs(n), idsOf(all))
		})
	}
}

// createdWhileListing checks a list of one full page while another program creates a gateway that
// comes before the others.
func createdWhileListing(t *testing.T, h Harness) {
	all := IDs(h.PageCap + 1)
	asked := 0
	p, _ := h.lister(t, func(q ListQuery) string {
		there := all
		if asked++; asked == 1 {
			there = all[1:]
		}
		return h.listReply(q.of(there), strconv.Itoa(len(there)))
	})
	got, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	noError(t, err)
	equal(t, all, slices.Sorted(slices.Values(idsOf(got))))
	equal(t, 4, asked, "requests")
}

// Numbers are the forms in which a service may send an ASN.
func Numbers() map[string]cgw.ASN {
	return map[string]cgw.ASN{
		`"123.456"`: 123<<16 + 456, `"65010.0"`: 65010 << 16, `" 65010 "`: 65010,
		`65010`: 65010, `"65010"`: 65010, `65010.0`: 65010, `6.501e4`: 65010, `4294967295`: 4294967295,
		`0`: 0, `"0"`: 0, `-1`: 0, `"-1"`: 0, `-1.0`: 0, `4294967296`: 0, `"4294967296"`: 0, `1e30`: 0,
		`null`: 0, `""`: 0,
	}
}

// Read reads a gateway with these fields, by Get and by List.
func (h Harness) Read(t *testing.T, fields string) (cgw.Gateway, error) {
	t.Helper()
	p, _ := h.lister(t, func(ListQuery) string { return h.ReadReply(fields) })
	g, err := p.Get(t.Context(), "cgw-1")
	all, listErr := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	equal(t, err == nil, listErr == nil, "Get and List agree: %v, %v", err, listErr)
	if err == nil {
		check(t, g.Equal(all[0]), "%v is\n%v", g, all[0])
	}
	return g, err
}

// numbers checks an ASN in every form in which the service may send it.
func numbers(t *testing.T, h Harness) {
	for form, want := range Numbers() {
		t.Run(form, func(t *testing.T) {
			g, err := h.Read(t, `"`+h.ASNField+`":`+form+`,`)
			noError(t, err)
			equal(t, want, g.ASN)
		})
	}
	for _, form := range []string{`true`, `{}`, `[65010]`, `"none"`, `"0x10"`, `65010.5`, `"65536.1"`} {
		_, err := h.Read(t, `"`+h.ASNField+`":`+form+`,`)
		check(t, errors.Is(err, cgw.ErrUnavailable), "an ASN of %s is no reply: %v", form, err)
	}
}
