package tencent_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cgw-go/cgw/internal/providertest"
)

// A page of gateways, before the first and after the last.
const (
	pageHead = `{"Response":{"CustomerGatewaySet":[`
	pageTail = `],"TotalCount":1,"RequestId":"5bd98433-263a"}}`
)

// hostile returns bodies of about 1 MiB that decode into as much as they can.
func hostile() map[string]string {
	return map[string]string{
		"keys":             providertest.Fill(`{"Response":{`, `"a":0,`, `}}`),
		"errors":           providertest.Fill(`{"Response":{"Error":{"Code":[`, `{},`, `]}}}`),
		"one long name":    providertest.Fill(pageHead+`{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"`, `x`, `"}`+pageTail),
		"one long message": providertest.Fill(`{"Response":{"Error":{"Code":"Bad","Message":"`, `%25&amp;\\u0041`, `"},"RequestId":"1"}}`),
		"message of links": providertest.Fill(`{"Response":{"Error":{"Code":"Bad","Message":"`, `a://b `, `"},"RequestId":"1"}}`),
	}
}

// largest is a service of the largest pages that the documents allow.
func largest() http.HandlerFunc {
	var gateways, tags []string
	for i := range 100 {
		gateways = append(gateways, fmt.Sprintf(`{"CustomerGatewayId":"cgw-%d","CustomerGatewayName":"%s","IpAddress":"58.211.1.%d"}`, i, providertest.Escaped(60), i+1))
		tags = append(tags, fmt.Sprintf(`{"ResourceId":"cgw-%d","TagKey":"%s%d","TagValue":"%s","TagKeyMd5":"%032d","TagValueMd5":"%032d","ServiceType":"vpc","Category":"Custom"}`,
			i%50, providertest.Escaped(125), i, providertest.Escaped(255), i, i))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == "DescribeCustomerGateways" {
			fmt.Fprintf(w, `{"Response":{"CustomerGatewaySet":[%s],"TotalCount":100,"RequestId":"1"}}`, strings.Join(gateways, ","))
			return
		}
		fmt.Fprintf(w, `{"Response":{"Tags":[%s],"TotalCount":100,"Offset":0,"Limit":100,"RequestId":"1"}}`, strings.Join(tags, ","))
	}
}
