package operation_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
)

func TestCreate(t *testing.T) {
	lost := func(action string, nth int, after bool) fault { return fault{action: action, nth: nth, after: after} }
	theirs := &cgw.Gateway{ID: "theirs", Name: "theirs", IPAddress: addr, ASN: 7}
	for _, tc := range []struct {
		name    string
		tokens  bool
		faults  []fault
		there   *cgw.Gateway  // before
		age     time.Duration // of it; 0: an hour
		request func(*cgw.CreateRequest)
		sent    []string // looks one after the other are one
		id      string
		total   int

		kind    error // nil: success
		outcome cgw.Outcome
		names   []string
	}{
		{name: "a token", tokens: true, sent: []string{"Create token"}, id: "new-0", total: 1},
		{name: "look and prove", sent: []string{"Create"}, id: "new-0", total: 1},
		{
			name: "a token, a reply is lost", tokens: true, faults: []fault{lost("Create", 0, true)},
			sent: []string{"Create token", "Create token"}, id: "new-0", total: 1,
		},
		{
			name: "a token, a request is lost", tokens: true, faults: []fault{lost("Create", 0, false)},
			sent: []string{"Create token", "Create token"}, id: "new-0", total: 1,
		},
		{
			name: "look and prove, a reply is lost", faults: []fault{lost("Create", 0, true)},
			sent: []string{"Create", "List"}, id: "new-0", total: 1,
		},
		{
			name: "look and prove, a request is lost", faults: []fault{lost("Create", 0, false)},
			sent: []string{"Create", "List", "Create"}, id: "new-0", total: 1,
		},
		{
			name: "look and prove, all are lost", faults: []fault{lost("Create", -1, false)}, request: func(r *cgw.CreateRequest) { r.ResourceGroupID = "rg" },
			kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown, total: 0,
		},
		{
			name: "look and prove, another's", faults: []fault{lost("Create", 0, false)}, there: theirs,
			sent: []string{"Create", "List"}, total: 1,
			kind: cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: []string{"theirs"},
		},
		{
			name: "look and prove, another's that is new", faults: []fault{lost("Create", 0, false)},
			there: theirs, age: -time.Hour,
			sent: []string{"Create", "List"}, total: 1,
			kind: cgw.ErrAlreadyExists, outcome: cgw.OutcomeUnknown, names: []string{"theirs"},
		},
		{
			name: "look and prove, a look that fails", faults: []fault{lost("Create", 0, true), {action: "List", nth: -1, code: "Denied"}},
			sent: []string{"Create", "List"}, total: 1, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown,
		},
		{
			name: "exists", there: theirs, sent: []string{"Create", "List"}, total: 1,
			kind: cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied, names: []string{"theirs"},
		},
		{
			name: "exists, and a look that fails", there: theirs, faults: []fault{{action: "List", nth: -1, code: "Denied"}},
			sent: []string{"Create", "List"}, total: 1, kind: cgw.ErrAlreadyExists, outcome: cgw.OutcomeNotApplied,
		},
		{
			name: "the token was used before", tokens: true, there: theirs, faults: []fault{{action: "Create", code: "Mismatch"}},
			sent: []string{"Create token", "List"}, total: 1,
			kind: cgw.ErrTokenMismatch, outcome: cgw.OutcomeNotApplied, names: []string{"theirs"},
		},
		{
			name: "refused", faults: []fault{{action: "Create", code: "Denied"}}, sent: []string{"Create"},
			kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeNotApplied,
		},
		{
			name: "an invalid request", request: func(r *cgw.CreateRequest) { r.Name = "longer than ten" },
			kind: cgw.ErrInvalidName, outcome: cgw.OutcomeNotApplied,
		},
		{
			name: "an invalid request, with tokens", tokens: true, request: func(r *cgw.CreateRequest) { r.Name = "longer than ten" },
			kind: cgw.ErrInvalidName, outcome: cgw.OutcomeNotApplied,
		},
		{
			name: "an invalid request, with the caller's token", tokens: true, request: func(r *cgw.CreateRequest) { r.Name, r.ClientToken = "longer than ten", "mine" },
			kind: cgw.ErrInvalidName, outcome: cgw.OutcomeNotApplied,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(0)
				if tc.there != nil {
					g := *tc.there
					g.CreatedAt = time.Now().Add(-cmp.Or(tc.age, time.Hour))
					f.gateways = append(f.gateways, g)
				}
				f.faults = tc.faults
				e := engine(t, f, func(tr *operation.Traits) { tr.Tokens = tc.tokens })
				req := cgw.CreateRequest{IPAddress: addr, Name: "office", ASN: 64512, Tags: map[string]string{"k": "v"}}
				if tc.request != nil {
					tc.request(&req)
				}
				g, err := e.Create(t.Context(), req)
				if tc.sent != nil {
					require.Equal(t, tc.sent, looksOnce(f.sent))
				}
				require.Len(t, f.gateways, tc.total)
				if tc.kind == nil {
					require.NoError(t, err)
					require.Equal(t, tc.id, g.ID)
					require.Equal(t, cgw.Location{Provider: g.Provider, Region: g.Region}, e.Location())
					require.NotEmpty(t, g.RequestID)
					require.Equal(t, req.Tags, g.Tags)
					return
				}
				var failed *cgw.Error
				require.ErrorAs(t, err, &failed)
				require.ErrorIs(t, err, tc.kind)
				require.Equal(t, tc.outcome, failed.Outcome)
				require.Equal(t, tc.names, failed.ConflictingIDs)
			})
		})
	}
}

