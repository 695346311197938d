package cgw

import (
	"net/netip"
	"slices"
)

// Rules are the limits of a cloud as data: tencent.Rules and alibaba.Rules return those of the
// vendors' documents. The zero Rules ask only for an address. Provisioners check requests
// against them before anything is sent; a test double or a third provider builds its own.
//
// Rules are read-only once in use, and then safe for concurrent use.
type Rules struct {
	Provider        Provider // the cloud that they are of; "" for a combination
	IPAddress       AddressRule
	Name            TextRule
	Description     TextRule
	ASN             ASNRule
	Tags            TagRule
	ResourceGroupID TextRule
	AuthKey         TextRule
	ClientToken     TextRule
}

// AddressRule says which addresses are taken. The zero AddressRule takes any valid one.
type AddressRule struct {
	IPv4Only bool // after an IPv4-mapped IPv6 address is unmapped
	// Refused lists the ranges that are not taken.
	Refused []RefusedPrefix
	// ClassfulHost refuses the addresses of the former classes A, B and C whose host part is
	// all zeros or all ones, such as 203.0.113.0 and 150.1.255.255.
	ClassfulHost       bool
	ClassfulHostSource string
}

// RefusedPrefix is a range of addresses that a cloud refuses.
type RefusedPrefix struct {
	Prefix netip.Prefix
	Reason string // such as "is a loopback address"
	Source string // the document that says so
}

// TextRule limits a text field. The zero TextRule takes any UTF-8 text. An empty text is an
// absent one: unless it is Required no other rule applies to it on create.
type TextRule struct {
	Unsupported bool // the cloud has no such field
	Required    bool
	// Min and Max bound the length in characters (not bytes); 0: no bound.
	Min, Max int
	// Word allows only letters and digits of any script, and the characters of Marks.
	Word  bool
	Marks string
	// ASCII allows only the printable characters of ASCII, space included.
	ASCII bool
	// Except lists characters that are refused.
	Except string
	// LeadingLetter wants a letter, of any script, first.
	LeadingLetter bool
	// NotPrefixes lists what a text must not start with, whatever the case of its letters.
	NotPrefixes []string
	Source      string // the document that the rules are from
}

// ASNRule limits the ASN. The zero ASNRule takes any.
type ASNRule struct {
	Unsupported bool  // the cloud has no such field
	Immutable   bool  // it can be given on create only
	Permanent   bool  // it can be changed, but not removed (updated to 0)
	Reserved    []ASN // refused numbers
	Source      string
}

// TagRule limits tags. The zero TagRule takes any that have a key and are UTF-8.
type TagRule struct {
	Unsupported bool // the cloud has no tags
	// MaxCount, MaxKey and MaxValue bound the number of tags and the lengths in characters;
	// 0: no bound.
	MaxCount, MaxKey, MaxValue int
	// Word allows only letters and digits of any script, and the characters of Marks, in keys
	// and values.
	Word  bool
	Marks string
	// NotKeyPrefixes and NotValuePrefixes list what a key or value must not start with,
	// whatever the case of its letters.
	NotKeyPrefixes, NotValuePrefixes []string
	// NotContains lists what neither may contain anywhere, whatever the case of its letters.
	NotContains []string
	// Trimmed refuses spaces at the ends of keys and values.
	Trimmed bool
	Source  string
}

// ReservedKey reports whether the cloud reserves tags of this key for itself: it sets them, shows
// them, and refuses them in a request.
func (t TagRule) ReservedKey(key string) bool {
	_, ok := prefixOf(key, t.NotKeyPrefixes)
	return ok
}

// Minimal returns rules that keep only what r knows cannot be right: an address is needed, as
// are required fields; fields that the cloud does not have or cannot change are refused, as is
// text that is not UTF-8.
func (r Rules) Minimal() Rules {
	text := func(t TextRule) TextRule {
		return TextRule{Unsupported: t.Unsupported, Required: t.Required, Source: t.Source}
	}
	return Rules{
		Provider:        r.Provider,
		Name:            text(r.Name),
		Description:     text(r.Description),
		ResourceGroupID: text(r.ResourceGroupID),
		AuthKey:         text(r.AuthKey),
		ClientToken:     text(r.ClientToken),
		ASN:             ASNRule{Unsupported: r.ASN.Unsupported, Immutable: r.ASN.Immutable, Source: r.ASN.Source},
		Tags:            TagRule{Unsupported: r.Tags.Unsupported, Source: r.Tags.Source},
	}
}

