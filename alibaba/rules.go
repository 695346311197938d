package alibaba

import (
	"net/netip"

	"github.com/cgw-go/cgw"
)

// The documents that the rules are from.
const (
	docCreate = "Alibaba Cloud API, CreateCustomerGateway (2021)"
	docToday  = "Alibaba Cloud SDK for Go, vpc-20160428 v7.0.0"
)

// Rules returns the limits of the vendor's documents: of the one of 2021 for what it has, and
// of the SDK's for the parameters that came later. The result is the caller's to change.
func Rules() cgw.Rules {
	refuse := func(prefix, reason, source string) cgw.RefusedPrefix {
		return cgw.RefusedPrefix{Prefix: netip.MustParsePrefix(prefix), Reason: reason, Source: source}
	}
	links := []string{"http://", "https://"}
	return cgw.Rules{
		Provider: cgw.Alibaba,
		IPAddress: cgw.AddressRule{
			IPv4Only: true,
			Refused: []cgw.RefusedPrefix{
				refuse("0.0.0.0/8", "is of this network (0.0.0.0/8), not a public address", docCreate),
				refuse("10.0.0.0/8", "is a private address", docCreate),
				refuse("100.64.0.0/10", "is a shared address (100.64.0.0/10), not a public one", docToday),
				refuse("127.0.0.0/8", "is a loopback address", docToday),
				refuse("169.254.0.0/16", "is a link-local address", docToday),
				refuse("172.16.0.0/12", "is a private address", docCreate),
				refuse("192.168.0.0/16", "is a private address", docCreate),
				refuse("224.0.0.0/4", "is a multicast address", docToday),
				refuse("255.255.255.255/32", "is the broadcast address", docToday),
				refuse("255.0.0.0/8", "is in 255.0.0.0/8", docToday),
				refuse("240.0.0.0/4", "is a reserved address, not a public one", docCreate),
			},
		},
		Name: cgw.TextRule{
			Min: 2, Max: 128, Word: true, Marks: "._-", NotPrefixes: links, Source: docCreate,
		},
		Description: cgw.TextRule{
			Min: 2, Max: 256, LeadingLetter: true, NotPrefixes: links, Source: docCreate,
		},
		ASN:             cgw.ASNRule{Immutable: true, Reserved: []cgw.ASN{45104}, Source: docToday},
		ResourceGroupID: cgw.TextRule{},
		AuthKey:         cgw.TextRule{Min: 1, Max: 64, ASCII: true, Except: " ?", Source: docToday},
		ClientToken:     cgw.TextRule{Max: 64, ASCII: true, Source: docCreate},
		Tags: cgw.TagRule{
			MaxCount: 20, MaxKey: 64, MaxValue: 128,
			NotKeyPrefixes:   []string{"aliyun", "acs:"},
			NotValuePrefixes: []string{"aliyun", "acs:"},
			NotContains:      links,
			Source:           docToday,
		},
	}
}
