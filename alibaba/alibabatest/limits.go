package alibabatest

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
)

// The limits are the tables of package alibaba: those of the vendor's documents of 2021, or of the
// current ones. This package applies them with its own code, so that it does not repeat a mistake
// of the checks that it tests. Texts that only cgw refuses, such as control characters, are
// accepted.

// limits returns the limits to enforce.
func (o Options) limits() cgw.Rules {
	if o.CurrentLimits {
		return alibaba.CurrentRules()
	}
	return alibaba.Rules()
}

// fits checks a text. An empty text counts as a value.
func fits(t cgw.TextRule, s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	n := utf8.RuneCountInString(s)
	if n < t.Min || (t.Max > 0 && n > t.Max) || (t.LeadingLetter && !unicode.IsLetter(first)) || startsWith(s, t.NotPrefixes) {
		return false
	}
	for _, c := range s {
		if (t.Word && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(t.Marks, c)) ||
			(t.ASCII && (c < ' ' || c > '~')) || strings.ContainsRune(t.Except, c) {
			return false
		}
	}
	return true
}

// startsWith ignores upper and lower case.
func startsWith(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) })
}

// validAddress checks the address of a device, in dotted form.
func validAddress(a cgw.AddressRule, s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is4() &&
		!slices.ContainsFunc(a.Refused, func(p cgw.RefusedPrefix) bool { return p.Prefix.Contains(ip) })
}

// aliyunASN is the vendor's own ASN.
const aliyunASN = 45104

// parseASN accepts 1 to 4294967295, plain or dotted, as the current API does.
func parseASN(n cgw.ASNRule, s string) (uint32, bool) {
	asn, err := cgw.ParseASN(s)
	return uint32(asn), err == nil && asn != 0 && !slices.Contains(n.Reserved, asn)
}

func validTagKey(t cgw.TagRule, s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= t.MaxKey && !startsWith(s, t.NotKeyPrefixes) && !holds(s, t.NotContains)
}

func validTagValue(t cgw.TagRule, s string) bool {
	return utf8.RuneCountInString(s) <= t.MaxValue && !startsWith(s, t.NotValuePrefixes) && !holds(s, t.NotContains)
}

func holds(s string, texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(s), text) })
}

// foldedTwice reports whether two keys differ only in upper and lower case.
func foldedTwice(t cgw.TagRule, tags map[string]string) bool {
	seen := map[string]bool{}
	for k := range tags {
		k = strings.ToLower(k)
		if t.FoldKeys && seen[k] {
			return true
		}
		seen[k] = true
	}
	return false
}