// Portable returns the rules of a request that every one of the given clouds accepts. Of no
// rules it is the zero Rules.
func Portable(rules ...Rules) Rules {
	if len(rules) == 0 {
		return Rules{}
	}
	all := rules[0]
	for _, r := range rules[1:] {
		all.Provider = ""
		all.IPAddress = all.IPAddress.and(r.IPAddress)
		all.Name = all.Name.and(r.Name)
		all.Description = all.Description.and(r.Description)
		all.ResourceGroupID = all.ResourceGroupID.and(r.ResourceGroupID)
		all.AuthKey = all.AuthKey.and(r.AuthKey)
		all.ClientToken = all.ClientToken.and(r.ClientToken)
		all.ASN = all.ASN.and(r.ASN)
		all.Tags = all.Tags.and(r.Tags)
	}
	return all
}

func (a AddressRule) and(b AddressRule) AddressRule {
	return AddressRule{
		IPv4Only:           a.IPv4Only || b.IPv4Only,
		Refused:            slices.Concat(a.Refused, b.Refused),
		ClassfulHost:       a.ClassfulHost || b.ClassfulHost,
		ClassfulHostSource: either(a.ClassfulHostSource, b.ClassfulHostSource),
	}
}

func (a TextRule) and(b TextRule) TextRule {
	word, marks := andWord(a.Word, a.Marks, b.Word, b.Marks)
	return TextRule{
		Unsupported:   a.Unsupported || b.Unsupported,
		Required:      a.Required || b.Required,
		Min:           max(a.Min, b.Min),
		Max:           lower(a.Max, b.Max),
		Word:          word,
		Marks:         marks,
		ASCII:         a.ASCII || b.ASCII,
		Except:        a.Except + b.Except,
		LeadingLetter: a.LeadingLetter || b.LeadingLetter,
		NotPrefixes:   slices.Concat(a.NotPrefixes, b.NotPrefixes),
		Source:        both(a.Source, b.Source),
	}
}

func (a ASNRule) and(b ASNRule) ASNRule {
	return ASNRule{
		Unsupported: a.Unsupported || b.Unsupported,
		Immutable:   a.Immutable || b.Immutable,
		Permanent:   a.Permanent || b.Permanent,
		Reserved:    slices.Concat(a.Reserved, b.Reserved),
		Source:      both(a.Source, b.Source),
	}
}

func (a TagRule) and(b TagRule) TagRule {
	word, marks := andWord(a.Word, a.Marks, b.Word, b.Marks)
	return TagRule{
		Word: word, Marks: marks,
		Unsupported:      a.Unsupported || b.Unsupported,
		MaxCount:         lower(a.MaxCount, b.MaxCount),
		MaxKey:           lower(a.MaxKey, b.MaxKey),
		MaxValue:         lower(a.MaxValue, b.MaxValue),
		NotKeyPrefixes:   slices.Concat(a.NotKeyPrefixes, b.NotKeyPrefixes),
		NotValuePrefixes: slices.Concat(a.NotValuePrefixes, b.NotValuePrefixes),
		NotContains:      slices.Concat(a.NotContains, b.NotContains),
		Trimmed:          a.Trimmed || b.Trimmed,
		Source:           both(a.Source, b.Source),
	}
}

// andWord combines two Word rules and their Marks.
func andWord(a bool, aMarks string, b bool, bMarks string) (word bool, marks string) {
	switch {
	case a && b:
		return true, shared(aMarks, bMarks)
	case b:
		return true, bMarks
	default:
		return a, aMarks
	}
}

// lower returns the stricter of two bounds, of which 0 is none.
func lower(a, b int) int {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}

func shared(a, b string) string {
	var s []rune
	for _, r := range a {
		for _, o := range b {
			if r == o {
				s = append(s, r)
			}
		}
	}
	return string(s)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func both(a, b string) string {
	if a == "" || b == "" || a == b {
		return either(a, b)
	}
	return a + "; " + b
}
