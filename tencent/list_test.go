package tencent_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// listQuery is what a test's service reads of DescribeCustomerGateways.
type listQuery struct {
	Offset, Limit int
	Filters       []struct{ Values []string }
}

// lister is a service that answers a list with what answer returns, and has no tags.
func lister(t *testing.T, answer func(listQuery) string) (p cgw.Provisioner, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") != "DescribeCustomerGateways" {
			fmt.Fprint(w, withID(`"Tags":[],"TotalCount":0,`))
			return
		}
		requests.Add(1)
		var q listQuery
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, answer(q))
	}), requests
}

// ids returns the IDs of n gateways.
func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("cgw-%08d", i)
	}
	return all
}

// listed is a page of gateways, with a total as it is written in JSON; "": none.
func listed(ids []string, total string) string {
	rows := make([]string, len(ids))
	for i, id := range ids {
		rows[i] = `{"CustomerGatewayId":"` + id + `","CustomerGatewayName":"a","IpAddress":"203.0.113.7"}`
	}
	if total != "" {
		total = `"TotalCount":` + total + `,`
	}
	return withID(`"CustomerGatewaySet":[` + strings.Join(rows, ",") + `],` + total)
}

func idsOf(gateways []cgw.Gateway) []string {
	all := make([]string, len(gateways))
	for i, g := range gateways {
		all[i] = g.ID
	}
	return all
}

// TestListWhateverItCounts has 250 gateways and a count of its own: all are listed, and it is an
// error if the service counts more than it shows.
func TestListWhateverItCounts(t *testing.T) {
	const n = 250
	for _, total := range []string{
		"", "null", "-1", "0", "1", "99", "100", "101", "200", "249", "250", "251", "1000000",
		`"0"`, `"1"`, `"250"`, `"none"`, "250.0", "1.0", "18446744073709551615", `"99999999999999999999"`,
	} {
		t.Run("total "+total, func(t *testing.T) {
			p, _ := lister(t, func(q listQuery) string {
				return listed(ids(n)[min(q.Offset, n):min(q.Offset+q.Limit, n)], total)
			})
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			require.Equal(t, ids(n), idsOf(all))
			if slices.Contains([]string{"251", "1000000", "18446744073709551615", `"99999999999999999999"`}, total) {
				require.ErrorIs(t, err, cgw.ErrUnavailable)
				return
			}
			require.NoError(t, err)
		})
	}
}

// TestListThatCountsItsPage has every page count itself alone.
func TestListThatCountsItsPage(t *testing.T) {
	for _, n := range []int{1, 99, 100, 101, 200, 250} {
		p, _ := lister(t, func(q listQuery) string {
			page := ids(n)[min(q.Offset, n):min(q.Offset+q.Limit, n)]
			return listed(page, strconv.Itoa(len(page)))
		})
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Equal(t, ids(n), idsOf(all))
	}
}

// TestPageRepeatedForEver has a service that shows one page whatever it is asked.
func TestPageRepeatedForEver(t *testing.T) {
	for _, n := range []int{1, 3, 100} {
		for _, total := range []string{"1000000", "0", "null", "101"} {
			p, requests := lister(t, func(listQuery) string { return listed(ids(n), total) })
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			require.ErrorIs(t, err, cgw.ErrUnavailable, "%d, %s", n, total)
			require.ErrorContains(t, err, "read before")
			require.Equal(t, ids(n), idsOf(all))
			require.EqualValues(t, 2, requests.Load())
		}
		// One that has shown as many as it counts has shown all.
		p, _ := lister(t, func(listQuery) string { return listed(ids(n), strconv.Itoa(n)) })
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Equal(t, ids(n), idsOf(all))
	}
}

// TestIDsOfWhichOneDoesNotExist asks services for gateways that exist and one that does not: one
// that leaves it out, and one that answers with an error, to a filter or in any case.
func TestIDsOfWhichOneDoesNotExist(t *testing.T) {
	const exist = 300
	unknown := withError("ResourceNotFound")
	for name, answer := range map[string]func(asked []string) string{
		"left out": nil,
		"an error": func(asked []string) string {
			if slices.ContainsFunc(asked, func(id string) bool { return !slices.Contains(ids(exist), id) }) {
				return unknown
			}
			return ""
		},
	} {
		for _, n := range []int{1, 2, 4, 5, 6, 24, 25, 26, 101, 102, 103, 104, 201, 202, 203, 204} {
			t.Run(fmt.Sprint(name, "/", n), func(t *testing.T) {
				p, _ := lister(t, func(q listQuery) string {
					of := ids(exist)
					if len(q.Filters) > 0 {
						asked := q.Filters[0].Values
						if answer != nil && answer(asked) != "" {
							return answer(asked)
						}
						of = slices.DeleteFunc(of, func(id string) bool { return !slices.Contains(asked, id) })
					}
					return listed(of[min(q.Offset, len(of)):min(q.Offset+q.Limit, len(of))], strconv.Itoa(len(of)))
				})
				want := ids(n)
				for _, at := range []int{0, n / 2, n} {
					all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{IDs: slices.Insert(slices.Clone(want), at, "cgw-zzzzzzzz")}))
					require.NoError(t, err)
					require.ElementsMatch(t, want, idsOf(all))
				}
				// A loop that is left asks for no more.
				for g, err := range p.List(t.Context(), cgw.Filter{IDs: append(ids(n), "cgw-zzzzzzzz")}) {
					require.NoError(t, err)
					require.NotEmpty(t, g.ID)
					break
				}
			})
		}
	}
}

// TestListThatIsRefused is not an empty list, whatever the code.
func TestListThatIsRefused(t *testing.T) {
	p, _ := lister(t, func(listQuery) string { return withError("ResourceNotFound") })
	_, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	require.Error(t, err)
}

// TestEmptyPageInTheMiddle is read again.
func TestEmptyPageInTheMiddle(t *testing.T) {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	for i, id := range ids(250) {
		srv.Seed(tencenttest.Gateway{ID: id, Name: "a", IPAddress: fmt.Sprintf("203.0.%d.%d", i/250, i%250+1)})
	}
	empty := wire.Fault{Action: "DescribeCustomerGateways", Skip: 1, Effect: wire.Replace, Body: listed(nil, "250")}
	srv.Inject(empty)
	all, err := cgw.Collect(open(t, srv.Config()).List(t.Context(), cgw.Filter{}))
	require.NoError(t, err)
	require.ElementsMatch(t, ids(250), idsOf(all))
	lists := slices.DeleteFunc(srv.Requests(), func(r wire.Request) bool { return r.Action != "DescribeCustomerGateways" })
	require.Len(t, lists, 4)
}
