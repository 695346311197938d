package emulators

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/internal/test/byfield"
)

// A field of a gateway that is seeded is kept, or refused.
func TestEveryFieldIsSeeded(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, g cgw.Gateway, value any) {
		if name == "RequestID" {
			return // it is ignored
		}
		if name != "IPAddress" {
			g.IPAddress = netip.MustParseAddr("203.0.113.7")
		}
		each(t, options{}, func(t *testing.T, cloud cgwtest.Emulator) {
			seeded, err := cloud.SeedGateways(g)
			if err != nil {
				require.Contains(t, strings.ToLower(err.Error()), "gateways[0]."+strings.ToLower(name)+":")
				return
			}
			require.Equal(t, value, byfield.Get(seeded[0], name))
			require.Equal(t, seeded, cloud.ListGateways())
		})
	})
}
