package tencenttest

import (
	"math"
	"slices"
)

// maxLimitTypes is how many names a request may have.
const maxLimitTypes = 100

const (
	limitGateways = "appid-max-custom-gateways"
	// exampleLimit is the number in the vendor's example, for limits that are not emulated.
	exampleLimit = 5
)

// limitTypes are the names that the vendor's document of DescribeVpcLimits lists.
func limitTypes() []string {
	return []string{
		"appid-max-vpcs", "vpc-max-subnets", "vpc-max-route-tables", "route-table-max-policies",
		"vpc-max-vpn-gateways", limitGateways, "appid-max-vpn-connections",
		"custom-gateway-max-vpn-connections", "vpn-gateway-max-custom-gateways",
		"vpc-max-network-acls", "network-acl-max-inbound-policies", "network-acl-max-outbound-policies",
		"vpc-max-vpcpeers", "vpc-max-available-vpcpeers", "vpc-max-basic-network-interconnections",
		"direct-connection-max-snats", "direct-connection-max-dnats", "direct-connection-max-snapts",
		"direct-connection-max-dnapts", "vpc-max-nat-gateways", "nat-gateway-max-eips", "vpc-max-enis",
		"vpc-max-havips", "eni-max-private-ips", "nat-gateway-max-dnapts", "vpc-max-ipv6s",
		"eni-max-ipv6s", "vpc-max-assistant_cidrs", "appid-max-end-point-services",
		"appid-max-end-point-service-white-lists", "vpc-max-cmcc-ipv6-cidrs", "vpc-max-ctcc-ipv6-cidrs",
		"vpc-max-cucc-ipv6-cidrs", "vpc-max-bgp-ipv6-cidrs", "vpc-max-custom-ipv6-cidrs",
		"vpc-max-ula-ipv6-cidrs",
	}
}

type describeLimitsParams struct {
	Types []string `param:"LimitTypes,required"`
}

type limitView struct {
	LimitType  string
	LimitValue uint64
}

// describeLimits answers the quota of gateways; the other numbers are not enforced.
func (h *handler) describeLimits(p describeLimitsParams) (any, *serviceError) {
	if len(p.Types) > maxLimitTypes {
		return nil, refuse(codeValueLimit, "LimitTypes has more than %d values", maxLimitTypes)
	}
	known, views := limitTypes(), []limitView{}
	for _, name := range p.Types {
		if !slices.Contains(known, name) {
			return nil, refuse(codeInvalidValue, "there is no LimitType %q", name)
		}
		view := limitView{name, exampleLimit}
		if name == limitGateways {
			view.LimitValue = math.MaxInt32 // there is no quota
			if h.o.Quota > 0 {
				view.LimitValue = uint64(h.o.Quota)
			}
		}
		views = append(views, view)
	}
	return struct{ VpcLimitSet []limitView }{views}, nil
}

type vendorView struct {
	Platform        string
	SoftwareVersion string
	VendorName      string
}

// describeVendors answers the vendor's example.
func (h *handler) describeVendors(struct{}) (any, *serviceError) {
	return struct{ CustomerGatewayVendorSet []vendorView }{[]vendorView{
		{"ios", "V15.4", "cisco"},
		{"comware", "V1.0", "h3c"},
	}}, nil
}
