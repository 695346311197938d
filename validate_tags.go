package cgw

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tags checks a set of tags. If given is set, an empty set counts as a value, as in text.
func (c *checker) tags(t *TagRule, tags map[string]string, given bool) {
	if t.Unsupported && (given || len(tags) > 0) {
		c.faults.Add(fieldTags, "", c.name()+" has no tags: leave them empty", t.Source, ErrUnsupported)
		return
	}
	if t.MaxCount > 0 && len(tags) > t.MaxCount {
		c.faults.Add(fieldTags, strconv.Itoa(len(tags)), "must be at most "+strconv.Itoa(t.MaxCount), t.Source, ErrInvalidTag)
	}
	bad := false
	for k, v := range tags {
		bad = bad || t.fault(k, v) != "" || t.twin(tags, k) != ""
	}
	if !bad { // the usual case, without the allocation of sorting
		return
	}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if reason := t.fault(k, tags[k]); reason != "" {
			c.faults.Add(fieldTags, k, reason, t.Source, ErrInvalidTag)
		} else if other := t.twin(tags, k); other != "" {
			reason := "key differs from " + quote(clip(other)) + " only in upper and lower case"
			c.faults.Add(fieldTags, k, reason, t.FoldKeysSource, ErrInvalidTag)
		}
	}
}

// tagFilter checks the tags of a Filter.
func (c *checker) tagFilter(tags map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		if reason := garbled(k); reason != "" {
			c.faults.Add(fieldTags, k, "key "+reason, "", ErrInvalidTag)
		} else if reason := garbled(tags[k]); reason != "" {
			c.faults.Add(fieldTags, k, "value "+reason, "", ErrInvalidTag)
		}
	}
}

// twin returns the first key, in sorted order, that comes before key and differs from it only in
// upper and lower case. It returns "" if there is none, or if FoldKeys is not set. It also returns
// "" for more tags than MaxCount: these are refused anyway, and comparing each with all others
// would be slow.
func (t *TagRule) twin(tags map[string]string, key string) string {
	first := ""
	if !t.FoldKeys || (t.MaxCount > 0 && len(tags) > t.MaxCount) {
		return first
	}
	for k := range tags {
		if k < key && strings.EqualFold(k, key) && (first == "" || k < first) {
			first = k
		}
	}
	return first
}

// fault returns what is wrong with a tag, or "".
func (t TagRule) fault(key, value string) string {
	switch {
	case key == "":
		return "key is empty"
	case !utf8.ValidString(key) || !utf8.ValidString(value):
		return "is not valid UTF-8"
	case t.MaxKey > 0 && utf8.RuneCountInString(key) > t.MaxKey:
		return "key must have at most " + strconv.Itoa(t.MaxKey) + " characters"
	case t.MaxValue > 0 && utf8.RuneCountInString(value) > t.MaxValue:
		return "value must have at most " + strconv.Itoa(t.MaxValue) + " characters"
	}
	word := TextRule{Word: t.Word, Marks: t.Marks}
	if c, ok := word.misfit(key); ok {
		return "key must not contain " + quoteRune(c)
	}
	if c, ok := word.misfit(value); ok {
		return "value must not contain " + quoteRune(c)
	}
	if p, ok := prefixOf(key, t.NotKeyPrefixes); ok {
		return "key must not start with " + p
	}
	if p, ok := prefixOf(value, t.NotValuePrefixes); ok {
		return "value must not start with " + p
	}
	for _, s := range []struct{ what, text string }{{"key", key}, {"value", value}} {
		if blank(s.text) {
			return s.what + " " + onlySpace
		}
		if p, ok := part(s.text, t.NotContains); ok {
			return s.what + " must not contain " + p
		}
		if t.Trimmed && strings.Trim(s.text, " ") != s.text {
			return s.what + " must not start or end with a space"
		}
	}
	return ""
}

// part returns the one of parts that s contains, in upper or lower case.
func part(s string, parts []string) (string, bool) {
	for i := range s {
		if p, ok := prefixOf(s[i:], parts); ok {
			return p, true
		}
	}
	return "", false
}

// prefixOf returns the prefix that s starts with, in upper or lower case.
func prefixOf(s string, prefixes []string) (string, bool) {
	for _, p := range prefixes {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return p, true
		}
	}
	return "", false
}
