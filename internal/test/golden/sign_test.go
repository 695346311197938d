package golden

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The signatures of the two clouds, written from the vendors' descriptions of the algorithms and
// sharing no code with the SDKs and the emulators.

// signature is what a signer makes on the way to the header or parameter, which is value.
type signature struct{ canonical, toSign, value string }

// tc3 is a request to be signed with TC3-HMAC-SHA256.
type tc3 struct {
	id, key, service        string
	unix                    int64
	host, contentType, body string
}

func (r tc3) sign() signature {
	date := time.Unix(r.unix, 0).UTC().Format(time.DateOnly)
	scope := date + "/" + r.service + "/tc3_request"
	const headers = "content-type;host"
	canonical := "POST\n/\n\ncontent-type:" + r.contentType + "\nhost:" + r.host + "\n\n" + headers + "\n" + sha(r.body)
	toSign := "TC3-HMAC-SHA256\n" + strconv.FormatInt(r.unix, 10) + "\n" + scope + "\n" + sha(canonical)
	key := []byte("TC3" + r.key)
	for _, step := range []string{date, r.service, "tc3_request"} {
		key = mac(sha256.New, key, step)
	}
	value := "TC3-HMAC-SHA256 Credential=" + r.id + "/" + scope + ", SignedHeaders=" + headers +
		", Signature=" + hex.EncodeToString(mac(sha256.New, key, toSign))
	return signature{canonical, toSign, value}
}

// acs3 is a request without a body to be signed with ACS3-HMAC-SHA256.
type acs3 struct {
	id, key string
	query   url.Values
	headers map[string]string // all that are signed, host included, by lower-case name
}

func (r acs3) sign() signature {
	names := slices.Sorted(maps.Keys(r.headers))
	canonical := "POST\n/\n" + strict(r.query) + "\n"
	for _, name := range names {
		canonical += name + ":" + r.headers[name] + "\n"
	}
	signed := strings.Join(names, ";")
	canonical += "\n" + signed + "\n" + r.headers["x-acs-content-sha256"]
	toSign := "ACS3-HMAC-SHA256\n" + sha(canonical)
	value := "ACS3-HMAC-SHA256 Credential=" + r.id + ",SignedHeaders=" + signed +
		",Signature=" + hex.EncodeToString(mac(sha256.New, []byte(r.key), toSign))
	return signature{canonical, toSign, value}
}

// rpc signs the parameters of a GET with the RPC signature, version 1.0.
func rpc(key string, query url.Values) signature {
	canonical := strict(query)
	toSign := "GET&%2F&" + escape(canonical)
	return signature{canonical, toSign, base64.StdEncoding.EncodeToString(mac(sha1.New, []byte(key+"&"), toSign))}
}

// strict encodes a query in order and as RFC 3986 has it.
func strict(query url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			pairs = append(pairs, escape(name)+"="+escape(value))
		}
	}
	return strings.Join(pairs, "&")
}

func escape(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

func mac(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// The signers against values that other programs have computed: the first with another language,
// the others printed in the vendor's descriptions of the two signatures.
func TestSigners(t *testing.T) {
	s := knownVector().sign()
	require.Equal(t, "05423c399a43ae5dd720d6ac6063082be5e70b1d53ece685ab290582843094b0", sha(s.canonical))
	require.True(t, strings.HasSuffix(s.value, "=e88c7e4a797142925ec8454765c8d0268212467c6c328432fd9943036ba5bcae"), s.value)

	s = acs3{
		id: "YourAccessKeyId", key: "YourAccessKeySecret",
		query: url.Values{"ImageId": {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}, "RegionId": {"cn-shanghai"}},
		headers: map[string]string{
			"host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-version": "2014-05-26",
			"x-acs-content-sha256": sha(""), "x-acs-date": "2023-10-26T10:22:32Z",
			"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
		},
	}.sign()
	require.Equal(t, "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259", sha(s.canonical))
	require.True(t, strings.HasSuffix(s.value, "=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"), s.value)

	s = rpc("testsecret", url.Values{
		"Action": {"DescribeRegions"}, "Version": {"2014-05-26"}, "Format": {"XML"}, "AccessKeyId": {"testid"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "Timestamp": {"2016-02-23T12:46:24Z"},
		"SignatureNonce": {"3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"},
	})
	require.Equal(t, "OLeaidS1JvxuMvnyHOwuJ+uX5qY=", s.value)
}

// knownVector is a request whose signature was computed with another program.
func knownVector() tc3 {
	return tc3{
		id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", key: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
		service: "vpc", unix: 1551113065, host: "vpc.tencentcloudapi.com", contentType: "application/json",
		body: `{"CustomerGatewayName":"test-cgw","IpAddress":"58.211.1.12"}`,
	}
}
