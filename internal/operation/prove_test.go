package operation

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

func TestProve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wrote := time.Now() // a whole second, as synctest has it
		req := cgw.CreateRequest{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg", Tags: map[string]string{"k": "v"}}
		mine := cgw.Gateway{Name: "a", Description: "d", ASN: 65000, ResourceGroupID: "rg", CreatedAt: wrote, Tags: map[string]string{"k": "v", "more": "x"}}
		old := func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-time.Minute) }
		as := func(changes ...func(*cgw.Gateway)) func(*cgw.Gateway) {
			return func(g *cgw.Gateway) {
				for _, c := range changes {
					c(g)
				}
			}
		}
		name := func(g *cgw.Gateway) { g.Name = "b" }
		for _, tc := range []struct {
			name   string
			change func(*cgw.Gateway)
			look   time.Duration // from the write to the look, and how long that took
			took   time.Duration
			off    time.Duration // of the service's clock
			clock  bool
			want   verdict
			again  bool
		}{
			{"as asked", as(), time.Second, 0, 0, true, proven, false},
			{"the service's clock is ahead", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(time.Hour) }, time.Second, 0, time.Hour, true, proven, false},
			{"the service's clock is behind", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-time.Hour) }, time.Second, 0, -time.Hour, true, proven, false},
			{"made before", old, time.Second, 0, 0, true, unproven, false},
			{"seen by a slow look", as(), time.Second, 4 * time.Second, 0, true, unproven, true},
			{"made just before, seen by a slow look", func(g *cgw.Gateway) { g.CreatedAt = wrote.Add(-2 * time.Second) }, time.Second, 4 * time.Second, 0, true, unproven, false},
			{"other name", name, time.Second, 0, 0, true, unproven, false},
			{"other name, made before", as(name, old), time.Second, 0, 0, true, madeBefore, false},
			{"other description, made before", as(old, func(g *cgw.Gateway) { g.Description = "" }), time.Second, 0, 0, true, madeBefore, false},
			{"other ASN, made before", as(old, func(g *cgw.Gateway) { g.ASN = 1 }), time.Second, 0, 0, true, madeBefore, false},
			{"other group, made before", as(old, func(g *cgw.Gateway) { g.ResourceGroupID = "x" }), time.Second, 0, 0, true, madeBefore, false},
			{"other tag", func(g *cgw.Gateway) { g.Tags = map[string]string{"k": "w"} }, time.Second, 0, 0, true, unproven, false},
			{"other tag, made before", as(old, func(g *cgw.Gateway) { g.Tags = map[string]string{"k": "w"} }), time.Second, 0, 0, true, madeBefore, false},
			{"tags are not shown yet", func(g *cgw.Gateway) { g.Tags = nil }, time.Second, 0, 0, true, unproven, true},
			{"no ASN", func(g *cgw.Gateway) { g.ASN = 0 }, time.Second, 0, 0, true, unproven, true},
			{"no clock", as(), time.Second, 0, 0, false, unproven, true},
			{"no clock, other name", name, time.Second, 0, 0, false, unproven, false},
			{"no time", func(g *cgw.Gateway) { g.CreatedAt = time.Time{} }, time.Second, 0, 0, true, unproven, true},
		} {
			g := mine
			tc.change(&g)
			rec := exchange.Record{Began: wrote.Add(tc.look), Ended: wrote.Add(tc.look + tc.took), Reply: exchange.Reply{Header: http.Header{}}}
			if tc.clock {
				rec.Reply.Header.Set("Date", rec.Ended.Add(tc.off).UTC().Format(http.TimeFormat))
			}
			is, again := prove(g, req, wrote, rec)
			require.Equal(t, tc.want, is, tc.name)
			require.Equal(t, tc.again, again, tc.name)
		}
	})
}
