package reliability_test

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
)

const (
	createAction = "CreateCustomerGateway"
	listAction   = "DescribeCustomerGateways"
)

var create1 = func() cgw.CreateRequest {
	return cgw.CreateRequest{IPAddress: netip.MustParseAddr(addr1), Name: name1, ASN: 64512}
}

// inMemory starts a service and a Provisioner of it with no network between them: in a bubble
// of synctest all waits are exact.
func inMemory(t *testing.T, c *cloud, o options, set settings) (*service, provisioner) {
	t.Helper()
	o.transport = memory
	s := c.start(o)
	set.client, set.limiter = &http.Client{Transport: s.base()}, free{}
	p, err := s.open(set)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, p.Close())
		s.close()
	})
	return s, p
}

// lost returns the fault that loses the first create or, after the commit, the reply to it.
func lost(when wire.When) wire.Fault {
	return wire.Fault{Action: createAction, When: when, Effect: wire.Abort}
}

// ownership is a create whose first attempt has an unknown outcome, and the expected result.
type ownership struct {
	name   string
	cloud  string // "": both
	o      options
	policy cgw.RetryPolicy
	seeded *held // the gateway at the address before the call, created age ago
	age    time.Duration
	faults []wire.Fault

	kind    error // nil: success
	outcome cgw.Outcome
	either  bool // any outcome is right: a service may show names and times in another form
	names   bool // the error names the gateway at the address
	creates int
	total   int // gateways in the end
	adopted bool
	second  bool          // it returns the second of two
	after   time.Duration // the call takes at least that
}

