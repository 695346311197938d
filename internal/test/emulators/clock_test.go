package emulators

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// TestClockIsOff: an error for a wrong clock says by how much it is wrong, and which way.
func TestClockIsOff(t *testing.T) {
	for _, e := range []cgwtest.Emulator{tencenttest.NewServer(tencenttest.Options{}), alibabatest.NewServer(alibabatest.Options{})} {
		t.Cleanup(e.Close)
		p, err := e.Provisioner()
		require.NoError(t, err)
		for by, want := range map[time.Duration]string{time.Hour: "behind the service's", -time.Hour: "ahead of the service's"} {
			e.SetClock(func() time.Time { return time.Now().Add(by) })
			_, err = p.Create(t.Context(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
			require.ErrorIs(t, err, cgw.ErrUnauthenticated)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			require.Regexp(t, "the clock of this machine is [0-9hms]+ "+want, err.Error())
		}
		e.SetClock(time.Now)
		_, err = p.Create(t.Context(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
		require.NoError(t, err)
	}
}
