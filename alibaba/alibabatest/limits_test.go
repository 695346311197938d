package alibabatest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
