package reliability_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

// tokens is a create on Alibaba, its faults and the expected result.
type tokens struct {
	name   string
	o      options
	set    settings
	token  string // of the caller
	used   string // the address that the token was used for before
	seeded *held
	faults []wire.Fault

	kind     error // nil: success
	outcome  cgw.Outcome
	names    bool
	requests int // creates at the address
	total    int // gateways there in the end
}

// TestTokens tests that every attempt of a create sends the same ClientToken, whatever fault
// strikes it.
func TestTokens(t *testing.T) {
	refuse := func(code string, times int) wire.Fault {
		return wire.Fault{Action: createAction, Effect: wire.Refuse, Code: code, Times: times}
	}
	replace := func(status int, body string) wire.Fault {
		return wire.Fault{Action: createAction, When: wire.AfterCommit, Effect: wire.Replace, Status: status, Body: body}
	}
	after, cut := lost(wire.AfterCommit), lost(wire.AfterCommit)
	after.Times = 3
	cut.Effect, cut.Bytes = wire.Cut, 10
	for _, row := range []tokens{
		{name: "nothing", requests: 1, total: 1},
		{name: "three replies are lost", faults: []wire.Fault{after}, requests: 4, total: 1},
		{name: "a reply is cut", faults: []wire.Fault{cut}, requests: 2, total: 1},
		{name: "HTML 502", faults: []wire.Fault{replace(http.StatusBadGateway, "<html>")}, requests: 2, total: 1},
		{name: "an empty 200", faults: []wire.Fault{replace(http.StatusOK, "")}, requests: 2, total: 1},
		{name: "throttled", faults: []wire.Fault{refuse("Throttling.User", 3)}, requests: 4, total: 1},
		{name: "token processing, by fault", faults: []wire.Fault{refuse("LastTokenProcessing", 3)}, requests: 4, total: 1},
		{name: "token processing, another spelling", faults: []wire.Fault{refuse("OperationFailed.IdempotentTokenProcessing", 2)}, requests: 3, total: 1},
		{
			// The service continues with the first request after its client gave up, and
			// answers the retries that this request is still running.
			name: "token processing, by a slow service", o: options{late: true}, set: settings{retry: cgw.RetryPolicy{MaxAttempts: 50}},
			faults: []wire.Fault{{Action: createAction, Delay: 25 * time.Second}}, requests: -1, total: 1,
		},
		{
			name: "token processing for ever", faults: []wire.Fault{refuse("LastTokenProcessing", -1)},
			kind: cgw.ErrConflict, outcome: cgw.OutcomeUnknown, requests: 5, set: settings{retry: cgw.RetryPolicy{MaxAttempts: 5}},
		},
		{
			name: "token processing for ever, asked by default until the time is up", faults: []wire.Fault{refuse("LastTokenProcessing", -1)},
			kind: cgw.ErrConflict, outcome: cgw.OutcomeUnknown, requests: -1,
		},
		{name: "the caller's token", token: "ours", faults: []wire.Fault{lost(wire.AfterCommit)}, requests: 2, total: 1},
		{
			name: "the caller's token was used for another address", token: "ours", used: "203.0.113.9",
			kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied, requests: 1,
		},
		{
			name: "so it was, and another holds the address", token: "ours", used: "203.0.113.9", seeded: &held{name: "theirs", addr: addr1},
			kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied, names: true, requests: 1, total: 1,
		},
		{
			name: "a mismatch after a lost reply", faults: []wire.Fault{lost(wire.AfterCommit), {Action: createAction, Skip: 1, Effect: wire.Refuse, Code: "IdempotentParameterMismatch"}},
			requests: 2, total: 1,
		},
		{
			name: "the service forgot the token: AlreadyExist after unknown", o: options{tokenLife: time.Nanosecond},
			faults: []wire.Fault{lost(wire.AfterCommit)}, requests: 2, total: 1,
		},
		{
			name: "the service forgot the token, reads lag", o: options{tokenLife: time.Nanosecond, lag: 5 * time.Second},
			faults: []wire.Fault{lost(wire.AfterCommit)}, requests: 2, total: 1,
		},
		{
			name: "AlreadyExist after unknown, another's", seeded: &held{name: "theirs", addr: addr1},
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: true, requests: 2, total: 1,
		},
		{
			name: "AlreadyExist, another's", seeded: &held{name: name1, addr: addr1, asn: 64512},
			kind: cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: true, requests: 1, total: 1,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { row.run(t) })
		})
	}
}

func (row tokens) run(t *testing.T) {
	s, p := inMemory(t, alibabaCloud(), row.o, row.set)
	req := create1()
	req.ClientToken = row.token
	if row.used != "" {
		other := req
		other.IPAddress = other.IPAddress.Next()
		_, err := p.Create(t.Context(), other)
		require.NoError(t, err)
	}
	if row.seeded != nil {
		g := *row.seeded
		g.created = time.Now().Add(-time.Hour)
		s.seed(g)
	}
	s.Inject(row.faults...)
	g, err := p.Create(t.Context(), req)
	sent := s.seen.tokensOf(addr1)
	require.NotEmpty(t, sent)
	require.NotEmpty(t, sent[0])
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(sent))), 1, "the token was renewed")
	if row.token != "" {
		require.Equal(t, row.token, sent[0])
	}
	if row.requests > 0 {
		require.Len(t, sent, row.requests, "%v", err)
	} else {
		require.Greater(t, len(sent), 2)
	}
	require.Len(t, s.at(addr1), row.total)
	if row.kind == nil {
		require.NoError(t, err)
		require.Equal(t, s.at(addr1)[0].id, g.ID)
		return
	}
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, row.kind)
	require.Equal(t, row.outcome, e.Outcome, "%v", err)
	require.Equal(t, sent[0], e.ClientToken, "so that the caller can go on with it")
	if row.names {
		require.Equal(t, []string{s.at(addr1)[0].id}, e.ConflictingIDs)
	} else {
		require.Empty(t, e.ConflictingIDs)
	}
}

// TestTokenResumes tests that a caller who repeats a create of unknown outcome with the token
// of the error gets the existing gateway.
func TestTokenResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := inMemory(t, alibabaCloud(), options{}, settings{})
		f := lost(wire.AfterCommit)
		f.Times = -1
		s.Inject(f)
		_, err := p.Create(t.Context(), create1())
		require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
		require.False(t, cgw.IsRetryable(err))
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		s.ClearFaults()
		req := create1()
		req.ClientToken = e.ClientToken
		g, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		require.Len(t, s.held(), 1)
		require.Equal(t, s.held()[0].id, g.ID)
	})
}
