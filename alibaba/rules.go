package alibaba

import (
	"net/netip"

	"github.com/cgw-go/cgw"
)

// The documents that the rules are from.
const (
	docCreate  = "Alibaba Cloud API, CreateCustomerGateway (2021)"
	docToday   = "Alibaba Cloud SDK for Go, vpc-20160428 v7.0.0"
	docTagKeys = "Alibaba Cloud API, ecs TagResources, code TagKey.Duplication (2025-04-10)"
	// docCurrent is the source of CurrentRules.
	docCurrent = "Alibaba Cloud API metadata, vpc 2016-04-28 (2026-08)"
	docHosts   = "RFC 1122, section 3.2.1.3"
)

// Rules returns the limits of the vendor's documents, for Validation [cgw.Documented]: the document
// of 2021, and the SDK's comments for parameters that are newer. The caller may change the result.
//
// Tag keys that differ only in upper and lower case are refused: the platform documents that for
// ECS; the document of the VPC's tag operation says only that keys are unique.
func Rules() cgw.Rules {
	r := documented()
	today := CurrentRules()
	r.Current = &today
	return r
}

func documented() cgw.Rules {
	links := []string{"http://", "https://"}
	return cgw.Rules{
		Provider: cgw.Alibaba,
		IPAddress: cgw.AddressRule{
			IPv4Only: true,
			Refused: []cgw.RefusedPrefix{
				refused("0.0.0.0/8", "is of this network (0.0.0.0/8), not a public address", docCreate),
				refused("10.0.0.0/8", "is a private address", docCreate),
				refused("100.64.0.0/10", "is a shared address (100.64.0.0/10), not a public one", docToday),
				refused("127.0.0.0/8", "is a loopback address", docToday),
				refused("169.254.0.0/16", "is a link-local address", docToday),
				refused("172.16.0.0/12", "is a private address", docCreate),
				refused("192.168.0.0/16", "is a private address", docCreate),
				refused("224.0.0.0/4", "is a multicast address", docToday),
				refused("255.255.255.255/32", "is the broadcast address", docToday),
				refused("255.0.0.0/8", "is in 255.0.0.0/8", docToday),
				refused("240.0.0.0/4", "is a reserved address, not a public one", docCreate),
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
			FoldKeys:         true,
			FoldKeysSource:   docTagKeys,
			Source:           docToday,
		},
	}
}

// CurrentRules returns the limits of the vendor's current documents, for Validation [cgw.Current]:
// the metadata of the API, of 2026-08. Names and descriptions have 1 to 100 characters of any kind,
// and private addresses are accepted. The caller may change the result.
func CurrentRules() cgw.Rules {
	r := documented()
	links := r.Tags.NotContains
	r.IPAddress.Refused = []cgw.RefusedPrefix{
		refused("0.0.0.0/8", "is of this network (0.0.0.0/8), which no device has", docHosts),
		refused("100.64.0.0/10", "is a shared address (100.64.0.0/10)", docCurrent),
		refused("127.0.0.0/8", "is a loopback address", docCurrent),
		refused("169.254.0.0/16", "is a link-local address", docCurrent),
		refused("224.0.0.0/4", "is a multicast address", docCurrent),
		refused("255.0.0.0/8", "is in 255.0.0.0/8", docCurrent),
	}
	r.Name = cgw.TextRule{Min: 1, Max: 100, NotPrefixes: links, Source: docCurrent}
	r.Description = cgw.TextRule{Min: 1, Max: 100, NotPrefixes: links, Source: docCurrent}
	return r
}

func refused(prefix, reason, source string) cgw.RefusedPrefix {
	return cgw.RefusedPrefix{Prefix: netip.MustParsePrefix(prefix), Reason: reason, Source: source}
}
