package alibabatest_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// The limits that differ between the document of 2021 and the service of today.
func TestLimits(t *testing.T) {
	const (
		name        = "InvalidName"
		description = "InvalidDescription"
		address     = "InvalidIpAddress.WrongFormat"
		parameter   = "InvalidParameter"
	)
	long := func(n int) string { return strings.Repeat("ä", n) }
	tests := []struct {
		parameter, value string
		then, now        string // the codes by the document of 2021 and by the service of today
	}{
		{"Name", "", "", ""},
		{"Name", "a", name, ""},
		{"Name", "ab", "", ""},
		{"Name", "1.a_b-c", "", ""},
		{"Name", "名前", "", ""},
		{"Name", "a b", name, ""},
		{"Name", "a/b", name, ""},
		{"Name", long(100), "", ""},
		{"Name", long(101), "", name},
		{"Name", long(128), "", name},
		{"Name", long(129), name, name},
		{"Name", "http://x", name, name},
		{"Name", "https://x", name, name},

		{"Description", "", "", ""},
		{"Description", "a", description, ""},
		{"Description", "a b, c!", "", ""},
		{"Description", "中 文", "", ""},
		{"Description", "1st", description, ""},
		{"Description", "-x", description, ""},
		{"Description", long(100), "", ""},
		{"Description", long(256), "", description},
		{"Description", long(257), description, description},
		{"Description", "http://x", description, description},
		{"Description", "see http://x", "", ""},

		{"IpAddress", "10.0.0.1", address, ""},
		{"IpAddress", "172.16.0.1", address, ""},
		{"IpAddress", "172.32.0.1", "", ""},
		{"IpAddress", "192.168.1.1", address, ""},
		{"IpAddress", "100.64.0.1", address, address},
		{"IpAddress", "100.128.0.1", "", ""},
		{"IpAddress", "127.0.0.1", address, address},
		{"IpAddress", "169.254.1.1", address, address},
		{"IpAddress", "224.0.0.1", address, address},
		{"IpAddress", "239.255.255.255", address, address},
		{"IpAddress", "240.0.0.1", address, ""},
		{"IpAddress", "255.255.255.255", address, address},
		{"IpAddress", "0.0.0.0", address, address},
		{"IpAddress", "2001:db8::1", address, address},
		{"IpAddress", "::ffff:203.0.113.1", address, address},
		{"IpAddress", "203.0.113.1/32", address, address},
		{"IpAddress", "203.0.113.01", address, address},
		{"IpAddress", " 203.0.113.1", address, address},
		{"IpAddress", "203.0.113.255", "", ""},

		{"Asn", "", "", ""},
		{"Asn", "1", "", ""},
		{"Asn", "4294967295", "", ""},
		{"Asn", "123.456", "", ""},
		{"Asn", "0", parameter, parameter},
		{"Asn", "0.0", parameter, parameter},
		{"Asn", "4294967296", parameter, parameter},
		{"Asn", "45104", parameter, parameter},
		{"Asn", "0.45104", parameter, parameter},
		{"Asn", "-1", parameter, parameter},

		{"AuthKey", strings.Repeat("k", 64), "", ""},
		{"AuthKey", strings.Repeat("k", 65), parameter, parameter},
		{"AuthKey", "a b", parameter, parameter},
		{"AuthKey", "a?b", parameter, parameter},
		{"AuthKey", "schlüssel", parameter, parameter},

		{"ClientToken", strings.Repeat("t", 64), "", ""},

		{"Tags.1.Key", strings.Repeat("k", 64), "", ""},
		{"Tags.1.Key", strings.Repeat("k", 65), "InvalidTagKey.Malformed", "InvalidTagKey.Malformed"},
		{"Tags.1.Key", "aliyun", "InvalidTagKey.Malformed", "InvalidTagKey.Malformed"},
		{"Tags.1.Key", "a-http://b", "InvalidTagKey.Malformed", "InvalidTagKey.Malformed"},
	}
	for _, test := range tests {
		t.Run(test.parameter+" "+test.value, func(t *testing.T) {
			for current, want := range map[bool]string{false: test.then, true: test.now} {
				h, _ := handler(alibabatest.Options{CurrentLimits: current})
				params := []string{"IpAddress", "203.0.113.9", test.parameter, test.value}
				require.Equal(t, want, call(t, h, createAction, params...).code(), "current: %v", current)
			}
		})
	}
	t.Run("tag values", func(t *testing.T) {
		for n, want := range map[int]string{128: "", 129: "InvalidTagValue.Malformed"} {
			h, _ := handler(alibabatest.Options{})
			got := call(t, h, createAction, "IpAddress", "203.0.113.9", "Tags.1.Key", "k", "Tags.1.Value", strings.Repeat("v", n))
			require.Equal(t, want, got.code())
		}
	})
}

