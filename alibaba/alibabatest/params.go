package alibabatest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// params are the parameters of a request, from its query and its form.
type params map[string]string

// add adds the parameters of an encoded query or form. The service has no parameter that may be
// given twice.
func (p params) add(encoded string) *refusal {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return refusef("InvalidParameter", "The parameters cannot be decoded.")
	}
	for name, v := range values {
		if _, twice := p[name]; twice || len(v) != 1 || !utf8.ValidString(name) || !utf8.ValidString(v[0]) {
			return invalid(name)
		}
		p[name] = v[0]
	}
	return nil
}

// number returns a whole number from low to high, or the default if it is not given.
func (p params) number(name string, low, high, def int) (int, *refusal) {
	s, ok := p[name]
	if !ok {
		return def, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, invalid(name)
	}
	return n, nil
}

// list returns the values of NAME.1, NAME.2 and so on.
func (p params) list(name string) []string {
	var list []string
	for _, n := range p.indices(name + ".") {
		list = append(list, p[name+"."+strconv.Itoa(n)])
	}
	return list
}

// indices returns, in order, the numbers N of the parameters that start with PREFIX N.
func (p params) indices(prefix string) []int {
	var all []int
	for name := range p {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if n, ok := index(number); ok {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// index reads the N of a flattened list: the service counts from 1.
func index(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && strconv.Itoa(n) == s
}

// pattern returns the parameter's name as an operation lists it: Tag.7.Key is Tag.N.Key.
func pattern(name string) string {
	if !strings.Contains(name, ".") {
		return name
	}
	parts := strings.Split(name, ".")
	for i, s := range parts {
		if _, ok := index(s); ok && i > 0 {
			parts[i] = "N"
		}
	}
	return strings.Join(parts, ".")
}

// commonParams are the parameters that every operation accepts: those of the RPC protocol, and
// those that the vendor's clients may add to any request, which are ignored here.
func commonParams() []string {
	return []string{
		"Action", "Version", "Format", "RegionId",
		"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "SignatureType",
		"Timestamp", "SecurityToken",
		"OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount",
		"SourceIp", "SecureTransport",
	}
}

// unknown returns the first parameter, in the order of names, that the operation does not
// accept.
func (p params) unknown(known map[string]bool) (string, bool) {
	first, found := "", false
	for name := range p {
		if !known[pattern(name)] && (!found || name < first) {
			first, found = name, true
		}
	}
	return first, found
}
