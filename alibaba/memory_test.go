package alibaba_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cgw-go/cgw/internal/providertest"
)

// A page of gateways, before the first and after the last.
const (
	pageHead = `{"CustomerGateways":{"CustomerGateway":[`
	pageTail = `]},"TotalCount":1,"RequestId":"D32B3C26-6C6C"}`
)

// hostile returns bodies of about 1 MiB that decode into as much as they can.
func hostile() map[string]string {
	return map[string]string{
		"empty tags":       providertest.Fill(pageHead+`{"CustomerGatewayId":"cgw-1","Tags":{"Tag":[`, `{},`, `]}}`+pageTail),
		"keys":             providertest.Fill(`{`, `"a":0,`, `}`),
		"errors":           providertest.Fill(`{"Code":[`, `{},`, `]}`),
		"details":          providertest.Fill(`{"Code":"NoPermission","AccessDeniedDetail":{`, `"a":{},`, `}}`),
		"many short tags":  providertest.Fill(pageHead+`{"CustomerGatewayId":"cgw-1","Tags":{"Tag":[`, `{"Key":"`+strings.Repeat("k", 100)+`"},`, `]}}`+pageTail),
		"escaped texts":    providertest.Fill(pageHead, `{"CustomerGatewayId":"`+strings.Repeat(`\u4e0a`, 160)+`"},`, pageTail),
		"one long name":    providertest.Fill(pageHead+`{"CustomerGatewayId":"cgw-1","Name":"`, `x`, `"}`+pageTail),
		"one long message": providertest.Fill(`{"Code":"Bad","Message":"`, `%25&amp;\\u0041`, `","RequestId":"1"}`),
		"message of links": providertest.Fill(`{"Code":"Bad","Message":"`, `a://b `, `","RequestId":"1"}`),
	}
}

// largest is a service of the largest page that the documents allow.
func largest() http.HandlerFunc {
	var gateways, tags []string
	for i := range 20 {
		tags = append(tags, fmt.Sprintf(`{"Key":"%s%02d","Value":"%s"}`, providertest.Escaped(62), i, providertest.Escaped(128)))
	}
	for i := range 50 {
		gateways = append(gateways, fmt.Sprintf(
			`{"CustomerGatewayId":"cgw-%d","Name":"%s","Description":"%s","AuthKey":"%s","IpAddress":"58.211.1.%d","Asn":65000,"CreateTime":1492747187000,"ResourceGroupId":"rg-acfmzs372yg","Tags":{"Tag":[%s]}}`,
			i, providertest.Escaped(128), providertest.Escaped(256), providertest.Escaped(64), i+1, strings.Join(tags, ",")))
	}
	return providertest.Text(http.StatusOK, `{"PageSize":50,"RequestId":"D32B3C26-6C6C","PageNumber":1,"TotalCount":50,"CustomerGateways":{"CustomerGateway":[`+strings.Join(gateways, ",")+`]}}`)
}
