package tencenttest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of tags (Tencent Cloud document "Tag: Use Limits", 2025-09-02).
const (
	maxTagKey   = 127 // characters
	maxTagValue = 255 // characters
	tagMarks    = "+-=._:/@()[],;><【】：（）＋－＝／＠"
)

// vpcTag is a tag in the parameters of the vpc service.
type vpcTag struct {
	Key   string `param:"Key"`
	Value string `param:"Value"`
}

// tagFault is what is wrong with a tag, in the terms of both services.
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
	switch {
	case key == "":
		return tagKeyEmpty
	case utf8.RuneCountInString(key) > maxTagKey:
		return tagKeyLong
	case reservedKey(key):
		return tagKeyReserved
	case !tagText(key):
		return tagKeyCharacter
	case value == "" && h.o.RefuseEmptyTagValues:
		return tagValueEmpty
	case utf8.RuneCountInString(value) > maxTagValue:
		return tagValueLong
	case !tagText(value):
		return tagValueCharacter
	}
	return tagFine
}

// tagText reports whether the characters may be in a tag: letters and digits of any script,
// some marks, and spaces but not at the ends.
func tagText(s string) bool {
	for _, r := range s {
		if r != ' ' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(tagMarks, r) {
			return false
		}
	}
	return strings.Trim(s, " ") == s
}

// reservedKey reports whether a key is kept for the vendor: the document of the limits names
// qcs:, project and its Chinese word, the SDK's text on the code the others.
func reservedKey(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc([]string{"qcs:", "qcloud", "tencent", "project", "项目"}, func(prefix string) bool {
		return strings.HasPrefix(key, prefix)
	})
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
