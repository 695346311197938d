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
		"cgw.Create cgw.provider=tencent\n  CreateCustomerGateway cgw.provider=tencent error.type=service unavailable cgw.attempt=1 cgw.outcome=unknown ERROR\n  DescribeCustomerGateways",
		"cgw.Create cgw.provider=alibaba\n  CreateCustomerGateway cgw.provider=alibaba error.type=Throttling.User",
		"cgw.operation.duration: 4\ncgw.throttles: 1\n",
	} {
		require.Contains(t, out.String(), want)
	}
}