func TestOwnership(t *testing.T) {
	same := &held{name: name1, addr: addr1, asn: 64512}
	refuse := func(action, code string, skip int) wire.Fault {
		return wire.Fault{Action: action, Skip: skip, Effect: wire.Refuse, Code: code, Times: -1}
	}
	// On Alibaba a service that has forgotten the token answers as Tencent's does.
	forgets := options{tokenLife: time.Nanosecond}
	for _, row := range []ownership{
		{
			name: "the reply is lost after the commit", o: forgets,
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1,
		},
		{
			name:   "the reply is lost before the commit",
			faults: []wire.Fault{lost(wire.BeforeCommit)}, creates: 2, total: 1,
		},
		{
			name: "another's: same address, other name", seeded: &held{name: "theirs", addr: addr1, asn: 64512}, age: time.Hour,
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: true, creates: 1, total: 1,
		},
		{
			name: "another's: same address and name, other ASN", seeded: &held{name: name1, addr: addr1, asn: 64513}, age: time.Hour,
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: true, creates: 1, total: 1,
		},
		{
			name: "another's: the same, an hour old", seeded: same, age: time.Hour,
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, either: true, names: true, creates: 1, total: 1,
		},
		{
			name: "another's: the same, of two seconds before", seeded: same, age: 2100 * time.Millisecond,
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, either: true, names: true, creates: 1, total: 1,
		},
		{
			name: "another's: other name, of the same second", seeded: &held{name: "theirs", addr: addr1, asn: 64512},
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, either: true, names: true, creates: 1, total: 1,
		},
		{
			name: "the limit: the same, of the same second", seeded: same, age: 400 * time.Millisecond,
			faults: []wire.Fault{lost(wire.BeforeCommit)}, adopted: true, creates: 1, total: 1,
		},
		{
			name: "the service does not tell its clock", o: options{noDate: true, tokenLife: time.Nanosecond},
			faults: []wire.Fault{lost(wire.AfterCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, names: true, creates: 1, total: 1,
		},
		{
			name: "the service's clock is four minutes ahead", o: options{tokenLife: time.Nanosecond, now: func() time.Time { return time.Now().Add(4 * time.Minute) }},
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1,
		},
		{
			name: "the service's clock is four minutes behind", o: options{tokenLife: time.Nanosecond, now: func() time.Time { return time.Now().Add(-4 * time.Minute) }},
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1,
		},
		{
			name: "reads lag for less than the wait before a repeat", o: options{lag: 150 * time.Millisecond, tokenLife: time.Nanosecond},
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1, after: 150 * time.Millisecond,
		},
		{
			name: "reads lag for less than the patience", o: options{lag: 5 * time.Second, tokenLife: time.Nanosecond}, cloud: "tencent",
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 2, total: 1, after: 5 * time.Second,
		},
		{
			name: "reads lag for less than the patience", o: options{lag: 5 * time.Second, tokenLife: time.Nanosecond}, cloud: "alibaba",
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1, after: 5 * time.Second,
		},
		{
			name: "reads lag for longer: Duplicate after unknown", o: options{lag: 8 * time.Second, tokenLife: time.Nanosecond}, cloud: "tencent",
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 2, total: 1, after: 8 * time.Second,
		},
		{
			name: "reads lag for ever", o: options{lag: time.Hour, tokenLife: time.Nanosecond},
			faults: []wire.Fault{lost(wire.AfterCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, creates: 2, total: 1,
		},
		{
			name: "the time is over before the patience", o: options{lag: 10 * time.Second}, cloud: "tencent", policy: cgw.RetryPolicy{MaxElapsed: 4 * time.Second},
			faults: []wire.Fault{lost(wire.AfterCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, creates: 2, total: 1,
		},
		{
			name: "no time for a repeat", o: options{lag: 10 * time.Second, loose: true}, cloud: "tencent", policy: cgw.RetryPolicy{MaxElapsed: 100 * time.Millisecond},
			faults: []wire.Fault{lost(wire.AfterCommit)},
			kind:   cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, creates: 1, total: 1,
		},
		{
			name: "the limit: a service that allows two, and reads that lag", o: options{lag: time.Second, loose: true}, cloud: "tencent",
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 2, total: 2, second: true,
		},
		{
			name: "a look-up that fails leaves the error", cloud: "tencent",
			faults: []wire.Fault{lost(wire.AfterCommit), refuse(listAction, "UnauthorizedOperation", 0)},
			kind:   cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, creates: 1, total: 1,
		},
		{
			name: "a look-up that fails leaves the error", cloud: "alibaba", o: forgets,
			faults: []wire.Fault{lost(wire.AfterCommit), refuse(listAction, "Forbidden.RAM", 0)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, creates: 2, total: 1,
		},
		{
			name: "a quota refusal after a create that took effect", cloud: "tencent", o: options{lag: 6 * time.Second},
			faults: []wire.Fault{lost(wire.AfterCommit), refuse(createAction, "LimitExceeded", 1)}, creates: 2, total: 1,
		},
		{
			name: "a quota refusal after a create that did not", cloud: "tencent",
			faults: []wire.Fault{lost(wire.BeforeCommit), refuse(createAction, "LimitExceeded", 1)},
			kind:   cgw.ErrQuotaExceeded, outcome: cgw.OutcomeUnknown, creates: 2, total: 0,
		},
		{
			name: "the service has ignored the ASN", cloud: "tencent", seeded: &held{name: name1, addr: addr1}, age: 400 * time.Millisecond,
			faults: []wire.Fault{lost(wire.BeforeCommit)},
			kind:   cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, names: true, creates: 1, total: 1,
		},
		{
			name: "no repeat is left, and the last one took effect", cloud: "tencent", o: options{lag: 5 * time.Second},
			faults: []wire.Fault{
				{Action: createAction, When: wire.BeforeCommit, Effect: wire.Abort, Times: 4},
				{Action: createAction, When: wire.AfterCommit, Effect: wire.Abort, Skip: 4},
			},
			creates: 5, total: 1, after: 5 * time.Second,
		},
		{
			name: "no repeat is left, and none took effect", cloud: "tencent", o: options{lag: 5 * time.Second},
			faults: []wire.Fault{{Action: createAction, When: wire.BeforeCommit, Effect: wire.Abort, Times: 5}},
			kind:   cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, creates: 5, total: 0,
		},
		{
			name: "no repeat at all", cloud: "tencent", policy: cgw.RetryPolicy{MaxAttempts: 1},
			faults: []wire.Fault{lost(wire.AfterCommit)}, creates: 1, total: 1,
		},
		{
			name:    "the repeat waits as long as the service asked",
			faults:  []wire.Fault{{Action: createAction, Effect: wire.Replace, Status: http.StatusServiceUnavailable, Header: header("Retry-After", "20")}},
			creates: 2, total: 1, after: 20 * time.Second,
		},
		{
			name:   "the service asks to wait for longer than there is",
			faults: []wire.Fault{{Action: createAction, Effect: wire.Replace, Status: http.StatusServiceUnavailable, Header: header("Retry-After", "90")}},
			kind:   cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, creates: 1, total: 0,
		},
	} {
		for _, c := range clouds() {
			if row.cloud != "" && row.cloud != c.name {
				continue
			}
			t.Run(c.name+"/"+row.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { row.run(t, c) })
			})
		}
	}
}

func (row ownership) run(t *testing.T, c *cloud) {
	s, p := inMemory(t, c, row.o, settings{retry: row.policy})
	time.Sleep(500 * time.Millisecond) // so that the call does not begin at a full second
	if row.seeded != nil {
		g := *row.seeded
		g.created = time.Now().Add(-row.age).Truncate(time.Second)
		s.seed(g)
	}
	s.Inject(row.faults...)
	begin := time.Now()
	g, err := p.Create(t.Context(), create1())
	creates := s.Count(createAction)
	if c.name == "alibaba" && (row.creates == 1 && row.seeded != nil || row.o.tokenLife > 0 || row.o.noDate) {
		creates = min(creates, row.creates) // it retries before it looks
	}
	require.Equal(t, row.creates, creates, "%v", err)
	require.GreaterOrEqual(t, time.Since(begin), row.after)
	at := s.at(addr1)
	require.Len(t, at, row.total)
	if row.kind == nil {
		require.NoError(t, err)
		if row.second {
			at = at[1:]
		}
		require.Equal(t, at[0].id, g.ID)
		require.Equal(t, cgw.ASN(64512), g.ASN)
		require.Equal(t, row.adopted, row.seeded != nil)
		return
	}
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, row.kind)
	if !row.either {
		require.Equal(t, row.outcome, e.Outcome, "%v", err)
	}
	require.NotEqual(t, cgw.OutcomeApplied, e.Outcome)
	require.Equal(t, e.Outcome == cgw.OutcomeUnknown, errors.Is(err, cgw.ErrOutcomeUnknown))
	if row.names {
		require.Equal(t, []string{at[0].id}, e.ConflictingIDs)
	} else {
		require.Empty(t, e.ConflictingIDs)
	}
}

// TestSiblings runs concurrent creates with one address and name in one Provisioner, and loses
// one reply. No create returns the gateway of another one.
func TestSiblings(t *testing.T) {
	const siblings = 4
	for _, c := range clouds() {
		for skip := range siblings {
			for _, when := range []wire.When{wire.BeforeCommit, wire.AfterCommit} {
				synctest.Test(t, func(t *testing.T) {
					s, p := inMemory(t, c, options{tokenLife: time.Nanosecond}, settings{})
					f := lost(when)
					f.Skip = skip
					s.Inject(f)
					results := make(chan attempted, siblings)
					for range siblings {
						go func() {
							g, err := p.Create(t.Context(), create1())
							results <- attempted{addr1, name1, g.ID, err}
						}()
					}
					var calls []attempted
					for range siblings {
						calls = append(calls, <-results)
					}
					got, wrong := judge(calls, s.held())
					require.Empty(t, wrong)
					require.Equal(t, 1, got.succeeded)
					require.LessOrEqual(t, got.unknown, 1, "the one whose reply was lost")
					require.Equal(t, 1, got.gateways)
					i := slices.IndexFunc(calls, func(a attempted) bool { return a.err == nil })
					for _, call := range calls {
						var e *cgw.Error
						if errors.As(call.err, &e) {
							require.ErrorIs(t, e, cgw.ErrAlreadyExists)
							require.Equal(t, []string{calls[i].id}, e.ConflictingIDs)
						}
					}
				})
			}
		}
	}
}
