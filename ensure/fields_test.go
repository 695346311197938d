package ensure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/internal/test/byfield"
)

// A field that was added to a specification and is forgotten here would never be written.
func TestEveryFieldIsEnsured(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, spec cgw.CreateRequest, value any) {
		if name == "IPAddress" || name == "ClientToken" {
			return // a gateway is found by the one, and has no such thing as the other
		}
		spec.IPAddress = at(1)
		for _, there := range []bool{false, true} {
			f := &cgwtest.Fake{}
			if there && name != "AuthKey" { // that is not compared
				f.Seed(cgw.Gateway{IPAddress: spec.IPAddress, Tags: map[string]string{ensure.DefaultOwnerKey: owner}})
			}
			res, err := ensure.Gateway(t.Context(), f, spec, ensure.Options{Owner: owner, Replace: true})
			require.NoError(t, err)
			named := func(c ensure.Change) bool { return c.Field == name || strings.HasPrefix(c.Field, name+"[") }
			require.True(t, slices.ContainsFunc(res.Changes, named), "no change names it: %v", res.Changes)
			got := byfield.Get(gateways(t, f)[0], name)
			switch tags, ok := got.(map[string]string); {
			case ok:
				require.Subset(t, tags, value)
			case name != "AuthKey": // no gateway shows it
				require.Equal(t, value, got)
			}
		}
	})
}
