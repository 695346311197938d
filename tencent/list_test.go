package tencent_test

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/cgw-go/cgw/internal/providertest"
)

// listQuery is what a test's service reads of a request for a page.
type listQuery struct {
	Offset, Limit int
	Filters       []struct{ Values []string }
}

func queryOf(r *http.Request) (q providertest.ListQuery, ok bool) {
	if r.Header.Get("X-TC-Action") != "DescribeCustomerGateways" {
		return q, false
	}
	var sent listQuery
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		panic(err)
	}
	if len(sent.Filters) > 0 {
		q.IDs = sent.Filters[0].Values
	}
	q.From, q.To = sent.Offset, sent.Offset+sent.Limit
	return q, true
}

// listed is a page of gateways, with further fields.
func listed(ids []string, fields string) string {
	rows := make([]string, len(ids))
	for i, id := range ids {
		rows[i] = `{"CustomerGatewayId":"` + id + `","CustomerGatewayName":"a","IpAddress":"203.0.113.7"}`
	}
	return withID(`"CustomerGatewaySet":[` + strings.Join(rows, ",") + `],` + fields)
}

// readReply is a success of a Get and a List.
func readReply(fields string) string {
	return withID(`"CustomerGatewaySet":[{` + fields + `"CustomerGatewayId":"cgw-1"}],"TotalCount":"1",`)
}
