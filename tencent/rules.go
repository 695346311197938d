package tencent

import (
	"net/netip"

	"github.com/cgw-go/cgw"
)

// The documents that the rules are from.
const (
	docCreate  = "Tencent Cloud API, CreateCustomerGateway (2024-11-25)"
	docAddress = "Tencent Cloud, document 1037/32682 (2025-10)"
	docSDK     = "Tencent Cloud SDK for Go, vpc v1.3.115"
	docTags    = "Tencent Cloud, document 651/13354 (2025-09-02)"
)

// Rules returns the limits of the vendor's documents, for Validation [cgw.Documented]. The caller
// may change the result. Tag keys that differ only in upper and lower case are accepted: the
// document 651/13354 says that keys are case sensitive.
func Rules() cgw.Rules {
	refuse := func(prefix, reason, source string) cgw.RefusedPrefix {
		return cgw.RefusedPrefix{Prefix: netip.MustParsePrefix(prefix), Reason: reason, Source: source}
	}
	return cgw.Rules{
		Provider: cgw.Tencent,
		IPAddress: cgw.AddressRule{
			IPv4Only: true,
			Refused: []cgw.RefusedPrefix{
				refuse("0.0.0.0/8", "is of this network (0.0.0.0/8), not a public address", docAddress),
				refuse("10.0.0.0/8", "is a private address", docCreate),
				refuse("100.64.0.0/10", "is a shared address (100.64.0.0/10), not a public one", docCreate),
				refuse("127.0.0.0/8", "is a loopback address", docAddress),
				refuse("169.254.0.0/16", "is a link-local address", docAddress),
				refuse("172.16.0.0/12", "is a private address", docCreate),
				refuse("192.168.0.0/16", "is a private address", docCreate),
				refuse("224.0.0.0/4", "is a multicast address", docAddress),
				refuse("255.255.255.255/32", "is the broadcast address", docAddress),
				refuse("240.0.0.0/4", "is a reserved address, not a public one", docCreate),
			},
			ClassfulHost:       true,
			ClassfulHostSource: docAddress,
		},
		Name:            cgw.TextRule{Required: true, Max: 60, Source: docCreate},
		Description:     cgw.TextRule{Unsupported: true, Source: docCreate},
		ASN:             cgw.ASNRule{Permanent: true, Reserved: []cgw.ASN{139341, 45090, 58835}, Source: docSDK},
		ResourceGroupID: cgw.TextRule{Unsupported: true, Source: docCreate},
		AuthKey:         cgw.TextRule{Unsupported: true, Source: docCreate},
		ClientToken:     cgw.TextRule{Unsupported: true, Source: docCreate},
		Tags: cgw.TagRule{
			MaxCount: 50, MaxKey: 127, MaxValue: 255, Word: true, Marks: " +-=._:/@()[],;><",
			Trimmed:        true,
			NotKeyPrefixes: []string{"qcs:", "qcloud", "tencent", "project", "项目"},
			Source:         docTags,
		},
	}
}

// CurrentRules returns the limits of the vendor's current documents, as read on 2026-11-27, for
// Validation [cgw.Current]. They are the same as [Rules]. The caller may change the result.
func CurrentRules() cgw.Rules { return Rules() }
