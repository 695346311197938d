package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// start runs the program and returns the endpoints that it prints, and a function that ends it.
func start(t *testing.T, args ...string) (endpoints []string, stop func()) {
	t.Helper()
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(t.Context(), append([]string{"-tencent", "127.0.0.1:0", "-alibaba", "127.0.0.1:0", "-until-eof"}, args...), in, out)
	}()
	lines := bufio.NewScanner(stdout)
	for len(endpoints) < 2 && lines.Scan() {
		fields := strings.Fields(lines.Text())
		require.Equal(t, "endpoint", fields[2])
		endpoints = append(endpoints, fields[3])
	}
	require.Len(t, endpoints, 2)
	return endpoints, func() {
		require.NoError(t, stdin.Close())
		require.NoError(t, <-done)
	}
}

func provisioners(t *testing.T, endpoints []string, client *http.Client) []cgw.Provisioner {
	t.Helper()
	onTencent, err := tencent.New(tencent.Config{
		Region: tencenttest.DefaultRegion, Endpoint: endpoints[0], HTTPClient: client,
		Credentials: tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, ""),
	})
	require.NoError(t, err)
	onAlibaba, err := alibaba.New(alibaba.Config{
		Region: alibabatest.DefaultRegion, Endpoint: endpoints[1], HTTPClient: client,
		Credentials: alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret, ""),
	})
	require.NoError(t, err)
	return []cgw.Provisioner{onTencent, onAlibaba}
}

func TestStateOutlivesTheProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clouds.json")
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch", Tags: map[string]string{"a": "b"}}
	var created []cgw.Gateway

	endpoints, stop := start(t, "-state", file)
	for _, p := range provisioners(t, endpoints, nil) {
		g, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		created = append(created, g)
	}
	stop()

	endpoints, stop = start(t, "-state", file)
	for i, p := range provisioners(t, endpoints, nil) {
		g, err := p.Get(t.Context(), created[i].ID)
		require.NoError(t, err)
		require.Equal(t, req.Tags, g.Tags)
		require.True(t, created[i].CreatedAt.Equal(g.CreatedAt))
	}
	stop()
}

func TestTLS(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	endpoints, stop := start(t, "-tls", "-cert", cert)
	defer stop()
	pem, err := os.ReadFile(cert)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(pem))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	for _, p := range provisioners(t, endpoints, client) {
		all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
		require.NoError(t, err)
		require.Empty(t, all)
	}
}

func TestErrors(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	for name, args := range map[string][]string{
		"unknown argument":   {"serve"},
		"unknown flag":       {"-port", "1"},
		"malformed state":    {"-state", broken},
		"unreadable state":   {"-state", t.TempDir()},
		"address not usable": {"-tencent", "256.0.0.1:0"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, run(t.Context(), args, strings.NewReader(""), io.Discard))
		})
	}
}

func TestErrorsNameTheFlag(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // for a port that is taken
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	busy := l.Addr().String()
	for want, args := range map[string][]string{
		"-tencent " + busy + ": emulator: listen tcp " + busy: {"-tencent", busy},
		"choose another address with the flag -tencent,":      {"-tencent", busy},
		"choose another address with the flag -alibaba,":      {"-tencent", "127.0.0.1:0", "-alibaba", busy},
		"flag provided but not defined: -port; -h lists":      {"-port", "1"},
		`unknown argument "serve"; -h lists the flags`:        {"serve"},
		"-cert needs -tls":                         {"-cert", "x"},
		"-http1 needs -tls":                        {"-http1"},
		"-latency must not be negative":            {"-latency", "-1s"},
		"-tencent-rate must not be negative":       {"-tencent-rate", "-1"},
		"-tencent-secret-key must not be empty":    {"-tencent-secret-key", ""},
		"-alibaba-access-key-id and ":              {"-alibaba-access-key-id", ""},
		`invalid value "x" for flag -latency`:      {"-latency", "x"},
		`invalid value "x" for flag -clock-offset`: {"-clock-offset", "x"},
	} {
		require.ErrorContains(t, run(t.Context(), args, strings.NewReader(""), io.Discard), want)
	}
}

// TestStateErrors tests that a wrong state file is refused with an error that names the field.
func TestStateErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clouds.json")
	for text, want := range map[string]string{
		``:                              "the JSON breaks off",
		`{"tencent":{"gateways":[{"id"`: "tencent.gateways[0].id: the JSON breaks off",
		`{"tencnt":{}}`:                 "tencnt: there is no such field",
		`{"alibaba":null}`:              "alibaba: must not be null",
		`{"alibaba":{"gateways":[{"id":"a","ipAddress":"203.0.113.1"},{"id":"a","ipAddress":"203.0.113.2"}]}}`: `alibaba.gateways[1].id: "a" is also gateways[0].id`,
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		err := run(t.Context(), []string{"-state", file}, strings.NewReader(""), io.Discard)
		require.ErrorContains(t, err, file+": ")
		require.ErrorContains(t, err, want)
		left, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, text, string(left), "the file is left as it was")
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "-help"} {
		var out strings.Builder
		require.NoError(t, run(t.Context(), []string{flag}, strings.NewReader(""), &out))
		require.Equal(t, 1, strings.Count(out.String(), "Usage of emulator:"))
		require.Contains(t, out.String(), "-tencent host:port")
		require.NotContains(t, out.String(), "help requested")
	}
}

// TestControl runs the program with the control interface on, and off.
func TestControl(t *testing.T) {
	for _, on := range []bool{true, false} {
		endpoints, stop := start(t, fmt.Sprintf("-control=%v", on))
		for _, endpoint := range endpoints {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"/_cgw/faults", nil)
			require.NoError(t, err)
			resp, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, on, string(body) == `{"faults":[]}`+"\n", string(body))
		}
		stop()
	}
}

func TestRequestsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
		defer cancel()
		var times int
		wait(ctx, options{}, nil, func() { times++ })
		require.Equal(t, 10, times)
	})
}
