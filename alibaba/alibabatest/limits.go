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

// The limits are data: those of the vendor's documents as package alibaba has them, or those of
// today. How they are applied is this package's own code, so that it is no echo of the checks
// that it tests.

// limits returns the limits to enforce.
func (o Options) limits() cgw.Rules {
	if o.CurrentLimits {
		return currentLimits()
	}
	return alibaba.Rules()
}

// currentLimits are those of the service of today, by the comments of the vendor's Go SDK
// v7.0.0: 1 to 100 characters of any kind, private addresses too. That 0.0.0.0/8 is refused is
// supposed: no device has such an address.
func currentLimits() cgw.Rules {
	r := alibaba.Rules()
	text := cgw.TextRule{Min: 1, Max: 100, NotPrefixes: []string{"http://", "https://"}}
	r.Name, r.Description = text, text
	r.IPAddress.Refused = nil
	for _, p := range []string{"0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8"} {
		r.IPAddress.Refused = append(r.IPAddress.Refused, cgw.RefusedPrefix{Prefix: netip.MustParsePrefix(p)})
	}
	return r
}

// fits checks a text that is given, if it is empty too.
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

// startsWith compares whatever the case of the letters.
func startsWith(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) })
}

// validAddress checks the address of a device, in dotted form.
func validAddress(a cgw.AddressRule, s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is4() &&
		!slices.ContainsFunc(a.Refused, func(p cgw.RefusedPrefix) bool { return p.Prefix.Contains(ip) })
}

// aliyunASN is the vendor's own number.
const aliyunASN = 45104

// parseASN takes 1 to 4294967295, plain or dotted, as the API of today does.
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
