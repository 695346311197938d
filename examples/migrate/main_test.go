package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	const taken = `  cgw: adopted office
  cgw: unchanged office
  cgw: updated branch
  cgw: 1 gateway at the address, the same: true
`
	require.Equal(t, "Tencent's SDK made office\n"+taken+"Alibaba's SDK made office\n"+taken, out.String())
	doc, err := os.ReadFile("../../docs/migrating.md")
	require.NoError(t, err)
	require.Contains(t, string(doc), "ensure.Gateway(ctx, p, found.Spec(), ensure.Options{Owner: \"netops\", AdoptUnowned: true})")
}
