package operation_test

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
)

// TestWhatWasWrittenIsRemembered has reads that do not show what was written before: an update writes all that
// differs from the read or from what was written. After 30 s the read alone counts.
func TestWhatWasWrittenIsRemembered(t *testing.T) {
	name, asn := "new", cgw.ASN(5)
	tags, none := map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{}
	always := func(tr *operation.Traits) { tr.NamesAlways = true }
	for _, tc := range []struct {
		name   string
		first  cgw.UpdateRequest
		faults []fault
		fails  bool
		after  time.Duration
		req    cgw.UpdateRequest
		sent   []string
	}{
		{"tags", cgw.UpdateRequest{Tags: none}, nil, false, 29 * time.Second, cgw.UpdateRequest{Tags: tags}, []string{"Get", "Tag [{a 1} {b 2} {c 3}]", "Get"}},
		{"one tag", cgw.UpdateRequest{Tags: map[string]string{"a": "9"}}, nil, false, 0, cgw.UpdateRequest{Tags: map[string]string{"b": "2"}}, []string{"Get", "Untag [a c]", "Tag [{b 2}]", "Get"}},
		{"a name is not lost", cgw.UpdateRequest{Name: &name}, nil, false, 0, cgw.UpdateRequest{ASN: &asn}, []string{"Get", "Modify name=new,asn=5", "Get"}},
		{"of an unknown outcome", cgw.UpdateRequest{Tags: none}, []fault{{action: "Untag", nth: -1}}, true, 0, cgw.UpdateRequest{Tags: tags}, []string{"Get", "Tag [{a 1} {b 2} {c 3}]", "Get"}},
		{"refused", cgw.UpdateRequest{Tags: none}, []fault{{action: "Untag", nth: -1, code: "Denied"}}, true, 0, cgw.UpdateRequest{Tags: tags}, []string{"Get"}},
		{"long ago", cgw.UpdateRequest{Name: &name, Tags: none}, nil, false, 31 * time.Second, cgw.UpdateRequest{Tags: tags}, []string{"Get"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(1)
				f.faults = tc.faults
				before := f.gateways[0]
				before.Tags = maps.Clone(before.Tags)
				e := engine(t, f, always)
				_, err := e.Update(t.Context(), "g000", tc.first)
				require.Equal(t, tc.fails, err != nil, "%v", err)
				time.Sleep(tc.after)
				f.gateways[0], f.sent, f.faults = before, nil, nil // as a read shows that lags
				_, err = e.Update(t.Context(), "g000", tc.req)
				require.NoError(t, err)
				require.Equal(t, tc.sent, f.sent)
			})
		})
	}
	t.Run("the tags of a create", func(t *testing.T) {
		f := newFake(0)
		e := engine(t, f, nil)
		g, err := e.Create(t.Context(), cgw.CreateRequest{IPAddress: addr, Name: "x", Tags: tags})
		require.NoError(t, err)
		f.gateways[0].Tags, f.sent = map[string]string{}, nil
		_, err = e.Update(t.Context(), g.ID, cgw.UpdateRequest{Tags: none})
		require.NoError(t, err)
		require.Equal(t, []string{"Get", "Untag [a b c]", "Get"}, f.sent)
	})
}

// TestWhatWasWrittenIsForgotten: a Provisioner that runs for long does not remember every gateway.
func TestWhatWasWrittenIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(1)
		e := engine(t, f, nil)
		for i := range 300 {
			f.gateways[0].ID = "g" + time.Duration(i).String()
			_, err := e.Update(t.Context(), f.gateways[0].ID, cgw.UpdateRequest{Tags: map[string]string{"n": "1"}})
			require.NoError(t, err)
			f.gateways[0].Tags = map[string]string{}
			time.Sleep(time.Second)
		}
		require.LessOrEqual(t, e.Remembered(), 62)
	})
}
