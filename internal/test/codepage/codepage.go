// Package codepage writes tables of codes as docs/errors.md shows them, and sections of other documents that tests
// keep up to date.
package codepage

import (
	"fmt"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
)

// kind is a sentinel and its Go name.
type kind struct {
	err  error
	name string
}

// kinds are all sentinels that can be a Kind.
func kinds() []kind {
	return []kind{
		{cgw.ErrInvalidIPAddress, "ErrInvalidIPAddress"},
		{cgw.ErrInvalidName, "ErrInvalidName"},
		{cgw.ErrInvalidDescription, "ErrInvalidDescription"},
		{cgw.ErrInvalidTag, "ErrInvalidTag"},
		{cgw.ErrInvalidASN, "ErrInvalidASN"},
		{cgw.ErrTokenMismatch, "ErrTokenMismatch"},
		{cgw.ErrInvalidArgument, "ErrInvalidArgument"},
		{cgw.ErrAlreadyExists, "ErrAlreadyExists"},
		{cgw.ErrNotFound, "ErrNotFound"},
		{cgw.ErrInUse, "ErrInUse"},
		{cgw.ErrQuotaExceeded, "ErrQuotaExceeded"},
		{cgw.ErrThrottled, "ErrThrottled"},
		{cgw.ErrConflict, "ErrConflict"},
		{cgw.ErrUnauthenticated, "ErrUnauthenticated"},
		{cgw.ErrPermissionDenied, "ErrPermissionDenied"},
		{cgw.ErrUnsupported, "ErrUnsupported"},
		{cgw.ErrUnavailable, "ErrUnavailable"},
	}
}

// Kinds returns the sentinels that can be a Kind.
func Kinds() []error {
	var all []error
	for _, k := range kinds() {
		all = append(all, k.err)
	}
	return all
}

// KindName returns the Go name of a sentinel, such as "ErrThrottled"; "" for any other error.
func KindName(err error) string {
	for _, k := range kinds() {
		if k.err == err { //nolint:errorlint // a Kind is a bare sentinel
			return k.name
		}
	}
	return ""
}

// markdown returns the table as docs/errors.md shows it.
func markdown(t *errcode.Table) string {
	var b strings.Builder
	b.WriteString("| code | kind | repeat | meaning |\n|---|---|---|---|\n")
	for _, r := range t.Rows() {
		code := "`" + r.Code + "`"
		if r.Mention != "" {
			code += " about `" + r.Mention + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code, KindName(r.Kind), r.Repeat, r.Note)
	}
	return b.String()
}

// Section returns the document with its section of that name replaced by the table. ok is false
// if there is no such section.
func Section(t *errcode.Table, doc, name string) (replaced string, ok bool) {
	return Splice(doc, name, markdown(t))
}

// Splice returns the document with its section of that name replaced by text. Two comments mark
// the section. ok is false if there is no such section.
func Splice(doc, name, text string) (replaced string, ok bool) {
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, ok := strings.Cut(doc, begin)
	if !ok {
		return "", false
	}
	_, after, ok := strings.Cut(rest, end)
	return before + begin + text + end + after, ok
}
