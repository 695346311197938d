package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, `tencent: created branch-office at 203.0.113.7 in ap-guangzhou, ASN 65010
tencent: again: already exists (InvalidParameterValue.Duplicate), held by the first: true
tencent: refused: IPAddress is a loopback address
tencent: deleted, 0 left
alibaba: created branch-office at 203.0.113.7 in cn-hangzhou, ASN 65010
alibaba: again: already exists (InvalidIpAddress.AlreadyExist), held by the first: true
alibaba: refused: IPAddress is a loopback address
alibaba: refused: Name must not contain ':'
alibaba: refused: Name must not start with https://
alibaba: deleted, 0 left
`, out.String())
}
