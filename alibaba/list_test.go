package alibaba_test

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw/internal/providertest"
)

func queryOf(r *http.Request) (q providertest.ListQuery, ok bool) {
	sent := r.URL.Query()
	number, _ := strconv.Atoi(sent.Get("PageNumber"))
	size, _ := strconv.Atoi(sent.Get("PageSize"))
	q.From, q.To = (number-1)*size, number*size
	if id := sent.Get("CustomerGatewayId"); id != "" {
		q.IDs = []string{id}
	}
	return q, true
}

// listed is a page of gateways, with further fields.
func listed(ids []string, fields string) string {
	var rows []string
	for _, id := range ids {
		rows = append(rows, `{"CustomerGatewayId":"`+id+`","Name":"aa","IpAddress":"203.0.113.7"}`)
	}
	return withID(`"CustomerGateways":{"CustomerGateway":[` + strings.Join(rows, ",") + `]},` + fields)
}

// readReply is a success of a Get and a List.
func readReply(fields string) string {
	fields += `"CustomerGatewayId":"cgw-1"`
	return withID(fields + `,"CustomerGateways":{"CustomerGateway":[{` + fields + `}]},"TotalCount":"1",`)
}
