package main

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// plot returns the times of creates as SVG: a line for each, from the median to the slowest call on
// a logarithmic axis, with a mark at p99, and beside it how many callers were told wrong.
func plot(rows []creates) string {
	const left, width, line, top = 250, 420, 26, 60
	height := top + line*len(rows) + 50
	x := func(d time.Duration) float64 {
		const first, last = -3.0, 1.5 // 1 ms to 32 s
		at := math.Log10(max(d.Seconds(), 0.001))
		return left + width*(min(at, last)-first)/(last-first)
	}
	var b strings.Builder
	text := func(x, y float64, anchor, s string) {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, html.EscapeString(s))
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 %d" font-family="sans-serif" font-size="12" fill="#222">`+"\n", height)
	fmt.Fprintf(&b, `<rect width="860" height="%d" fill="#fff"/>`+"\n", height)
	text(10, 20, "start", "Time of a Create while requests fail: median (dot), p99 (bar), slowest (end of the line)")
	text(left+width+20, top-12, "start", "callers told wrong")
	for _, d := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second} {
		fmt.Fprintf(&b, `<path d="M%.0f %dV%d" stroke="#ddd"/>`+"\n", x(d), top-5, height-35)
		text(x(d), float64(height-18), "middle", d.String())
	}
	for n, r := range rows {
		y := float64(top + line*n + line/2)
		colour := "#c0392b"
		if r.Who == ours {
			colour = "#1f6fb2"
		}
		text(left-10, y+4, "end", fmt.Sprintf("%s, %d %%: %s", r.Cloud, r.Percent, r.Who))
		fmt.Fprintf(&b, `<g stroke="%s" fill="%s" stroke-width="2"><path d="M%.1f %.0fH%.1f"/><path d="M%.1f %.0fv14" stroke-width="4"/><circle cx="%.1f" cy="%.0f" r="4"/></g>`+"\n",
			colour, colour, x(r.Median), y, x(r.Slowest), x(r.P99), y-7, x(r.Median), y)
		text(left+width+20, y+4, "start", fmt.Sprintf("%d of %d", r.Wrong, r.Calls))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
