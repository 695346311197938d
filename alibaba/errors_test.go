package alibaba

import (
	"flag"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
)

var update = flag.Bool("update", false, "write this package's section of docs/errors.md")

// lines returns the lines of a file of testdata but for comments, each split into its words.
func lines(t testing.TB, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	var all [][]string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			all = append(all, words)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// TestCodes has what each code must mean, written down apart from the table.
func TestCodes(t *testing.T) {
	listed := map[string]bool{}
	for _, want := range lines(t, "codes.txt") {
		require.Len(t, want, 3)
		name := want[0]
		require.False(t, listed[name], "%s is listed twice", name)
		listed[name] = true
		row, ok := codes.Lookup(name, "")
		require.True(t, ok, "%s has no decision", name)
		require.Equal(t, want[1], errcode.KindName(row.Kind), name)
		require.Equal(t, want[2], strings.ReplaceAll(row.Repeat.String(), " ", "-"), name)
	}
	for _, row := range codes.Rows() {
		if !strings.Contains(row.Code, "*") {
			require.True(t, listed[row.Code], "testdata/codes.txt does not say what %s must mean", row.Code)
		}
	}
}

// TestRowsAreInOrder finds rows that are of no use: repeated, or behind a family that has all of
// theirs.
func TestRowsAreInOrder(t *testing.T) {
	seen := map[string]bool{}
	for i, row := range codes.Rows() {
		require.False(t, seen[row.Code], "%s twice", row.Code)
		seen[row.Code] = true
		require.NotEmpty(t, errcode.KindName(row.Kind), row.Code)
		require.NotEmpty(t, row.Note, row.Code)
		require.NotContains(t, row.Note, "|")
		if strings.Contains(row.Code, "*") {
			probe := strings.ReplaceAll(row.Code, "*", "Probe")
			got, ok := codes.Lookup(probe, row.Mention)
			require.True(t, ok)
			require.Equal(t, codes.Rows()[i].Code, got.Code, "%s never applies", row.Code)
		}
	}
}

func TestUnknownCodes(t *testing.T) {
	for _, name := range []string{"", "Brand.New", "*", "Error", "throttling"} {
		_, ok := codes.Lookup(name, "")
		require.False(t, ok, name)
	}
}

func TestDocumentedCodesAreDecided(t *testing.T) {
	for _, words := range lines(t, "document_codes.txt") {
		_, ok := codes.Lookup(words[0], "")
		require.True(t, ok, "%s has no decision", words[0])
	}
}

// TestErrorsDocument keeps docs/errors.md as the table is.
func TestErrorsDocument(t *testing.T) {
	file := filepath.Join("..", "docs", "errors.md")
	doc, err := os.ReadFile(file)
	require.NoError(t, err)
	want, ok := codes.Section(string(doc), string(cgw.Alibaba))
	require.True(t, ok, "no section")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	require.True(t, want == string(doc), "docs/errors.md is not as the table is: run the test with -update")
}

// TestSDKDeclaresNoCodes notices when the SDK begins to list the codes of its operations.
func TestSDKDeclaresNoCodes(t *testing.T) {
	const sdk = "github.com/alibabacloud-go/vpc-20160428/v7/client"
	pkg, err := build.Import(sdk, ".", build.FindOnly)
	require.NoError(t, err)
	for _, action := range []string{
		"create_customer_gateway", "describe_customer_gateway", "describe_customer_gateways",
		"modify_customer_gateway_attribute", "delete_customer_gateway", "tag_resources", "un_tag_resources",
	} {
		for _, kind := range []string{"_request_model.go", "_response_body_model.go"} {
			text, err := os.ReadFile(filepath.Join(pkg.Dir, action+kind))
			require.NoError(t, err)
			for _, name := range []string{"QuotaFull", "AlreadyExist", "InvalidName", "SubUser", "NotFound"} {
				require.NotContains(t, string(text), name, "decide on the codes of %s", action)
			}
		}
	}
}
