package gatewayid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/gatewayid"
)

func TestCheck(t *testing.T) {
	name := ""
	rules := cgw.Rules{Name: cgw.TextRule{Min: 1}}
	for _, tc := range []struct {
		name   string
		err    error
		fields []string
	}{
		{"an ID", gatewayid.Check("x", nil), nil},
		{"white space within", gatewayid.Check("a b", nil), nil},
		{"a line end", gatewayid.Check("cgw-1\n", nil), []string{"ID"}},
		{"a NUL", gatewayid.Check("cgw-1\x00", nil), []string{"ID"}},
		{"a tab within", gatewayid.Check("cgw\t1", nil), []string{"ID"}},
		{"a paragraph separator", gatewayid.Check("cgw-1\u2029", nil), []string{"ID"}},
		{"a space before", gatewayid.Check(" cgw-1", nil), []string{"ID"}},
		{"a space after", gatewayid.Check("cgw-1 ", nil), []string{"ID"}},
		{"a space that does not break", gatewayid.Check("\u00a0", nil), []string{"ID"}},
		{"not UTF-8", gatewayid.Check("cgw-1\xff", nil), []string{"ID"}},
		{"a bad update of a bad ID", gatewayid.Check("cgw-1\n", rules.ValidateUpdate(cgw.UpdateRequest{Name: &name})), []string{"ID", "Name"}},
		{"no ID", gatewayid.Check("", nil), []string{"ID"}},
		{"an update", gatewayid.Check("x", rules.ValidateUpdate(cgw.UpdateRequest{})), nil},
		{"an update of nothing", gatewayid.Check("", rules.ValidateUpdate(cgw.UpdateRequest{})), []string{"ID"}},
		{"a bad update", gatewayid.Check("x", rules.ValidateUpdate(cgw.UpdateRequest{Name: &name})), []string{"Name"}},
		{"a bad update of nothing", gatewayid.Check("", rules.ValidateUpdate(cgw.UpdateRequest{Name: &name})), []string{"ID", "Name"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.fields == nil {
				require.NoError(t, tc.err)
				return
			}
			var v *cgw.ValidationError
			require.ErrorAs(t, tc.err, &v)
			for i, f := range v.Fields {
				require.Equal(t, tc.fields[i], f.Field)
			}
			require.Len(t, v.Fields, len(tc.fields))
			require.ErrorIs(t, tc.err, cgw.ErrInvalidArgument)
			require.NotContains(t, tc.err.Error(), "\n")
		})
	}
}
