package operation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

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
