package reliability_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// definite is an Update or a Delete whose first reply is lost, and the expected result.
type definite struct {
	name     string
	op       string
	when     wire.When
	times    int  // how many replies are lost; 0: one, -1: all, -2: none
	gone     bool // there is no such gateway
	used     bool // by a VPN connection
	policy   cgw.RetryPolicy
	faults   func(*cloud) []wire.Fault
	patience time.Duration // of the caller's context

	kind     error // nil: success
	outcome  cgw.Outcome
	requests int // of the operation's own action; 0: any
}

func TestLostRepliesOfWrites(t *testing.T) {
	off := cgw.RetryPolicy{MaxAttempts: 1}
	tagsFail := func(c *cloud) []wire.Fault {
		return []wire.Fault{{Action: c.actions[cgw.OpUpdate][1], Effect: wire.Refuse, Code: c.denied, Times: -1}}
	}
	modifyDenied := func(c *cloud) []wire.Fault {
		return []wire.Fault{{Action: c.actions[cgw.OpUpdate][0], Effect: wire.Refuse, Code: c.denied, Times: -1}}
	}
	for _, row := range []definite{
		{name: "deleted, the reply lost", op: cgw.OpDelete, when: wire.AfterCommit, requests: 2},
		{name: "deleted, three replies lost", op: cgw.OpDelete, when: wire.AfterCommit, times: 3, requests: 4},
		{name: "not deleted, the reply lost", op: cgw.OpDelete, when: wire.BeforeCommit, requests: 2},
		{name: "deleted, all replies lost", op: cgw.OpDelete, when: wire.AfterCommit, times: -1, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, requests: 5},
		{name: "deleted, the reply lost, no repeat", op: cgw.OpDelete, when: wire.AfterCommit, policy: off, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, requests: 1},
		{name: "in use after unknown", op: cgw.OpDelete, when: wire.BeforeCommit, used: true, kind: cgw.ErrInUse, outcome: cgw.OutcomeNotApplied, requests: 2},
		{name: "not found", op: cgw.OpDelete, times: -2, gone: true, kind: cgw.ErrNotFound, outcome: cgw.OutcomeNotApplied, requests: 1},
		{name: "the context ends", op: cgw.OpDelete, when: wire.AfterCommit, times: -1, patience: time.Millisecond, policy: cgw.RetryPolicy{MinBackoff: time.Hour, MaxBackoff: time.Hour, MaxElapsed: 9 * time.Hour}, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},

		{name: "updated, the reply lost", op: cgw.OpUpdate, when: wire.AfterCommit, requests: 2},
		{name: "not updated, the reply lost", op: cgw.OpUpdate, when: wire.BeforeCommit, requests: 2},
		{name: "updated, all replies lost", op: cgw.OpUpdate, when: wire.AfterCommit, times: -1, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, requests: 5},
		{name: "half of it done", op: cgw.OpUpdate, times: -2, faults: tagsFail, kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeUnknown, requests: 1},
		{name: "refused at once", op: cgw.OpUpdate, times: -2, faults: modifyDenied, kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeNotApplied, requests: 1},
	} {
		for _, c := range clouds() {
			t.Run(c.name+"/"+row.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { row.run(t, c) })
			})
		}
	}
}

func (row definite) run(t *testing.T, c *cloud) {
	s, p := inMemory(t, c, options{}, settings{retry: row.policy})
	id := ready(s, row.op)
	if row.gone {
		require.NoError(t, p.Delete(t.Context(), id))
		s.ResetRequests()
	}
	var connections []string
	if row.used {
		connections = []string{s.AddConnection(id)}
	}
	own := c.actions[row.op][0]
	if row.times != -2 {
		s.Inject(wire.Fault{Action: own, When: row.when, Effect: wire.Abort, Times: row.times})
	}
	if row.faults != nil {
		s.Inject(row.faults(c)...)
	}
	ctx, cancel := t.Context(), context.CancelFunc(func() {})
	if row.patience > 0 {
		ctx, cancel = context.WithTimeout(ctx, row.patience)
	}
	defer cancel()
	_, err := operate(ctx, c, p, row.op, id)
	if row.requests > 0 {
		require.Equal(t, row.requests, s.Count(own), "%v", err)
	}
	if !row.gone {
		require.NoError(t, verify(c, s, row.op, id, id, err))
	}
	if row.kind == nil {
		require.NoError(t, err)
		return
	}
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, row.kind)
	require.Equal(t, row.outcome, e.Outcome, "%v", err)
	require.Equal(t, row.outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
	require.Equal(t, connections, e.ConflictingIDs)
	require.Equal(t, id, e.ID)
	// An Update or a Delete may always be repeated.
	require.Equal(t, errors.Is(err, cgw.ErrUnavailable), cgw.IsRetryable(err))
	if row.outcome == cgw.OutcomeUnknown && row.op == cgw.OpDelete {
		s.ClearFaults()
		err := p.Delete(t.Context(), id)
		require.True(t, err == nil || errors.Is(err, cgw.ErrNotFound))
		require.Empty(t, s.held())
	}
}
