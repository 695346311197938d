package tencent_test

import (
	"fmt"
	"io"
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
	list, end := `{"Response":{"CustomerGatewaySet":[`, `],"TotalCount":1,"RequestId":"5bd98433-263a"}}`
	return map[string]string{
		"empty gateways":    fill(list, `{},`, end),
		"null gateways":     fill(list, `null,`, end),
		"objects":           fill(``, `{}`, ``),
		"nested":            fill(list, `[`, end),
		"keys":              fill(`{"Response":{`, `"a":0,`, `}}`),
		"errors":            fill(`{"Response":{"Error":{"Code":[`, `{},`, `]}}}`),
		"one long name":     fill(list+`{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"`, `x`, `"}`+end),
		"one long message":  fill(`{"Response":{"Error":{"Code":"Bad","Message":"`, `%25&amp;\\u0041`, `"},"RequestId":"1"}}`),
		"message of links":  fill(`{"Response":{"Error":{"Code":"Bad","Message":"`, `a://b `, `"},"RequestId":"1"}}`),
		"as many as a page": list + strings.Repeat(`{"CustomerGatewayId":"`+strings.Repeat("x", size/100)+`"},`, 99) + `{}` + end,
		"many short texts":  fill(list, `{"CustomerGatewayId":"`+strings.Repeat("x", 1000)+`"},`, end),
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
			ask := func() { _, _ = p.Get(t.Context(), "cgw-1") }
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

// TestLargestPage has the largest pages that the documents allow, each character written as two
// escapes of six bytes.
func TestLargestPage(t *testing.T) {
	text := func(n int) string { return strings.Repeat(`\ud83d\ude00`, n) }
	var gateways, tags []string
	for i := range 100 {
		gateways = append(gateways, fmt.Sprintf(`{"CustomerGatewayId":"cgw-%d","CustomerGatewayName":"%s","IpAddress":"58.211.1.%d"}`, i, text(60), i+1))
		tags = append(tags, fmt.Sprintf(`{"ResourceId":"cgw-%d","TagKey":"%s%d","TagValue":"%s","TagKeyMd5":"%032d","TagValueMd5":"%032d","ServiceType":"vpc","Category":"Custom"}`,
			i%50, text(125), i, text(255), i, i))
	}
	p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == "DescribeCustomerGateways" {
			fmt.Fprintf(w, `{"Response":{"CustomerGatewaySet":[%s],"TotalCount":100,"RequestId":"1"}}`, strings.Join(gateways, ","))
			return
		}
		fmt.Fprintf(w, `{"Response":{"Tags":[%s],"TotalCount":100,"Offset":0,"Limit":100,"RequestId":"1"}}`, strings.Join(tags, ","))
	})
	n, pairs := 0, 0
	for g, err := range p.List(t.Context(), cgw.Filter{}) {
		require.NoError(t, err)
		n++
		pairs += len(g.Tags)
	}
	require.Equal(t, 100, n)
	require.NotZero(t, pairs)
}
