package tencent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

// ownAddresses are those that other clouds take or refuse otherwise.
func ownAddresses() map[string]string {
	return map[string]string{
		"58.0.0.0": "has a host part", "58.255.255.255": "has a host part", "128.1.0.0": "has a host part", "191.1.255.255": "has a host part",
		"203.0.113.0": "has a host part", "203.0.113.255": "has a host part", "58.211.1.0": "", "150.1.1.255": "",
	}
}

func fieldCases() []providertest.FieldCase {
	wide := strings.Repeat("网", 60)
	return []providertest.FieldCase{
		{Name: "no name", Change: providertest.Named(""), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "one character", Change: providertest.Named("x")},
		{Name: "any characters", Change: providertest.Named(" a/b:c\u0301\U0001f600")},
		{Name: "NUL", Change: providertest.Named(" a/b:c\u0000\U0001f600"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "line end", Change: providertest.Named("office\n"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "white space alone", Change: providertest.Named("   "), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "60 characters of three bytes", Change: providertest.Named(wide)},
		{Name: "61 characters", Change: providertest.Named(wide + "x"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "not UTF-8", Change: providertest.Named("a\xff"), Field: "Name", Kind: cgw.ErrInvalidName},
		{Name: "description", Change: func(r *cgw.CreateRequest) { r.Description = "d" }, Field: "Description", Kind: cgw.ErrUnsupported},
		{Name: "resource group", Change: func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg-1" }, Field: "ResourceGroupID", Kind: cgw.ErrUnsupported},
		{Name: "AuthKey", Change: func(r *cgw.CreateRequest) { r.AuthKey = "k" }, Field: "AuthKey", Kind: cgw.ErrUnsupported},
		{Name: "token", Change: func(r *cgw.CreateRequest) { r.ClientToken = "t" }, Field: "ClientToken", Kind: cgw.ErrUnsupported},
		{Name: "reserved ASN", Change: providertest.Numbered(139341), Field: "ASN", Kind: cgw.ErrInvalidASN},
		{Name: "reserved ASN", Change: providertest.Numbered(45090), Field: "ASN", Kind: cgw.ErrInvalidASN},
		{Name: "reserved ASN", Change: providertest.Numbered(58835), Field: "ASN", Kind: cgw.ErrInvalidASN},
		{Name: "the other cloud's", Change: providertest.Numbered(45104)},
		{Name: "50 tags", Change: providertest.Tags(50)},
		{Name: "51 tags", Change: providertest.Tags(51), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "key of 127", Change: providertest.Tagged(strings.Repeat("网", 127), "")},
		{Name: "key of 128", Change: providertest.Tagged(strings.Repeat("k", 128), ""), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "value of 255", Change: providertest.Tagged("k", strings.Repeat("网", 255))},
		{Name: "value of 256", Change: providertest.Tagged("k", strings.Repeat("v", 256)), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "line end in a value", Change: providertest.Tagged("k", "v\r\n"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "white space alone for a value", Change: providertest.Tagged("k", "  "), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "keys that differ in case", Change: func(r *cgw.CreateRequest) { r.Tags = map[string]string{"Env": "a", "env": "b"} }},
		{Name: "reserved key", Change: providertest.Tagged("qcs:x", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "reserved key", Change: providertest.Tagged("QCloudX", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "reserved key", Change: providertest.Tagged("tencent", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "reserved key", Change: providertest.Tagged("project", "v"), Field: "Tags", Kind: cgw.ErrInvalidTag},
		{Name: "not UTF-8", Change: providertest.Tagged("k", "\xff"), Field: "Tags", Kind: cgw.ErrInvalidTag},
	}
}

// updateCases are what can be changed, and what cannot.
func updateCases() []providertest.UpdateCase {
	text, empty, key := "d", "", cgw.Secret("k")
	none, some, reserved := cgw.ASN(0), cgw.ASN(65001), cgw.ASN(45090)
	return []providertest.UpdateCase{
		{Name: "ASN", Update: cgw.UpdateRequest{ASN: &some}},
		{Name: "no ASN", Update: cgw.UpdateRequest{ASN: &none}, Field: "ASN", Kind: cgw.ErrUnsupported},
		{Name: "reserved ASN", Update: cgw.UpdateRequest{ASN: &reserved}, Field: "ASN", Kind: cgw.ErrInvalidASN},
		{Name: "description", Update: cgw.UpdateRequest{Description: &text}, Field: "Description", Kind: cgw.ErrUnsupported},
		{Name: "empty description", Update: cgw.UpdateRequest{Description: &empty}, Field: "Description", Kind: cgw.ErrUnsupported},
		{Name: "AuthKey", Update: cgw.UpdateRequest{AuthKey: &key}, Field: "AuthKey", Kind: cgw.ErrUnsupported},
	}
}

// TestModes has the rules of the three modes of validation.
func TestModes(t *testing.T) {
	require.Equal(t, tencent.Rules(), tencent.CurrentRules())
	require.Nil(t, tencent.Rules().Current, "the documents of today say nothing else")
	minimal := tencent.Rules().Minimal()
	for name, ok := range map[string]bool{
		strings.Repeat("x", 61): true, "": false, "office\n": false, "   ": false, "a\x00": false,
	} {
		req := providertest.Request()
		req.Name = name
		require.Equal(t, ok, minimal.Validate(req) == nil, "%q", name)
	}
}
