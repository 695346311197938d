package tencent

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/internal/test/codepage"
)

var update = flag.Bool("update", false, "write what is made from this package's tables")

func TestCodes(t *testing.T) { providertest.Codes(t, cgw.Tencent, codes, *update) }

// TestSDKConstants has the decision on every code that the linked package of the SDK declares,
// whichever operation it is of. A new version of the SDK that declares another one fails here.
func TestSDKConstants(t *testing.T) {
	const sdk = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"
	file, err := parser.ParseFile(token.NewFileSet(), providertest.SDKFile(t, sdk, "errors.go"), nil, 0)
	require.NoError(t, err)
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, v := range spec.Values {
				name, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				require.NoError(t, err)
				names = append(names, name)
			}
		}
		return true
	})
	require.Greater(t, len(names), 500, "the SDK's source is not understood")
	checkDecisions(t, "sdk_codes.txt", names)
}

// TestTagServiceConstants has those of the SDK's package of the tag service, tag v1.1.0, which is
// not linked.
func TestTagServiceConstants(t *testing.T) {
	var names []string
	for _, words := range providertest.Lines(t, "tag_codes.txt") {
		names = append(names, words[0])
	}
	require.Len(t, names, 49)
	checkDecisions(t, "tag_codes.txt", names)
}

// checkDecisions compares the table's decisions on these codes with those of a file of testdata.
func checkDecisions(t *testing.T, name string, wanted []string) {
	t.Helper()
	var decided strings.Builder
	fmt.Fprintf(&decided, "# What each code that the SDK declares means: the code, the sentinel, whether to repeat.\n")
	slices.Sort(wanted)
	for _, code := range wanted {
		row, ok := codes.Lookup(code, "")
		require.True(t, ok, "%s has no decision", code)
		fmt.Fprintln(&decided, code, codepage.KindName(row.Kind), strings.ReplaceAll(row.Repeat.String(), " ", "-"))
	}
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(decided.String()), 0o600))
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	have, want := strings.Split(string(text), "\n"), strings.Split(decided.String(), "\n")
	require.Subset(t, have, want, "decide, and run the test with -update")
	require.Len(t, have, len(want), "more codes than the SDK declares: run the test with -update")
}

// TestSDKCodesAreDecided takes the codes that the SDK's source lists for the operations in use.
func TestSDKCodesAreDecided(t *testing.T) {
	const sdk = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"
	file, err := parser.ParseFile(token.NewFileSet(), providertest.SDKFile(t, sdk, "client.go"), nil, parser.ParseComments)
	require.NoError(t, err)
	wanted := map[string]bool{
		"CreateCustomerGateway": true, "DescribeCustomerGateways": true, "ModifyCustomerGatewayAttribute": true,
		"DeleteCustomerGateway": true, "DescribeVpnConnections": true,
	}
	listed := regexp.MustCompile(`[A-Z0-9_]+ = "([\w.]+)"`)
	found := 0
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !wanted[f.Name.Name] {
			continue
		}
		delete(wanted, f.Name.Name)
		for _, c := range f.Doc.List {
			if m := listed.FindStringSubmatch(c.Text); m != nil {
				found++
				_, ok := codes.Lookup(m[1], "")
				require.True(t, ok, "%s has no decision, of %s", m[1], f.Name.Name)
			}
		}
	}
	require.Empty(t, wanted, "not in the SDK")
	require.Greater(t, found, 35, "the SDK's comments are not understood")
}
