package alibaba_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba"
)

func testConfig() alibaba.Config { return config(harness().Config()) }

func open(t testing.TB, cfg alibaba.Config) *alibaba.Provisioner {
	t.Helper()
	p, err := alibaba.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// serve returns a Provisioner whose service is the handler.
func serve(t testing.TB, h http.HandlerFunc) *alibaba.Provisioner {
	t.Helper()
	return open(t, config(harness().At(t, h)))
}
