package cgw

import "net/netip"

// Rules are the limits of a cloud as data. tencent.Rules and alibaba.Rules return the limits of the
// vendors' documents. A Provisioner checks each request against its Rules before it sends anything.
// A test double or a provider of another cloud builds its own Rules.
//
// The zero Rules require an address, and refuse only texts and tags that no cloud can keep: see
// [TextRule] and [TagRule].
//
// Do not change Rules that are in use. They are then safe for concurrent use.
type Rules struct {
	Provider        Provider    // the cloud; "" for a combination
	IPAddress       AddressRule // limits CreateRequest.IPAddress; zero: any valid address
	Name            TextRule    // limits the name in a create and in an update; zero: any text that a cloud can keep
	Description     TextRule    // limits the description in a create and in an update; zero: as Name
	ASN             ASNRule     // limits the ASN in a create and in an update; zero: any
	Tags            TagRule     // limits the tags in a create and in an update; zero: any tags that a cloud can keep
	ResourceGroupID TextRule    // limits the group in a create; Unsupported also refuses it in a Filter
	AuthKey         TextRule    // limits the BGP key in a create and in an update; zero: as Name
	ClientToken     TextRule    // limits the token in a create; zero: as Name

	// Current are the limits of the vendor's current documents; nil: they are the same. They refuse
	// nothing. The reason of a refusal says if Current would allow the value.
	Current *Rules
	// Parts are the rules that [Portable] combined; nil: none. They refuse nothing. The reason of a
	// refusal names the clouds in Parts that refuse the value.
	Parts []Rules
}

// AddressRule limits the address. The zero AddressRule accepts any valid address.
type AddressRule struct {
	IPv4Only bool            // an IPv4-mapped IPv6 address is unmapped first
	Refused  []RefusedPrefix // the ranges that are not accepted
	// ClassfulHost refuses the addresses of the former classes A, B and C whose host part is
	// all zeros or all ones, such as 203.0.113.0 and 150.1.255.255.
	ClassfulHost       bool
	ClassfulHostSource string // the document of ClassfulHost
}

// RefusedPrefix is a range of addresses that a cloud refuses.
type RefusedPrefix struct {
	Prefix netip.Prefix // the range
	Reason string       // such as "is a loopback address"
	Source string       // the document that says so
}

// TextRule limits a text field. On create an empty text means that there is none: it is checked for
// Required only.
//
// The zero TextRule accepts any text that a cloud can keep. Every TextRule refuses text that is not
// UTF-8, control characters and line ends (NUL and tabs too), and white space alone. A service
// would drop or trim these, and the gateway would then show drift on every run.
type TextRule struct {
	Unsupported   bool     // the cloud has no such field
	Required      bool     // an empty text is refused on create
	Min           int      // least length in characters, not bytes; 0: no bound
	Max           int      // greatest length in characters, not bytes; 0: no bound
	Word          bool     // only letters and digits of any script, and the characters of Marks
	Marks         string   // what Word allows besides letters and digits
	ASCII         bool     // only the printable characters of ASCII, space included
	Except        string   // characters that are refused
	LeadingLetter bool     // the first character must be a letter, of any script
	NotPrefixes   []string // what a text must not start with, in upper or lower case
	Source        string   // the document that the rules are from
}

// ASNRule limits the ASN. The zero ASNRule accepts any.
type ASNRule struct {
	Unsupported bool   // the cloud has no such field
	Immutable   bool   // it can be given on create only
	Permanent   bool   // it can be changed, but not removed (updated to 0)
	Reserved    []ASN  // refused numbers
	Source      string // the document that the rules are from
}

// TagRule limits tags. The zero TagRule accepts any tags that a cloud can keep. Every TagRule
// refuses an empty key, and in keys and values what every [TextRule] refuses.
type TagRule struct {
	Unsupported      bool     // the cloud has no tags
	MaxCount         int      // greatest number of tags; 0: no bound
	MaxKey           int      // greatest length of a key in characters; 0: no bound
	MaxValue         int      // greatest length of a value in characters; 0: no bound
	Word             bool     // keys and values: only letters and digits of any script, and Marks
	Marks            string   // what Word allows besides letters and digits
	NotKeyPrefixes   []string // what a key must not start with, in upper or lower case
	NotValuePrefixes []string // what a value must not start with, in upper or lower case
	NotContains      []string // what neither may contain anywhere, in upper or lower case
	Trimmed          bool     // no spaces at the ends of keys and values
	FoldKeys         bool     // no two keys that differ in upper and lower case alone
	FoldKeysSource   string   // the document of FoldKeys
	Source           string   // the document of the other rules
}

// ReservedKey reports whether tags of this key are reserved by the cloud: it sets them, shows them,
// and refuses them in a request.
func (t TagRule) ReservedKey(key string) bool {
	_, ok := prefixOf(key, t.NotKeyPrefixes)
	return ok
}

// Minimal returns rules that refuse only what is certainly wrong: no address, a missing required
// field, a field that the cloud does not have or cannot change, and the texts and tags that the zero
// Rules refuse.
func (r Rules) Minimal() Rules {
	text := func(t TextRule) TextRule {
		return TextRule{Unsupported: t.Unsupported, Required: t.Required, Source: t.Source}
	}
	m := Rules{
		Provider:        r.Provider,
		Name:            text(r.Name),
		Description:     text(r.Description),
		ResourceGroupID: text(r.ResourceGroupID),
		AuthKey:         text(r.AuthKey),
		ClientToken:     text(r.ClientToken),
		ASN:             ASNRule{Unsupported: r.ASN.Unsupported, Immutable: r.ASN.Immutable, Permanent: r.ASN.Permanent, Source: r.ASN.Source},
		Tags:            TagRule{Unsupported: r.Tags.Unsupported, Source: r.Tags.Source},
	}
	for _, p := range r.Parts {
		m.Parts = append(m.Parts, p.Minimal())
	}
	return m
}
