package tencenttest

import (
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
	Key   string `param:"Key,required"`
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

// The code that each of the services answers to a fault.
func vpcTagCode(f tagFault) string {
	return [...]string{
		tagKeyEmpty:       "InvalidParameterValue.TagInvalidKey",
		tagKeyLong:        "InvalidParameterValue.TagInvalidKeyLen",
		tagKeyCharacter:   "InvalidParameterValue.TagInvalidKey",
		tagKeyReserved:    "UnsupportedOperation.TagSystemReservedTagKey",
		tagKeyTwice:       "InvalidParameterValue.TagDuplicateKey",
		tagValueEmpty:     "InvalidParameterValue.TagInvalidVal",
		tagValueLong:      "InvalidParameterValue.TagInvalidVal",
		tagValueCharacter: "InvalidParameterValue.TagInvalidVal",
		tagTooMany:        "LimitExceeded.TagKeyPerResourceExceeded",
	}[f]
}

// checkTag finds what is wrong with a tag.
func (h *handler) checkTag(key, value string) tagFault {
	switch {
	case key == "":
		return tagKeyEmpty
	case utf8.RuneCountInString(key) > maxTagKey:
		return tagKeyLong
	case strings.HasPrefix(key, "qcs:"), strings.HasPrefix(key, "project"), strings.HasPrefix(key, "项目"):
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
			return nil, refuse(vpcTagCode(fault), "the tag with key %q is refused", t.Key)
		}
	}
	return tags, nil
}

func (h *handler) tagActions() map[string]action { return nil }