// TestBriefLook: a create is repeated after the first read that began MinBackoff after its loss, if
// reads show nothing. Reads that fail before that are part of the wait.
func TestBriefLook(t *testing.T) {
	for name, tc := range map[string]struct {
		unique      bool
		failed      int           // reads
		takes       time.Duration // every read
		absent      bool          // reads answer "not found"
		wide        bool          // reads show gateways of other addresses, on two pages
		least, most int           // reads, as the waits are drawn
	}{
		"a read, and one after the wait": {unique: true, least: 2, most: 2},
		"reads that fail":                {unique: true, failed: 2, least: 3, most: 4},
		"reads that take long":           {unique: true, takes: time.Second, least: 2, most: 2},
		"reads that find nothing":        {unique: true, absent: true, least: 2, most: 2},
		"reads of two pages":             {unique: true, wide: true, takes: 250 * time.Millisecond, least: 4, most: 4},
		"the service may allow two":      {least: 4, most: 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				least, most := 99, 0
				for range 100 {
					f := newFake(0)
					if tc.wide {
						f = newFake(3)
						f.size = 2
					}
					f.faults = []fault{{action: "Create"}}
					if tc.absent {
						f.faults = append(f.faults, fault{action: "List", nth: -1, code: "Missing"})
					}
					for nth := range tc.failed {
						f.faults = append(f.faults, fault{action: "List", nth: nth})
					}
					f.pageFunc = func(_ operation.Cursor, p operation.Page) operation.Page {
						time.Sleep(tc.takes)
						return p
					}
					e := engine(t, f, func(tr *operation.Traits) { tr.UniqueAddresses = tc.unique })
					_, err := e.Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "office"})
					require.NoError(t, err)
					reads := f.began[1 : len(f.began)-1]
					least, most = min(least, len(reads)), max(most, len(reads))
					after := f.began[0].Add(e.Loop.Policy().MinBackoff)
					pages := 1
					if tc.wide {
						pages = 2
					}
					require.False(t, reads[len(reads)-pages].Before(after), "the last read came too early")
					require.True(t, !tc.unique || reads[len(reads)-2*pages].Before(after), "a read too many")
				}
				require.Equal(t, [2]int{tc.least, tc.most}, [2]int{least, most})
			})
		})
	}
}

// TestCreateUnconfirmedASN: an ASN that the reply would confirm, and does not, is left 0.
func TestCreateUnconfirmedASN(t *testing.T) {
	for _, confirms := range []bool{true, false} {
		f := newFake(0)
		e := engine(t, noASN{f}, func(tr *operation.Traits) { tr.ConfirmsASN = confirms })
		g, err := e.Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "a", ASN: 64512})
		require.NoError(t, err)
		require.Equal(t, confirms, g.ASN == 0)
	}
}

// noASN is a cloud that drops ASNs.
type noASN struct{ *fake }

func (d noASN) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	g, err := d.fake.Create(ctx, r)
	g.ASN = 0
	return g, err
}

// TestCreateWithoutID: a success without an ID is none, and is looked into.
func TestCreateWithoutID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(0)
		g, err := engine(t, noID{f}, nil).Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "a"})
		require.NoError(t, err)
		require.Equal(t, "new-0", g.ID)
		require.Equal(t, []string{"Create", "List"}, f.sent)
	})
}

// noID is a cloud whose replies to creates lack the ID.
type noID struct{ *fake }

func (d noID) Create(ctx context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	_, err := d.fake.Create(ctx, r)
	return cgw.Gateway{}, err
}

// TestCreateTwice: the second create of an address waits for its turn, and may give up.
func TestCreateTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(0)
		f.faults = []fault{{action: "Create"}} // the first is busy with its looks for a while
		e := engine(t, f, nil)
		go func() { _, _ = e.Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "a"}) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := e.Create(ctx, cgw.CreateRequest{IPAddress: addr, Name: "b"})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	})
}

// looksOnce makes one of the looks that follow each other: how many there are is a matter of time.
func looksOnce(sent []string) []string {
	return slices.CompactFunc(slices.Clone(sent), func(a, b string) bool { return a == "List" && b == "List" })
}
