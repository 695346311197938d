package operation_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
)

// TestUpdate looks at the requests of an update and their order.
func TestUpdate(t *testing.T) {
	name, same, long, asn := "new", "n0", "longer than ten", cgw.ASN(5)
	always := func(tr *operation.Traits) { tr.NamesAlways = true }
	both := func(tr *operation.Traits) { tr.Actions.Untag = tr.Actions.Tag }
	denied := func(action string, nth int) []fault { return []fault{{action: action, nth: nth, code: "Denied"}} }
	for _, tc := range []struct {
		name   string
		id     string // "": g000
		req    cgw.UpdateRequest
		traits func(*operation.Traits)
		faults []fault
		sent   []string

		kind    error // nil: success
		outcome cgw.Outcome
	}{
		{name: "nothing", sent: []string{"Get"}},
		{name: "a name", req: cgw.UpdateRequest{Name: &name}, sent: []string{"Modify name=new", "Get"}},
		{name: "a name, a reply is lost", req: cgw.UpdateRequest{Name: &name}, faults: []fault{{action: "Modify", after: true}}, sent: []string{"Modify name=new", "Modify name=new", "Get"}},
		{name: "the ASN", req: cgw.UpdateRequest{ASN: &asn}, sent: []string{"Modify asn=5", "Get"}},
		{name: "the ASN, with the name", req: cgw.UpdateRequest{ASN: &asn}, traits: always, sent: []string{"Get", "Modify name=n0,asn=5", "Get"}},
		{name: "what it is already", req: cgw.UpdateRequest{Name: &same, Tags: map[string]string{"a": "1", "b": "2", "c": "3"}}, sent: []string{"Get"}},
		{
			name: "a name and tags: the name first, then what goes, then what comes", req: cgw.UpdateRequest{Name: &name, Tags: map[string]string{"a": "1", "b": "x", "d": "4"}},
			sent: []string{"Get", "Modify name=new", "Untag [c]", "Tag [{b x} {d 4}]", "Get"},
		},
		{name: "tags alone, the name as it is", req: cgw.UpdateRequest{Name: &same, Tags: map[string]string{"a": "1", "b": "2"}}, sent: []string{"Get", "Untag [c]", "Get"}},
		{
			name: "tags in batches of two", req: cgw.UpdateRequest{Tags: map[string]string{"d": "4", "e": "5", "f": "6"}}, traits: func(tr *operation.Traits) { tr.TagsInChange = 2 },
			sent: []string{"Get", "Untag [a b]", "Untag [c]", "Tag [{d 4} {e 5}]", "Tag [{f 6}]", "Get"},
		},
		{
			name: "tags in batches of two, in requests that do both", req: cgw.UpdateRequest{Tags: map[string]string{"d": "4", "e": "5"}},
			traits: func(tr *operation.Traits) { both(tr); tr.TagsInChange = 2 },
			sent:   []string{"Get", "Untag [a b]", "Untag [c][{d 4}]", "Tag [{e 5}]", "Get"},
		},
		{name: "tags in one request that does both", req: cgw.UpdateRequest{Tags: map[string]string{"a": "1", "d": "4"}}, traits: both, sent: []string{"Get", "Untag [b c][{d 4}]", "Get"}},
		{name: "no tags", req: cgw.UpdateRequest{Tags: map[string]string{}}, sent: []string{"Get", "Untag [a b c]", "Get"}},

		{name: "no ID", id: "-", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "a bad name", req: cgw.UpdateRequest{Name: &long}, kind: cgw.ErrInvalidName, outcome: cgw.OutcomeNotApplied},
		{name: "no such gateway", id: "none", req: cgw.UpdateRequest{Tags: map[string]string{}}, sent: []string{"Get"}, kind: cgw.ErrNotFound, outcome: cgw.OutcomeNotApplied},
		{name: "the first write is refused", req: cgw.UpdateRequest{Name: &name}, faults: denied("Modify", 0), sent: []string{"Modify name=new"}, kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeNotApplied},
		{
			name: "the second write is refused", req: cgw.UpdateRequest{Name: &name, Tags: map[string]string{}}, faults: denied("Untag", 0),
			sent: []string{"Get", "Modify name=new", "Untag [a b c]"}, kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeUnknown,
		},
		{
			name: "the last read is refused", req: cgw.UpdateRequest{Name: &name}, faults: denied("Get", 0),
			sent: []string{"Modify name=new", "Get"}, kind: cgw.ErrPermissionDenied, outcome: cgw.OutcomeApplied,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(1)
				f.faults = tc.faults
				id := map[string]string{"": "g000", "-": "", "none": "none"}[tc.id]
				g, err := engine(t, f, tc.traits).Update(t.Context(), id, tc.req)
				require.Equal(t, tc.sent, f.sent)
				if tc.kind != nil {
					require.ErrorIs(t, err, tc.kind)
					require.Equal(t, tc.outcome, cgw.OutcomeOf(err))
					return
				}
				require.NoError(t, err)
				if tc.req.Name != nil {
					require.Equal(t, *tc.req.Name, g.Name)
				}
				if tc.req.Tags != nil {
					require.Equal(t, len(tc.req.Tags), len(g.Tags))
				}
				if tc.req.ASN != nil {
					require.Zero(t, g.ASN, "the service accepted it, and does not show it")
				}
			})
		})
	}
}

