package exchange_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/exchange"
)

func TestClockOff(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		date string
		want string
	}{
		{"", ""},
		{"yesterday", ""},
		{now.Format(http.TimeFormat), ""},
		{now.Add(59 * time.Second).Format(http.TimeFormat), ""},
		{now.Add(-50 * time.Second).Format(http.TimeFormat), ""},
		{now.Add(17 * time.Minute).Format(http.TimeFormat), "the clock of this machine is 17m0s behind the service's"},
		{now.Add(-8 * time.Hour).Format(http.TimeFormat), "the clock of this machine is 8h0m2s ahead of the service's"},
	} {
		rec := exchange.Record{Began: now, Ended: now.Add(2 * time.Second), Reply: exchange.Reply{Header: http.Header{"Date": {tc.date}}}}
		require.Equal(t, tc.want, rec.ClockOff(), tc.date)
	}
	require.Empty(t, (&exchange.Record{}).ClockOff())
}
