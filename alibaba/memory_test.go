package alibaba_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
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

// TestLargestPage has the largest page that the documents allow, each character written as two
// escapes of six bytes.
func TestLargestPage(t *testing.T) {
	text := func(n int) string { return strings.Repeat(`\ud83d\ude00`, n) }
	var gateways []string
	for i := range 50 {
		var tags []string
		for j := range 20 {
			tags = append(tags, fmt.Sprintf(`{"Key":"%s%02d","Value":"%s"}`, text(62), j, text(128)))
		}
		gateways = append(gateways, fmt.Sprintf(
			`{"CustomerGatewayId":"cgw-%d","Name":"%s","Description":"%s","AuthKey":"%s","IpAddress":"58.211.1.%d","Asn":65000,"CreateTime":1492747187000,"ResourceGroupId":"rg-acfmzs372yg","Tags":{"Tag":[%s]}}`,
			i, text(128), text(256), text(64), i+1, strings.Join(tags, ",")))
	}
	body := fmt.Sprintf(`{"PageSize":50,"RequestId":"D32B3C26-6C6C","PageNumber":1,"TotalCount":50,"CustomerGateways":{"CustomerGateway":[%s]}}`, strings.Join(gateways, ","))
	t.Logf("%d bytes", len(body))
	p := harness().Serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	n := 0
	for g, err := range p.List(t.Context(), cgw.Filter{}) {
		require.NoError(t, err)
		require.Len(t, g.Tags, 20)
		n++
	}
	require.Equal(t, 50, n)
}