// TestUpdateAcknowledged: a read that lags does not take back what was acknowledged.
func TestUpdateAcknowledged(t *testing.T) {
	name, text := "new", "a description"
	g, err := engine(t, lagging{newFake(1)}, nil).Update(t.Context(), "g000", cgw.UpdateRequest{Name: &name, Description: &text, Tags: map[string]string{"d": "4"}})
	require.NoError(t, err)
	require.Equal(t, name, g.Name)
	require.Equal(t, text, g.Description)
	require.Equal(t, map[string]string{"d": "4"}, g.Tags)
}

// lagging is a cloud whose reads never show a change.
type lagging struct{ *fake }

func (d lagging) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	_, err := d.fake.Get(ctx, id)
	return newFake(1).gateways[0], err
}

func TestDelete(t *testing.T) {
	for _, tc := range []struct {
		name   string
		id     string
		used   []string
		faults []fault
		sent   []string

		kind    error
		outcome cgw.Outcome
		names   []string
	}{
		{name: "a gateway", id: "g000", sent: []string{"Delete"}},
		{name: "a reply is lost", id: "g000", faults: []fault{{action: "Delete", after: true}}, sent: []string{"Delete", "Delete"}},
		{name: "a request is lost", id: "g000", faults: []fault{{action: "Delete"}}, sent: []string{"Delete", "Delete"}},
		{name: "all replies are lost", id: "g000", faults: []fault{{action: "Delete", nth: -1}}, sent: []string{"Delete", "Delete", "Delete"}, kind: cgw.ErrUnavailable, outcome: cgw.OutcomeUnknown},
		{name: "none", id: "none", sent: []string{"Delete"}, kind: cgw.ErrNotFound, outcome: cgw.OutcomeNotApplied},
		{name: "no ID", kind: cgw.ErrInvalidArgument, outcome: cgw.OutcomeNotApplied},
		{name: "in use", id: "g000", used: []string{"x"}, sent: []string{"Delete", "Connections"}, kind: cgw.ErrInUse, outcome: cgw.OutcomeNotApplied, names: []string{"x"}},
		{
			name: "in use, after a request was lost", id: "g000", used: []string{"x"}, faults: []fault{{action: "Delete"}},
			sent: []string{"Delete", "Delete", "Connections"}, kind: cgw.ErrInUse, outcome: cgw.OutcomeNotApplied, names: []string{"x"},
		},
		{
			name: "in use, by what may not be seen", id: "g000", used: []string{"x"}, faults: []fault{{action: "Connections", code: "Denied"}},
			sent: []string{"Delete", "Connections"}, kind: cgw.ErrInUse, outcome: cgw.OutcomeNotApplied,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(1)
				f.connections, f.faults = tc.used, tc.faults
				err := engine(t, f, nil).Delete(t.Context(), tc.id)
				require.Equal(t, tc.sent, f.sent)
				if tc.kind == nil {
					require.NoError(t, err)
					require.Empty(t, f.gateways)
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

// TestDeleteListsConnections: if the service names no connection of a gateway that is in use, all of
// the region are read.
func TestDeleteListsConnections(t *testing.T) {
	type page = operation.ConnectionPage
	for _, tc := range []struct {
		name   string
		pages  []page
		faults []fault
		sent   []string
		names  []string
	}{
		{"by the total", []page{{IDs: []string{"x"}, Rows: 2, Total: 3}, {IDs: []string{"x", "y"}, Rows: 1, Total: 3}}, nil, []string{"Connections 0", "Connections 2"}, []string{"x", "y"}},
		{"by an empty page", []page{{IDs: []string{"x"}, Rows: 2, Total: -1}, {Total: -1}}, nil, []string{"Connections 0", "Connections 2"}, []string{"x"}},
		{"denied", []page{{}}, []fault{{action: "Connections", nth: 1, code: "Denied"}}, []string{"Connections 0"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(1)
			f.connections, f.faults = []string{"x"}, tc.faults
			err := engine(t, lister{f, tc.pages}, nil).Delete(t.Context(), "g000")
			var failed *cgw.Error
			require.ErrorAs(t, err, &failed)
			require.ErrorIs(t, err, cgw.ErrInUse)
			require.Equal(t, tc.names, failed.ConflictingIDs)
			require.Equal(t, append([]string{"Delete", "Connections"}, tc.sent...), f.sent)
		})
	}
}
