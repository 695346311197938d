package alibaba_test

import (
	"fmt"
	"io"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// hostile returns bodies of about 1 MiB that decode into as much as they can.
func hostile() map[string]string {
	const size = 1 << 20
	fill := func(head, unit, tail string) string {
		return head + strings.TrimSuffix(strings.Repeat(unit, size/len(unit)), ",") + tail
	}
	list, end := `{"CustomerGateways":{"CustomerGateway":[`, `]},"TotalCount":1,"RequestId":"D32B3C26-6C6C"}`
	return map[string]string{
		"empty gateways":    fill(list, `{},`, end),
		"null gateways":     fill(list, `null,`, end),
		"empty tags":        fill(list+`{"CustomerGatewayId":"cgw-1","Tags":{"Tag":[`, `{},`, `]}}`+end),
		"objects":           fill(``, `{}`, ``),
		"nested":            fill(list, `[`, end),
		"keys":              fill(`{`, `"a":0,`, `}`),
		"errors":            fill(`{"Code":[`, `{},`, `]}`),
		"details":           fill(`{"Code":"NoPermission","AccessDeniedDetail":{`, `"a":{},`, `}}`),
		"one long name":     fill(list+`{"CustomerGatewayId":"cgw-1","Name":"`, `x`, `"}`+end),
		"one long message":  fill(`{"Code":"Bad","Message":"`, `%25&amp;\\u0041`, `","RequestId":"1"}`),
		"message of links":  fill(`{"Code":"Bad","Message":"`, `a://b `, `","RequestId":"1"}`),
		"as many as a page": list + strings.Repeat(`{"CustomerGatewayId":"`+strings.Repeat("x", size/50)+`"},`, 49) + `{}` + end,
		"many short texts":  fill(list, `{"CustomerGatewayId":"`+strings.Repeat("x", 1000)+`"},`, end),
		"many short tags":   fill(list+`{"CustomerGatewayId":"cgw-1","Tags":{"Tag":[`, `{"Key":"`+strings.Repeat("k", 100)+`"},`, `]}}`+end),
		"escaped texts":     fill(list, `{"CustomerGatewayId":"`+strings.Repeat(`\u4e0a`, 160)+`"},`, end),
		"HTML":              fill(`<html>`, `<p>, {`, `</html>`),
	}
}

// TestMemoryOfHostileReplies bounds what hostile replies of 1 MiB make cgw hold at a time: one, and
// sixteen at once.
func TestMemoryOfHostileReplies(t *testing.T) {
	const mib = 1 << 20
	for name, body := range hostile() {
		t.Run(name, func(t *testing.T) {
			p := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			ask := func() { _, _ = first(p.List(t.Context(), cgw.Filter{})) }
			all, one := allocated(ask)
			_, sixteen := allocated(func() {
				var wg sync.WaitGroup
				for range 16 {
					wg.Go(ask)
				}
				wg.Wait()
			})
			t.Logf("one: %.1f MiB (%.1f in all), sixteen: %.1f MiB", float64(one)/mib, float64(all)/mib, float64(sixteen)/mib)
			require.Less(t, one, uint64(24*mib))
			require.Less(t, sixteen, uint64(160*mib))
		})
	}
}

func first(all iter.Seq2[cgw.Gateway, error]) (cgw.Gateway, error) {
	for g, err := range all {
		return g, err
	}
	return cgw.Gateway{}, nil
}

// allocated returns how many bytes f allocates in all, and at most at a time.
func allocated(f func()) (all, peak uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() { f(); close(done) }()
	sample := time.NewTicker(time.Millisecond)
	defer sample.Stop()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		case <-sample.C:
		}
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
	}
	return now.TotalAlloc - before.TotalAlloc, peak
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
	p := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	n := 0
	for g, err := range p.List(t.Context(), cgw.Filter{}) {
		require.NoError(t, err)
		require.Len(t, g.Tags, 20)
		n++
	}
	require.Equal(t, 50, n)
}
