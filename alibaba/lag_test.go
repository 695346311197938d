package alibaba_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/providertest"
)

// TestPageThatLacksRows: what a page counts and no page has is not taken for gateways that do not
// exist.
func TestPageThatLacksRows(t *testing.T) {
	srv := alibabatest.NewServer(alibabatest.Options{})
	defer srv.Close()
	const one = `{"CustomerGatewayId":"cgw-1","IpAddress":"203.0.113.7"}`
	page := func(rows string) wire.Fault {
		return wire.Fault{Action: "DescribeCustomerGateways", Effect: wire.Replace,
			Body: `{"RequestId":"r","TotalCount":2,"PageSize":50,"CustomerGateways":{"CustomerGateway":[` + rows + `]}}`}
	}
	second := page("")
	second.Skip, second.Times = 1, -1
	srv.Inject(page(one), second)
	all, err := cgw.Collect(providertest.Open(t, alibaba.New, srv.Config()).List(t.Context(), cgw.Filter{}))
	require.ErrorIs(t, err, cgw.ErrUnavailable)
	require.Len(t, all, 1)
}
