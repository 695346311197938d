package tencenttest

import "net/netip"

// checkAddress refuses texts that are not an IPv4 address, and the addresses that the vendor's
// document of customer gateways refuses. The document does not name the code, and does not refuse
// private addresses.
func checkAddress(text string) *serviceError {
	addr, err := netip.ParseAddr(text)
	if err != nil || !addr.Is4() {
		return refuse(codeInvalidValue, "IpAddress %q is not an IPv4 address", text)
	}
	if reason := refusedAddress(addr); reason != "" {
		return refuse(codeInvalidValue, "IpAddress %s %s", addr, reason)
	}
	return nil
}

func refusedAddress(addr netip.Addr) string {
	b := addr.As4()
	// The network part of the former classes A, B and C, in bytes.
	network := 0
	switch {
	case addr.IsUnspecified():
		return "is all zeros"
	case b == [4]byte{255, 255, 255, 255}:
		return "is all ones"
	case addr.IsMulticast():
		return "is a multicast address"
	case addr.IsLoopback():
		return "is a loopback address"
	case addr.IsLinkLocalUnicast():
		return "is a link-local address"
	case b[0] >= 1 && b[0] <= 126:
		network = 1
	case b[0] >= 128 && b[0] <= 191:
		network = 2
	case b[0] >= 192 && b[0] <= 223:
		network = 3
	default:
		return ""
	}
	zeros, ones := true, true
	for _, octet := range b[network:] {
		zeros = zeros && octet == 0
		ones = ones && octet == 255
	}
	if zeros || ones {
		return "has a host part of all zeros or all ones"
	}
	return ""
}
