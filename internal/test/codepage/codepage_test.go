package codepage_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/test/codepage"
)

func TestSection(t *testing.T) {
	codes := errcode.New([]errcode.Row{{Code: "A.*", Kind: cgw.ErrUnavailable, Repeat: errcode.Look, Note: "broken"}})
	const want = "before\n<!-- begin x -->\n| code | kind | repeat | meaning |\n|---|---|---|---|\n" +
		"| `A.*` | ErrUnavailable | look first, once | broken |\n<!-- end x -->\nafter\n"
	for _, doc := range []string{
		"before\n<!-- begin x -->\n<!-- end x -->\nafter\n",
		"before\n<!-- begin x -->\nold\nrows\n<!-- end x -->\nafter\n",
		want,
	} {
		got, ok := codepage.Section(codes, doc, "x")
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, doc := range []string{"", "<!-- begin x -->\n", "<!-- end x -->", "<!-- begin y -->\n<!-- end y -->"} {
		_, ok := codepage.Section(codes, doc, "x")
		require.False(t, ok, doc)
	}
}

func TestKindName(t *testing.T) {
	require.Equal(t, "ErrInvalidTag", codepage.KindName(cgw.ErrInvalidTag))
	require.Equal(t, "ErrInvalidArgument", codepage.KindName(cgw.ErrInvalidArgument))
	require.Empty(t, codepage.KindName(cgw.ErrOutcomeUnknown), "never a kind")
	require.Empty(t, codepage.KindName(errors.New("other")))
	require.Empty(t, codepage.KindName(nil))
}
