package alibaba_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// lister is a service that answers a list of an ID, or of all if that is "", with what answer
// returns for the rows from one up to another.
func lister(t *testing.T, answer func(id string, from, to int) string) (p cgw.Provisioner, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		q := r.URL.Query()
		number, _ := strconv.Atoi(q.Get("PageNumber"))
		size, _ := strconv.Atoi(q.Get("PageSize"))
		body := answer(q.Get("CustomerGatewayId"), (number-1)*size, number*size)
		if strings.Contains(body, `"Code"`) {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, body)
	}), requests
}

// ids returns the IDs of n gateways.
func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("cgw-bp1%08d", i)
	}
	return all
}

// listed is a page with the gateways from one up to another, and a total as it is written in JSON;
// "": none.
func listed(ids []string, from, to int, total string) string {
	var rows []string
	for _, id := range ids[min(from, len(ids)):min(to, len(ids))] {
		rows = append(rows, `{"CustomerGatewayId":"`+id+`","Name":"aa","IpAddress":"203.0.113.7"}`)
	}
	if total != "" {
		total = `"TotalCount":` + total + `,`
	}
	return withID(`"CustomerGateways":{"CustomerGateway":[` + strings.Join(rows, ",") + `]},` + total)
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
		"", "null", "-1", "0", "1", "49", "50", "51", "100", "101", "200", "249", "250", "251", "1000000",
		`"0"`, `"1"`, `"250"`, `"none"`, "250.0", "1.0", "18446744073709551615", `"99999999999999999999"`,
	} {
		t.Run("total "+total, func(t *testing.T) {
			p, _ := lister(t, func(_ string, from, to int) string { return listed(ids(n), from, to, total) })
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
	for _, n := range []int{1, 49, 50, 51, 100, 120} {
		p, _ := lister(t, func(_ string, from, to int) string {
			return listed(ids(n), from, to, strconv.Itoa(min(to, n)-min(from, n)))
		})
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Equal(t, ids(n), idsOf(all))
	}
}

// TestPageRepeatedForEver has a service that shows one page whatever it is asked.
func TestPageRepeatedForEver(t *testing.T) {
	for _, n := range []int{1, 3, 50} {
		for _, total := range []string{"1000000", "0", "null", "51"} {
			p, requests := lister(t, func(string, int, int) string { return listed(ids(n), 0, n, total) })
			all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
			require.ErrorIs(t, err, cgw.ErrUnavailable, "%d, %s", n, total)
			require.ErrorContains(t, err, "read before")
			require.Equal(t, ids(n), idsOf(all))
			require.EqualValues(t, 2, requests.Load())
		}
		// One that has shown as many as it counts has shown all.
		p, _ := lister(t, func(string, int, int) string { return listed(ids(n), 0, n, strconv.Itoa(n)) })
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Equal(t, ids(n), idsOf(all))
	}
}

// TestIDsOfWhichOneDoesNotExist asks services for gateways that exist and one that does not: one
// that leaves it out, and one that answers with an error.
func TestIDsOfWhichOneDoesNotExist(t *testing.T) {
	const exist = 300
	for name, unknown := range map[string]string{
		"left out": listed(nil, 0, 0, "0"),
		"an error": withError("InvalidCustomerGatewayInstanceId.NotFound"),
	} {
		for _, n := range []int{1, 2, 101, 102, 103, 104, 201, 202, 203, 204} {
			t.Run(fmt.Sprint(name, "/", n), func(t *testing.T) {
				p, _ := lister(t, func(id string, from, to int) string {
					switch {
					case id == "":
						return listed(ids(exist), from, to, strconv.Itoa(exist))
					case slices.Contains(ids(exist), id):
						return listed([]string{id}, from, to, "1")
					default:
						return unknown
					}
				})
				for _, at := range []int{0, n / 2, n} {
					all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{IDs: slices.Insert(ids(n), at, "cgw-bp1zzzzzzzz")}))
					require.NoError(t, err)
					require.ElementsMatch(t, ids(n), idsOf(all))
				}
			})
		}
	}
}

// TestListThatIsRefused is not an empty list, whatever the code.
func TestListThatIsRefused(t *testing.T) {
	p, _ := lister(t, func(string, int, int) string { return withError("InvalidCustomerGatewayInstanceId.NotFound") })
	_, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	require.Error(t, err)
}

// TestEmptyPageInTheMiddle is read again.
func TestEmptyPageInTheMiddle(t *testing.T) {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	for i, id := range ids(120) {
		srv.Seed(alibabatest.Gateway{ID: id, Name: "aa", IPAddress: fmt.Sprintf("203.0.113.%d", i+1)})
	}
	srv.Inject(wire.Fault{Action: "DescribeCustomerGateways", Skip: 1, Effect: wire.Replace, Body: listed(nil, 0, 0, "120")})
	all, err := cgw.Collect(open(t, srv.Config()).List(t.Context(), cgw.Filter{}))
	require.NoError(t, err)
	require.ElementsMatch(t, ids(120), idsOf(all))
	require.Len(t, srv.Requests(), 4)
}
