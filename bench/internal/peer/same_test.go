package peer

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSameRequests shows that cgw and the SDK's client send the same requests, but for tokens and
// signatures.
func TestSameRequests(t *testing.T) {
	for _, cloud := range Clouds() {
		t.Run(cloud.Name, func(t *testing.T) {
			emulator := cloud.Serve(0, 0)
			var sent []string
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				query := r.URL.Query()
				if query.Has("ClientToken") {
					query.Set("ClientToken", "")
				}
				action := cmp.Or(r.Header.Get("X-TC-Action"), r.Header.Get("x-acs-action"))
				sent = append(sent, r.Method+" "+action+" "+query.Encode()+" "+string(body))
				emulator.ServeHTTP(w, r)
			}))
			defer server.Close()
			o := Options{URL: server.URL, Trust: server.Certificate()}
			sdk, err := cloud.SDK(o)
			require.NoError(t, err)
			p, err := cloud.CGW(o)
			require.NoError(t, err)
			defer p.Close()

			id, err := sdk.Create(t.Context(), "site-1", netip.MustParseAddr("9.9.9.1"))
			require.NoError(t, err)
			var by [2][]string
			for i, c := range []Client{sdk, Of(p)} {
				sent = nil
				made, err := c.Create(t.Context(), "site-2", netip.MustParseAddr("9.9.9.2"))
				require.NoError(t, err)
				require.NoError(t, c.Get(t.Context(), id))
				require.NoError(t, c.Rename(t.Context(), id, "site-3"))
				by[i] = sent
				require.NoError(t, p.Delete(t.Context(), made))
			}
			require.NotEmpty(t, by[0])
			require.Equal(t, by[0], by[1])
		})
	}
}
