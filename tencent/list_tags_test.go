package tencent_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// withTags is a service of one gateway with n tags, which counts them as total.
func withTags(t *testing.T, n int, total string, ignoresOffset bool) cgw.Provisioner {
	t.Helper()
	return harness().Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == "DescribeCustomerGateways" {
			fmt.Fprint(w, listed(providertest.IDs(1), `"TotalCount":1,`))
			return
		}
		var q listQuery
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			t.Error(err)
		}
		if ignoresOffset {
			q.Offset = 0
		}
		var rows []string
		for i := min(q.Offset, n); i < min(q.Offset+q.Limit, n); i++ {
			rows = append(rows, fmt.Sprintf(`{"ResourceId":"%s","TagKey":"k%d","TagValue":"v"}`, providertest.IDs(1)[0], i))
		}
		fmt.Fprint(w, withID(`"Tags":[`+strings.Join(rows, ",")+`],"TotalCount":`+total+`,`))
	})
}

// TestTagsWhateverIsCounted: a filter by tags must not miss a gateway because its tags are counted
// wrongly.
func TestTagsWhateverIsCounted(t *testing.T) {
	for _, n := range []int{1, 99, 100, 150, 200, 250} {
		for _, total := range []string{"0", "1", "null", "-1", strconv.Itoa(n), `"` + strconv.Itoa(n) + `"`, strconv.Itoa(n) + ".0"} {
			g, err := withTags(t, n, total, false).Get(t.Context(), providertest.IDs(1)[0])
			require.NoError(t, err, "%d, %s", n, total)
			require.Len(t, g.Tags, n, "%d, %s", n, total)
		}
		_, err := withTags(t, n, strconv.Itoa(n+1), false).Get(t.Context(), providertest.IDs(1)[0])
		require.ErrorIs(t, err, cgw.ErrUnavailable)
	}
	_, err := withTags(t, 100, "1000000", true).Get(t.Context(), providertest.IDs(1)[0])
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.ErrorContains(t, err, "the service sent the same page of tags twice")
}

// TestTagThatIsANumber has texts of both services as numbers.
func TestTagThatIsANumber(t *testing.T) {
	g, err := harness().Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == "DescribeCustomerGateways" {
			fmt.Fprint(w, `{"Response":{"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1","CustomerGatewayName":12}],"TotalCount":1,"RequestId":7}}`)
			return
		}
		fmt.Fprint(w, `{"Response":{"Tags":[{"ResourceId":"cgw-1","TagKey":1,"TagValue":12}],"TotalCount":1,"RequestId":8}}`)
	}).Get(t.Context(), "cgw-1")
	require.NoError(t, err)
	require.Equal(t, "12", g.Name)
	require.Equal(t, map[string]string{"1": "12"}, g.Tags)
	require.Equal(t, "7", g.RequestID)
}
