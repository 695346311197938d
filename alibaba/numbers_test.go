package alibaba_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// TestNumbers has an ASN in every form in which the service may send it. Tencent's are read alike.
func TestNumbers(t *testing.T) {
	for form, want := range map[string]cgw.ASN{
		`65010`: 65010, `"65010"`: 65010, `65010.0`: 65010, `6.501e4`: 65010, `4294967295`: 4294967295,
		`0`: 0, `"0"`: 0, `-1`: 0, `"-1"`: 0, `-1.0`: 0, `4294967296`: 0, `"4294967296"`: 0, `1e30`: 0,
		`null`: 0, `""`: 0, `"none"`: 0, `65010.5`: 0,
	} {
		t.Run(form, func(t *testing.T) {
			g, err := gatewayOf(t, `"Asn":`+form)
			require.NoError(t, err)
			require.Equal(t, want, g.ASN)
		})
	}
	for form, want := range map[string]int64{
		`1493363486001`: 1493363486001, `"1493363486001"`: 1493363486001, `1493363486001.0`: 1493363486001, `1.493363486e12`: 1493363486000,
		`null`: 0, `0`: 0, `-1`: 0, `""`: 0, `"soon"`: 0,
	} {
		t.Run("time "+form, func(t *testing.T) {
			g, err := gatewayOf(t, `"CreateTime":`+form)
			require.NoError(t, err)
			if want == 0 {
				require.Zero(t, g.CreatedAt)
				return
			}
			require.Equal(t, time.UnixMilli(want).UTC(), g.CreatedAt)
		})
	}
	for _, form := range []string{`true`, `{}`, `[65010]`} {
		_, err := gatewayOf(t, `"Asn":`+form)
		require.ErrorIs(t, err, cgw.ErrUnavailable, form)
	}
}

// gatewayOf reads a gateway with the fields, by Get and by List.
func gatewayOf(t *testing.T, fields string) (cgw.Gateway, error) {
	t.Helper()
	fields = `"CustomerGatewayId":"cgw-1",` + fields
	p := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, withID(fields+`,"CustomerGateways":{"CustomerGateway":[{`+fields+`}]},"TotalCount":"1",`))
	})
	g, err := p.Get(t.Context(), "cgw-1")
	all, listErr := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	require.Equal(t, err == nil, listErr == nil)
	if err == nil {
		require.True(t, g.Equal(all[0]), "%v\n%v", g, all[0])
	}
	return g, err
}
