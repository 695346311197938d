package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

const unsupported = "none: `ErrUnsupported`"

func text(r cgw.TextRule) string {
	if r.Unsupported {
		return unsupported
	}
	what := []string{"optional"}
	if r.Required {
		what[0] = "required"
	}
	switch {
	case r.Min > 1 && r.Max == 0:
		what = append(what, fmt.Sprintf("at least %d characters", r.Min))
	case r.Min > 1:
		what = append(what, fmt.Sprintf("%d to %d characters", r.Min, r.Max))
	case r.Max > 0:
		what = append(what, fmt.Sprintf("at most %d characters", r.Max))
	}
	if r.Word {
		what = append(what, word(r.Marks))
	}
	if r.ASCII {
		what = append(what, "printable ASCII")
	}
	if r.Except != "" {
		what = append(what, "without "+marks(r.Except))
	}
	if r.LeadingLetter {
		what = append(what, "a letter first")
	}
	if len(r.NotPrefixes) > 0 {
		what = append(what, "not starting with "+codes(r.NotPrefixes))
	}
	return strings.Join(what, ", ")
}

func tags(r cgw.TagRule) string {
	if r.Unsupported {
		return unsupported
	}
	var what []string
	bound := func(n int, text string) {
		if n > 0 {
			what = append(what, fmt.Sprintf(text, n))
		}
	}
	bound(r.MaxCount, "at most %d")
	bound(r.MaxKey, "key at most %d characters")
	bound(r.MaxValue, "value at most %d characters")
	if r.Word {
		what = append(what, word(r.Marks))
	}
	if r.Trimmed {
		what = append(what, "no space at the ends")
	}
	if r.FoldKeys {
		what = append(what, "`Env` and `env` are one key")
	}
	return orNone(strings.Join(what, "; "))
}

// orNone says that there is no limit.
func orNone(s string) string {
	if s == "" {
		return "no limit"
	}
	return s
}

// word names what a Word rule allows.
func word(allowed string) string { return "letters, digits, " + marks(allowed) }

func marks(s string) string {
	if rest, ok := strings.CutPrefix(s, " "); ok {
		return "space, `" + rest + "`"
	}
	return "`" + s + "`"
}

// refused names the ranges that are within no other.
func refused(r cgw.AddressRule) string {
	var all []netip.Prefix
	for _, p := range r.Refused {
		all = append(all, p.Prefix)
	}
	var widest []netip.Prefix
	for _, p := range all {
		if !slices.ContainsFunc(all, func(o netip.Prefix) bool { return o.Bits() < p.Bits() && o.Contains(p.Addr()) }) {
			widest = append(widest, p)
		}
	}
	what := make([]string, 0, len(widest)+2)
	if r.IPv4Only {
		what = append(what, "IPv6")
	}
	for _, p := range widest {
		what = append(what, p.String())
	}
	if r.ClassfulHost {
		what = append(what, "the first and the last address of a network of class A, B or C")
	}
	return orDash(strings.Join(what, ", "))
}

// orDash says that there is nothing.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func later(r cgw.ASNRule) string {
	switch {
	case r.Unsupported:
		return unsupported
	case r.Immutable:
		return "cannot be changed"
	case r.Permanent:
		return "can be changed, not removed"
	default:
		return "can be changed and removed"
	}
}

func codes(prefixes []string) string {
	var quoted []string
	for _, p := range prefixes {
		quoted = append(quoted, "`"+p+"`")
	}
	return orDash(strings.Join(quoted, " "))
}

func list[T fmt.Stringer](items []T) string {
	var s []string
	for _, item := range items {
		s = append(s, item.String())
	}
	return orDash(strings.Join(s, ", "))
}