// The emulator applies the rules of package alibaba by code of its own: both agree on the edges of
// every rule, of the document of 2021 and of those of today.
func TestLimitsFollowRules(t *testing.T) {
	followRules(t, alibaba.Rules(), alibabatest.Options{})
	followRules(t, alibaba.CurrentRules(), alibabatest.Options{CurrentLimits: true})
}

func followRules(t *testing.T, rules cgw.Rules, options alibabatest.Options) {
	t.Helper()
	var addresses []string
	for _, p := range alibaba.Rules().IPAddress.Refused { // more than those of today
		first := p.Prefix.Masked().Addr()
		last := first.As4()
		for i := p.Prefix.Bits(); i < 32; i++ {
			last[i/8] |= 0x80 >> (i % 8)
		}
		for _, ip := range []netip.Addr{first.Prev(), first, netip.AddrFrom4(last), netip.AddrFrom4(last).Next()} {
			if ip.IsValid() {
				addresses = append(addresses, ip.String())
			}
		}
	}
	var texts []string
	for _, n := range []int{1, 2, 64, 65, 100, 101, 128, 129, 256, 257} {
		texts = append(texts, strings.Repeat("x", n), strings.Repeat("é", n), strings.Repeat("1", n))
	}
	texts = append(texts, "a b", "a.b_c-d", "-ab", ".ab", "_ab", "a?", "a~", "a/b", "http://ab", "HTTPS://ab", "a http://b", "aliyun", "Aliyun-x", "acs:x", "ACS:x", "x-acs:", "a HTTPS://b")
	probes := map[string][]string{
		"IpAddress": addresses, "Name": texts, "Description": texts, "AuthKey": texts, "ClientToken": texts, "Tags.1.Key": texts, "Tags.1.Value": texts,
		"Asn": {"1", "45103", "45104", "45105", "4294967295"},
	}
	compared := 0
	for field, values := range probes {
		for _, value := range values {
			params := map[string]string{"IpAddress": "203.0.113.9", field: value}
			if field == "Tags.1.Value" {
				params["Tags.1.Key"] = "k"
			}
			req := cgw.CreateRequest{
				IPAddress: netip.MustParseAddr(params["IpAddress"]), Name: params["Name"], Description: params["Description"],
				AuthKey: cgw.Secret(params["AuthKey"]), ClientToken: params["ClientToken"],
			}
			if key, ok := params["Tags.1.Key"]; ok {
				req.Tags = map[string]string{key: params["Tags.1.Value"]}
			}
			if params["Asn"] != "" {
				require.NoError(t, req.ASN.UnmarshalText([]byte(params["Asn"])))
			}
			h, _ := handler(options)
			c := newRaw(createAction)
			for k, v := range params {
				c.params[k] = v
			}
			got := send(t, h, c.rpc())
			require.Equal(t, rules.Validate(req) == nil, got.code() == "", "%s %q: %v, %s", field, value, rules.Validate(req), got.text)
			compared++
		}
	}
	t.Logf("%d values compared", compared)
}
