package tencenttest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wideTagMarks may be in a tag besides those of tencent.Rules: the same marks in the wide form
// (Tencent Cloud document "Tag: Use Limits", 2025-09-02).
const wideTagMarks = "【】：（）＋－＝／＠"

// vpcTag is a tag in the parameters of the vpc service.
type vpcTag struct {
	Key   string `param:"Key,present"`
	Value string `param:"Value"`
}

// tagFault is a fault of a tag, for both services.
type tagFault uint8

const (
	tagFine tagFault = iota
	tagKeyEmpty
	tagKeyLong
	tagKeyCharacter
	tagKeyReserved
	tagKeyTwice
	tagValueEmpty
	tagValueLong
	tagValueCharacter
	tagTooMany
)

// tagCode is the code that each of the services answers to a fault.
type tagCode struct{ vpc, tag string }

func (f tagFault) code() tagCode {
	return [...]tagCode{
		tagKeyEmpty:       {"InvalidParameterValue.TagInvalidKey", "InvalidParameterValue.TagKeyEmpty"},
		tagKeyLong:        {"InvalidParameterValue.TagInvalidKeyLen", "InvalidParameterValue.TagKeyLengthExceeded"},
		tagKeyCharacter:   {"InvalidParameterValue.TagInvalidKey", "InvalidParameterValue.TagKeyCharacterIllegal"},
		tagKeyReserved:    {"UnsupportedOperation.TagSystemReservedTagKey", "InvalidParameter.ReservedTagKey"},
		tagKeyTwice:       {"InvalidParameterValue.TagDuplicateKey", "InvalidParameterValue.TagKeyDuplicate"},
		tagValueEmpty:     {"InvalidParameterValue.TagInvalidVal", "InvalidParameterValue.TagValueEmpty"},
		tagValueLong:      {"InvalidParameterValue.TagInvalidVal", "InvalidParameterValue.TagValueLengthExceeded"},
		tagValueCharacter: {"InvalidParameterValue.TagInvalidVal", "InvalidParameterValue.TagValueCharacterIllegal"},
		tagTooMany:        {"LimitExceeded.TagKeyPerResourceExceeded", "LimitExceeded.ResourceAttachedTags"},
	}[f]
}

// checkTag finds what is wrong with a tag.
func (h *handler) checkTag(key, value string) tagFault {
	rule := h.rules.Tags
	switch {
	case key == "":
		return tagKeyEmpty
	case utf8.RuneCountInString(key) > rule.MaxKey:
		return tagKeyLong
	case slices.ContainsFunc(rule.NotKeyPrefixes, func(prefix string) bool { return strings.HasPrefix(strings.ToLower(key), prefix) }):
		return tagKeyReserved
	case !tagText(key, rule.Marks):
		return tagKeyCharacter
	case value == "" && h.o.RefuseEmptyTagValues:
		return tagValueEmpty
	case utf8.RuneCountInString(value) > rule.MaxValue:
		return tagValueLong
	case !tagText(value, rule.Marks):
		return tagValueCharacter
	}
	return tagFine
}

// tagText reports whether the characters may be in a tag: letters and digits of any script, some
// marks, and spaces except at the ends.
func tagText(s, marks string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(marks+wideTagMarks, r) {
			return false
		}
	}
	return strings.Trim(s, " ") == s
}

// newTags checks the tags of a gateway that is to be created.
func (h *handler) newTags(list []vpcTag) (map[string]string, *serviceError) {
	tags := map[string]string{}
	for _, t := range list {
		fault := h.checkTag(t.Key, t.Value)
		if _, twice := tags[t.Key]; twice {
			fault = tagKeyTwice
		}
		tags[t.Key] = t.Value
		if fault == tagFine && len(tags) > h.o.MaxTags {
			fault = tagTooMany
		}
		if fault != tagFine {
			return nil, refuse(fault.code().vpc, "the tag with key %q is refused", t.Key)
		}
	}
	return tags, nil
}
