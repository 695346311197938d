package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDemo(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	for _, want := range []string{
		"Ready=True AsSpecified, again in 10m0s",
		"Ready=False Invalid, again never, until it is changed",
		"Ready=False InUse, again in 10m0s",
		"the resource is gone; gateways left in the cloud: 0",
	} {
		require.Contains(t, out.String(), want)
	}
}
