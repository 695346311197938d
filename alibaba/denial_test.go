package alibaba_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

// TestDenialDetails has a denial with what the service makes of the request in its details: what
// helps is kept, and nothing shows a secret, by its name or by its value.
func TestDenialDetails(t *testing.T) {
	const authKey = `K3y"Canary\q<z>`
	var signature string
	detail := func(of func(r *http.Request) map[string]any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, signature, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"Code": "NoPermission", "Message": "You are not authorized.", "RequestId": "D32B3C26-6C6C", "AccessDeniedDetail": of(r),
			})
		}
	}
	sent := func(r *http.Request) string { return fmt.Sprint(r.URL.Query(), r.Header) }
	for name, tc := range map[string]struct {
		details func(*http.Request) map[string]any
		says    string
	}{
		"as documented": {func(*http.Request) map[string]any {
			return map[string]any{"AuthAction": "vpc:CreateCustomerGateway", "PolicyType": "AccountLevelIdentityBasedPolicy", "NoPermissionType": "ImplicitDeny"}
		}, "(refused action: vpc:CreateCustomerGateway)"},
		"values":  {func(r *http.Request) map[string]any { return map[string]any{"EncodedDiagnosticMessage": sent(r)} }, ""},
		"known":   {func(r *http.Request) map[string]any { return map[string]any{"AuthPrincipalDisplayName": sent(r)} }, ""},
		"escaped": {func(r *http.Request) map[string]any { return map[string]any{"PolicyType": url.QueryEscape(sent(r))} }, ""},
		"names":   {func(r *http.Request) map[string]any { return map[string]any{sent(r): "x"} }, ""},
		"nested": {func(r *http.Request) map[string]any {
			return map[string]any{"AuthAction": map[string]any{sent(r): sent(r)}}
		}, ""},
		"action": {func(r *http.Request) map[string]any {
			return map[string]any{"AuthAction": r.URL.Query().Get("AuthKey")}
		}, ""},
		"no string": {func(*http.Request) map[string]any { return map[string]any{"AuthAction": 7} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := harness().Serve(t, detail(tc.details))
			req := providertest.Request()
			req.AuthKey = authKey
			_, err := p.Create(t.Context(), req)
			require.ErrorIs(t, err, cgw.ErrPermissionDenied)
			require.ErrorContains(t, err, "You are not authorized.")
			require.ErrorContains(t, err, tc.says)
			asJSON, jerr := json.Marshal(err)
			require.NoError(t, jerr)
			text := providertest.Everything(err) + string(asJSON)
			for _, s := range []string{authKey, providertest.Secret, providertest.Token, signature} {
				quoted, _ := json.Marshal(s)
				for _, form := range []string{s, url.QueryEscape(s), url.QueryEscape(url.QueryEscape(s)), html.EscapeString(s), strings.Trim(string(quoted), `"`), fmt.Sprintf("%q", s)} {
					require.NotContains(t, text, form)
				}
			}
		})
	}
	require.NotEmpty(t, signature)
}
