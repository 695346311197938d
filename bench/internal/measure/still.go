package measure

import (
	"net/netip"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/tencent"
)

// ValidationAllocs returns the allocations of validating a request that uses every field of
// the cloud.
func ValidationAllocs(p cgw.Provider) float64 {
	rules, req := tencent.Rules(), cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office-1", ASN: 65001,
		Tags: map[string]string{"site": "north", "owner": "net"},
	}
	if p == cgw.Alibaba {
		rules = alibaba.Rules()
		req.Description, req.ResourceGroupID, req.AuthKey, req.ClientToken = "The northern office", "rg-1", "key", "token-1"
	}
	if err := rules.Validate(req); err != nil {
		return -1 // not the valid request that was to be measured
	}
	return testing.AllocsPerRun(100, func() { _ = rules.Validate(req) })
}

// ClassificationAllocs returns the allocations of looking up a code by name, by family and in
// vain, in a table of the form that both providers use.
func ClassificationAllocs() float64 {
	table := errcode.New([]errcode.Row{
		{Code: "InvalidIpAddress.AlreadyExist", Kind: cgw.ErrAlreadyExists},
		{Code: "Throttling*", Kind: cgw.ErrThrottled, Repeat: errcode.Wait},
		{Code: "*.NotFound", Kind: cgw.ErrNotFound},
		{Code: "*Quota*", Kind: cgw.ErrQuotaExceeded},
	})
	return testing.AllocsPerRun(100, func() {
		for _, c := range [...]string{"InvalidIpAddress.AlreadyExist", "Resource.QuotaFull", "Unheard.Of"} {
			table.Lookup(c)
		}
	})
}
