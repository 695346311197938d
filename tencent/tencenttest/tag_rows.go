package tencenttest

import (
	"crypto/md5"
	"encoding/hex"
	"maps"
	"slices"
)

// The categories of tags.
const (
	categoryCustom = "Custom"
	categorySystem = "System"
	categoryAll    = "All"
)

// tagView is a tag among those of its resource.
type tagView struct {
	TagKey   string
	TagValue string
	Category string
}

// tagsOf returns the tags of a gateway in the order of their keys, custom ones first.
func tagsOf(g Gateway, category string) []tagView {
	views := []tagView{}
	for _, kind := range []struct {
		category string
		tags     map[string]string
	}{{categoryCustom, g.Tags}, {categorySystem, g.SystemTags}} {
		if category != categoryAll && category != kind.category {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(kind.tags)) {
			views = append(views, tagView{key, kind.tags[key], kind.category})
		}
	}
	return views
}

// tagRow is one tag of one resource. Rows are in the order in which the gateways were created,
// and then in that of tagsOf.
type tagRow struct {
	TagKey      string
	TagValue    string
	ResourceID  string `json:"ResourceId"`
	TagKeyMd5   string
	TagValueMd5 string
	ServiceType string
	Category    string
}

func tagRows(rows []*row, category string) []tagRow {
	all := []tagRow{}
	for _, r := range rows {
		for _, t := range tagsOf(r.Gateway, category) {
			all = append(all, tagRow{
				TagKey: t.TagKey, TagValue: t.TagValue, ResourceID: r.ID,
				TagKeyMd5: hexMD5(t.TagKey), TagValueMd5: hexMD5(t.TagValue),
				ServiceType: serviceType, Category: t.Category,
			})
		}
	}
	return all
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// tagPage has the first fields of the paged replies of the tag service.
type tagPage struct {
	TotalCount int
	Offset     uint64
	Limit      uint64
}

func checkTagPage(offset uint64, limit *uint64) (tagPage, *serviceError) {
	p := tagPage{Offset: offset, Limit: defaultTagLimit}
	if limit != nil {
		p.Limit = *limit
	}
	if p.Limit == 0 {
		return p, refuse(codeInvalidParameter, "Limit must not be 0")
	}
	if offset%p.Limit != 0 {
		return p, refuse(codeOffset, "Offset must be a multiple of Limit")
	}
	return p, nil
}
