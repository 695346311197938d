package operation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

func TestChecks(t *testing.T) {
	name := ""
	rules := cgw.Rules{Name: cgw.TextRule{Min: 1}}
	for _, tc := range []struct {
		name   string
		err    error
		fields []string
	}{
		{"an ID", checkID("x", nil), nil},
		{"no ID", checkID("", nil), []string{"ID"}},
		{"an update", checkID("x", rules.ValidateUpdate(cgw.UpdateRequest{})), nil},
		{"an update of nothing", checkID("", rules.ValidateUpdate(cgw.UpdateRequest{})), []string{"ID"}},
		{"a bad update", checkID("x", rules.ValidateUpdate(cgw.UpdateRequest{Name: &name})), []string{"Name"}},
		{"a bad update of nothing", checkID("", rules.ValidateUpdate(cgw.UpdateRequest{Name: &name})), []string{"ID", "Name"}},
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
		})
	}
}

// TestErrorsAreCopied: an error of an attempt is not changed by what is made of it.
func TestErrorsAreCopied(t *testing.T) {
	e := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrInUse, Outcome: cgw.OutcomeUnknown}
	other := errors.New("other")

	known := taken(e, "cgw-2", false)
	require.ErrorIs(t, known, cgw.ErrAlreadyExists)
	require.ErrorContains(t, known, "found to have the gateway cgw-2")
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(known), "nothing was sent that could be in doubt")
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(taken(e, "cgw-2", true)))
	require.Empty(t, e.ConflictingIDs)
	require.Equal(t, cgw.ErrInUse, e.Kind)

	refused := &cgw.Error{Op: cgw.OpUpdate, Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied}
	require.Equal(t, error(refused), partly(refused, nothing), "there was none")
	require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(partly(refused, something)))
	require.Equal(t, cgw.OutcomeApplied, cgw.OutcomeOf(partly(refused, everything)))
	require.Equal(t, cgw.OutcomeNotApplied, refused.Outcome)
	require.Equal(t, other, partly(other, everything))
}
