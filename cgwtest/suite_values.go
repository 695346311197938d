package cgwtest

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/cgw-go/cgw"
)

// The characters of generated texts. Each of wide has several bytes in UTF-8.
const (
	narrow = "abcdefghijklmnopqrstuvwxyz0123456789"
	wide   = "网关é日本ñßΩя"
)

// text returns a text that the rule accepts, of n characters or of the rule's maximum: start, and
// then characters of the alphabet, without those that the rule refuses.
func text(rule cgw.TextRule, start string, n int, alphabet string) string {
	if rule.Max > 0 {
		n = min(n, rule.Max)
	}
	return textOfLength(rule, start, n, alphabet)
}

// textOfLength is text without the limits of the length.
func textOfLength(rule cgw.TextRule, start string, n int, alphabet string) string {
	fit := func(c rune) rune {
		if !allowed(rule, c) {
			return -1
		}
		return c
	}
	chars := []rune(strings.Map(fit, start))
	filler := []rune(strings.Map(fit, alphabet))
	if len(filler) == 0 {
		filler = []rune("a")
	}
	for i := 0; len(chars) < n; i++ {
		chars = append(chars, filler[i%len(filler)])
	}
	return string(chars[:n])
}

// allowed reports whether the rule accepts the character at any position.
func allowed(rule cgw.TextRule, c rune) bool {
	switch {
	case rule.Word && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(rule.Marks, c):
		return false
	case rule.ASCII && (c < ' ' || c > '~'):
		return false
	}
	return !strings.ContainsRune(rule.Except, c)
}

// someTags returns a few tags that the rule accepts. Some are not ASCII.
func someTags(rule cgw.TagRule) map[string]string {
	tags := make(map[string]string)
	for _, kv := range [][2]string{{"env", "test"}, {"城市", "上海"}, {"team", "net ops"}, {"empty", ""}} {
		if rule.MaxCount > 0 && len(tags) == rule.MaxCount {
			break
		}
		tags[kv[0]] = kv[1]
	}
	return tags
}

// nTags returns n tags.
func nTags(n int) map[string]string {
	tags := make(map[string]string, n)
	for i := range n {
		tags[fmt.Sprintf("key%d", i)] = fmt.Sprintf("value%d", i)
	}
	return tags
}

// authKey returns a key that the rules accept, and that is part of no other text.
func authKey(r cgw.Rules) cgw.Secret {
	return cgw.Secret(text(r.AuthKey, "Qx7Zk9Wv3Jp5", 12, narrow))
}

// textField is a text field of the requests, with functions that set it.
type textField struct {
	name   string
	rule   cgw.TextRule
	kind   error
	create func(*cgw.CreateRequest, string)
	update func(*cgw.UpdateRequest, string) // nil: cannot be updated
}

// textFields returns the text fields of the requests in field order.
func textFields(r cgw.Rules) []textField {
	return []textField{
		{
			"Name", r.Name, cgw.ErrInvalidName,
			func(c *cgw.CreateRequest, s string) { c.Name = s },
			func(u *cgw.UpdateRequest, s string) { u.Name = &s },
		},
		{
			"Description", r.Description, cgw.ErrInvalidDescription,
			func(c *cgw.CreateRequest, s string) { c.Description = s },
			func(u *cgw.UpdateRequest, s string) { u.Description = &s },
		},
		{
			"ResourceGroupID", r.ResourceGroupID, cgw.ErrInvalidArgument,
			func(c *cgw.CreateRequest, s string) { c.ResourceGroupID = s }, nil,
		},
		{
			"AuthKey", r.AuthKey, cgw.ErrInvalidArgument,
			func(c *cgw.CreateRequest, s string) { c.AuthKey = cgw.Secret(s) },
			func(u *cgw.UpdateRequest, s string) { k := cgw.Secret(s); u.AuthKey = &k },
		},
		{
			"ClientToken", r.ClientToken, cgw.ErrInvalidArgument,
			func(c *cgw.CreateRequest, s string) { c.ClientToken = s }, nil,
		},
	}
}
