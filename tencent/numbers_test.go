package tencent_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// TestNumbers has an ASN in every form in which the service may send it. Alibaba's are read alike.
func TestNumbers(t *testing.T) {
	for form, want := range map[string]cgw.ASN{
		`65010`: 65010, `"65010"`: 65010, `65010.0`: 65010, `6.501e4`: 65010, `4294967295`: 4294967295,
		`0`: 0, `"0"`: 0, `-1`: 0, `"-1"`: 0, `-1.0`: 0, `4294967296`: 0, `"4294967296"`: 0, `1e30`: 0,
		`null`: 0, `""`: 0, `"none"`: 0, `65010.5`: 0,
	} {
		t.Run(form, func(t *testing.T) {
			gateway := `{"CustomerGatewayId":"cgw-1","CustomerGatewayName":"test-cgw","IpAddress":"58.211.1.12","CreatedTime":null,"BgpAsn":` + form + `}`
			p := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, withID(`"CustomerGateway":`+gateway+`,"CustomerGatewaySet":[`+gateway+`],"Tags":[],"TotalCount":null,`))
			})
			made, err := p.Create(t.Context(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "test-cgw"})
			require.NoError(t, err)
			require.Equal(t, want, made.ASN)
			require.Zero(t, made.CreatedAt)
			got, err := p.Get(t.Context(), "cgw-1")
			require.NoError(t, err)
			require.Equal(t, want, got.ASN)
		})
	}
	for _, form := range []string{`true`, `{}`, `[65010]`} {
		_, err := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, withID(`"CustomerGatewaySet":[{"CustomerGatewayId":"cgw-1","BgpAsn":`+form+`}],"TotalCount":1,`))
		}).Get(t.Context(), "cgw-1")
		require.ErrorIs(t, err, cgw.ErrUnavailable, form)
	}
}
