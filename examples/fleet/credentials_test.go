package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// tokenService answers for every host that the SDKs ask with net/http's default transport.
func tokenService(t *testing.T, answer http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(answer)
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before; server.Close() })
	here := server.Listener.Addr().String()
	http.DefaultTransport = &http.Transport{
		DisableKeepAlives: true,
		Proxy: func(r *http.Request) (*url.URL, error) {
			if r.URL.Scheme == "https" {
				return nil, nil //nolint:nilnil // no proxy, as http.Transport has it
			}
			return &url.URL{Scheme: "http", Host: here}, nil
		},
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { // taken to be encrypted
			return new(net.Dialer).DialContext(ctx, "tcp", here)
		},
	}
}

// signer returns the IDs of the keys that sign for a target.
func signer(t *testing.T, cloud cgw.Provider, c credentialsForm) (id, token string) {
	t.Helper()
	if cloud == cgw.Tencent {
		cred, _, err := tencentCredentials(t.Context(), c)
		require.NoError(t, err)
		return cred.GetSecretId(), cred.GetToken()
	}
	cred, _, err := alibabaCredentials(t.Context(), c)
	require.NoError(t, err)
	m, err := cred.GetCredential()
	require.NoError(t, err)
	return *m.AccessKeyId, *m.SecurityToken
}

// Each target uses the keys that the file names.
func TestCredentialsOfATarget(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for name, text := range map[string]string{
		".tccli/shop.credential": `{"secretId":"profile-id","secretKey":"k","token":"profile-token"}`,
		".aliyun/config.json":    `{"current":"x","profiles":[{"name":"shop","mode":"StsToken","access_key_id":"profile-id","access_key_secret":"k","sts_token":"profile-token"}]}`,
	} {
		file := filepath.Join(home, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	for _, prefix := range []string{"", "SHOP_"} {
		for _, v := range []string{"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"} {
			t.Setenv(prefix+v, strings.ToLower(prefix)+"env")
		}
	}
	var asked []string
	tokenService(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.Host)
		const tencent = `"TmpSecretId":"role-id","TmpSecretKey":"k","Token":"role-token"}`
		const alibaba = `"AccessKeyId":"role-id","AccessKeySecret":"k","SecurityToken":"role-token","Expiration":"2099-01-01T00:00:00Z"}`
		if strings.Contains(r.Host, "tencent") {
			_, _ = fmt.Fprintf(w, `{"Response":{"Credentials":{%s,"ExpiredTime":4102444800,"RequestId":"r"}}`, tencent)
			return
		}
		_, _ = fmt.Fprintf(w, `{"RequestId":"r","Credentials":{%s}`, alibaba)
	})
	for _, cloud := range clouds2() {
		for _, tt := range []struct {
			form      credentialsForm
			id, token string
		}{
			{credentialsForm{}, "env", "env"},
			{credentialsForm{Env: "SHOP_"}, "shop_env", "shop_env"},
			{credentialsForm{Profile: "shop"}, "profile-id", "profile-token"},
			{credentialsForm{Profile: "shop", Role: "a-role"}, "role-id", "role-token"},
			{credentialsForm{Env: "SHOP_", Role: "a-role"}, "role-id", "role-token"},
		} {
			t.Run(fmt.Sprint(cloud, tt.form), func(t *testing.T) {
				asked = nil
				id, token := signer(t, cloud, tt.form)
				require.Equal(t, []string{tt.id, tt.token}, []string{id, token})
				require.Equal(t, tt.form.Role != "", len(asked) > 0, "the token service is asked for a role")
			})
		}
	}
}
