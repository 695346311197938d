package cgw_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// FuzzValidate holds the answer of Validate against the same rules, told one by one.
func FuzzValidate(f *testing.F) {
	v := valid()
	f.Add("203.0.113.7", v.Name, v.Description, uint32(64512), "env", "prod", v.ResourceGroupID, "hunter2", v.ClientToken, uint8(0))
	f.Add("127.0.0.1", "http://", "1", uint32(45104), "aliyun", "http://x", "é", "?", "\n", uint8(1))
	f.Add("fe80::1%\n", "\xff", "\u202e", uint32(0), "", "", "\x00", "", "", uint8(2))
	f.Add("", "", "", uint32(0), "", "", "", "", "", uint8(3))
	f.Add("203.0.113.7", "a\n", "\u3000", uint32(1), "env", "a\u0301", "\t", "a\x00bc", "\u2028", uint8(129))
	f.Add("203.0.113.7", "name", "text", uint32(1), "env", "prod", "rg", "hunter2", "t", uint8(130))
	f.Fuzz(func(t *testing.T, ip, name, description string, asn uint32, key, value, group, secret, token string, which uint8) {
		addr, _ := netip.ParseAddr(ip)
		req := cgw.CreateRequest{
			IPAddress: addr, Name: name, Description: description, ASN: cgw.ASN(asn), Tags: map[string]string{key: value},
			ResourceGroupID: group, AuthKey: cgw.Secret(secret), ClientToken: token,
		}
		if which >= 128 {
			req.Tags[strings.ToUpper(key)] = value
		}
		other := strict()
		other.Description.Unsupported, other.Name.Max, other.ASN.Immutable = true, 5, true
		rules := []cgw.Rules{strict(), {}, strict().Minimal(), other, cgw.Portable(strict(), other)}
		r := rules[int(which)%len(rules)]
		update := cgw.UpdateRequest{Name: &name, Description: &description, ASN: &req.ASN, AuthKey: &req.AuthKey, Tags: req.Tags}

		if err := r.Validate(req); err != nil {
			requireHonest(t, err, secret)
		} else {
			requireAccepted(t, r, req)
		}
		if err := r.ValidateUpdate(update); err != nil {
			requireHonest(t, err, secret)
		} else {
			require.False(t, r.ASN.Immutable)
			require.False(t, r.ASN.Permanent && asn == 0)
			requireText(t, r.Name, name)
			requireText(t, r.Description, description)
			requireText(t, r.AuthKey, secret)
			requireTag(t, r.Tags, key, value)
		}
	})
}

// requireHonest asks that a refusal be fit to print, and tell of the secret no more than the
// rule that it breaks.
func requireHonest(t *testing.T, err error, secret string) {
	t.Helper()
	for _, f := range faultsOf(t, err) {
		if f.field != "AuthKey" {
			continue
		}
		require.Equal(t, cgw.Secret(secret).String(), f.value)
		reason, _, _ := strings.Cut(strings.TrimPrefix(f.reason, "refused by example: "), ", has ")
		require.Contains(t, []string{
			"is not valid UTF-8", "must have at least 4 characters", "must have at most 16 characters",
			"must not contain characters other than the documented ones", "must not start with a refused prefix",
			"must not be white space alone",
		}, reason)
	}
}

func requireAccepted(t *testing.T, r cgw.Rules, req cgw.CreateRequest) {
	t.Helper()
	ip := req.IPAddress.Unmap()
	require.True(t, ip.IsValid())
	require.False(t, r.IPAddress.IPv4Only && !ip.Is4())
	for _, p := range r.IPAddress.Refused {
		require.False(t, p.Prefix.Contains(ip))
	}
	if r.IPAddress.ClassfulHost {
		for _, class := range []struct{ prefix, host string }{
			{"0.0.0.0/1", "0.255.255.255"}, {"128.0.0.0/2", "0.0.255.255"}, {"192.0.0.0/3", "0.0.0.255"},
		} {
			if netip.MustParsePrefix(class.prefix).Contains(ip) {
				mask, host := netip.MustParseAddr(class.host).As4(), ip.As4()
				for i := range host {
					host[i] &= mask[i]
				}
				require.NotEqual(t, mask, host)
				require.NotEqual(t, [4]byte{}, host)
			}
		}
	}
	require.NotContains(t, r.ASN.Reserved, req.ASN)
	for _, x := range []struct {
		rule cgw.TextRule
		text string
	}{
		{r.Name, req.Name},
		{r.Description, req.Description},
		{r.ResourceGroupID, req.ResourceGroupID},
		{r.AuthKey, req.AuthKey.Reveal()},
		{r.ClientToken, req.ClientToken},
	} {
		if x.text == "" {
			require.False(t, x.rule.Required)
			continue
		}
		requireText(t, x.rule, x.text)
	}
	for k, v := range req.Tags {
		requireTag(t, r.Tags, k, v)
		for o := range req.Tags {
			require.False(t, r.Tags.FoldKeys && o != k && strings.EqualFold(o, k), "%q", req.Tags)
		}
	}
}

func requireText(t *testing.T, rule cgw.TextRule, s string) {
	t.Helper()
	chars := []rune(s)
	require.False(t, rule.Unsupported)
	require.True(t, utf8.ValidString(s))
	require.GreaterOrEqual(t, len(chars), rule.Min)
	if rule.Max > 0 {
		require.LessOrEqual(t, len(chars), rule.Max)
	}
	require.False(t, len(chars) > 0 && strings.TrimFunc(s, unicode.IsSpace) == "", "%q", s)
	for _, c := range chars {
		require.False(t, unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp), "%q", c)
		require.False(t, rule.Word && !unicode.In(c, unicode.L, unicode.Nd) && !strings.ContainsRune(rule.Marks, c), "%q", c)
		require.False(t, rule.ASCII && (c < 0x20 || c > 0x7e), "%q", c)
		require.NotContains(t, []rune(rule.Except), c)
	}
	if rule.LeadingLetter && len(chars) > 0 {
		require.True(t, unicode.Is(unicode.L, chars[0]))
	}
	requireNoPrefix(t, s, rule.NotPrefixes)
}

func requireTag(t *testing.T, rule cgw.TagRule, key, value string) {
	t.Helper()
	require.False(t, rule.Unsupported)
	require.NotEmpty(t, key)
	require.True(t, utf8.ValidString(key) && utf8.ValidString(value))
	if rule.MaxKey > 0 {
		require.LessOrEqual(t, len([]rune(key)), rule.MaxKey)
	}
	if rule.MaxValue > 0 {
		require.LessOrEqual(t, len([]rune(value)), rule.MaxValue)
	}
	requireText(t, cgw.TextRule{Word: rule.Word, Marks: rule.Marks}, key)
	requireText(t, cgw.TextRule{Word: rule.Word, Marks: rule.Marks}, value)
	requireNoPrefix(t, key, rule.NotKeyPrefixes)
	requireNoPrefix(t, value, rule.NotValuePrefixes)
	for _, s := range []string{key, value} {
		for i := range s {
			requireNoPrefix(t, s[i:], rule.NotContains)
		}
		require.False(t, rule.Trimmed && (strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ")), "%q", s)
	}
}

func requireNoPrefix(t *testing.T, s string, prefixes []string) {
	t.Helper()
	lower := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
	for _, p := range prefixes {
		require.False(t, strings.HasPrefix(lower, p), "%q starts with %q", s, p)
	}
}
