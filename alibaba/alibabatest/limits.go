package alibabatest

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cgw-go/cgw"
)

// validName checks a name that is not empty against the document of CreateCustomerGateway
// (2021), or against the service of today. The document's letters are those of any script.
func validName(s string, current bool) bool {
	if current {
		return length(s, 1, 100) && !web(s)
	}
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("._-", c) {
			return false
		}
	}
	return length(s, 2, 128) && !web(s)
}

// validDescription is validName for descriptions.
func validDescription(s string, current bool) bool {
	if current {
		return length(s, 1, 100) && !web(s)
	}
	first, _ := utf8.DecodeRuneInString(s)
	return length(s, 2, 256) && unicode.IsLetter(first) && !web(s)
}

// validAuthKey checks an AuthKey that is not empty: 1 to 64 characters of ASCII, no space, no
// question mark, in the API of today. The 2021 document has no such parameter.
func validAuthKey(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || c == '?' {
			return false
		}
	}
	return length(s, 1, 64)
}

func length(s string, low, high int) bool {
	n := utf8.RuneCountInString(s)
	return low <= n && n <= high
}

func web(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// noDevice are the ranges that the API of today refuses, and the unspecified network.
// notPublic are the further ones that are no public addresses, which the 2021 document asks
// for. The documentation ranges of RFC 5737 are taken, for the sake of tests.
func noDevice() []string {
	return []string{"0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8"}
}

func notPublic() []string {
	return []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "240.0.0.0/4"}
}

// validAddress checks the address of a device, in dotted form.
func validAddress(s string, current bool) bool {
	ip, err := netip.ParseAddr(s)
	if err != nil || !ip.Is4() {
		return false
	}
	refused := noDevice()
	if !current {
		refused = append(refused, notPublic()...)
	}
	for _, p := range refused {
		if netip.MustParsePrefix(p).Contains(ip) {
			return false
		}
	}
	return true
}

// aliyunASN is the vendor's own number, which the API of today refuses.
const aliyunASN = 45104

// parseASN takes 1 to 4294967295, plain or dotted, as the API of today does.
func parseASN(s string) (uint32, bool) {
	asn, err := cgw.ParseASN(s)
	return uint32(asn), err == nil && asn != 0 && asn != aliyunASN
}

// The limits of tags in the API of today.
const (
	maxTags     = 20
	maxTagKey   = 64
	maxTagValue = 128
)

func validTagKey(s string) bool { return length(s, 1, maxTagKey) && validTagText(s) }

func validTagValue(s string) bool { return length(s, 0, maxTagValue) && validTagText(s) }

func validTagText(s string) bool {
	return !strings.HasPrefix(s, "aliyun") && !strings.HasPrefix(s, "acs:") &&
		!strings.Contains(s, "http://") && !strings.Contains(s, "https://")
}
