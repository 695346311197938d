package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
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

func TestRequestsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
		defer cancel()
		var times int
		wait(ctx, options{}, nil, func() { times++ })
		require.Equal(t, 10, times)
	})
}
