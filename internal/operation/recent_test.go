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
	name, old, empty, asn, one := "new", "n0", "", cgw.ASN(5), cgw.ASN(1)
	tags, none := map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{}
	always := func(tr *operation.Traits) { tr.NamesAlways = true }
	text, other := "text", cgw.ASN(7)
	refusedLater := []fault{{action: "Modify", nth: 0, after: true}, {action: "Modify", nth: 1, code: "Denied"}}
	for _, tc := range []struct {
		name   string
		first  []cgw.UpdateRequest
		apart  time.Duration // between them
		faults []fault
		fails  bool
		after  time.Duration
		req    cgw.UpdateRequest
		sent   []string
	}{
		{"tags", []cgw.UpdateRequest{{Tags: none}}, 0, nil, false, 29 * time.Second, cgw.UpdateRequest{Tags: tags}, []string{"Get", "Tag [{a 1} {b 2} {c 3}]", "Get"}},
		{"one tag", []cgw.UpdateRequest{{Tags: map[string]string{"a": "9"}}}, 0, nil, false, 0, cgw.UpdateRequest{Tags: map[string]string{"b": "2"}}, []string{"Get", "Untag [a c]", "Tag [{b 2}]", "Get"}},
		{"a name is not lost", []cgw.UpdateRequest{{Name: &name}}, 0, nil, false, 0, cgw.UpdateRequest{ASN: &asn}, []string{"Get", "Modify name=new,asn=5", "Get"}},
		{"a name, then other fields", []cgw.UpdateRequest{{Name: &name}, {Description: &text}, {Tags: none}}, 0, nil, false, 0, cgw.UpdateRequest{ASN: &asn}, []string{"Get", "Modify name=new,asn=5", "Get"}},
		{"a name and back, with tags", []cgw.UpdateRequest{{Name: &name}}, 0, nil, false, 0, cgw.UpdateRequest{Name: &old, Tags: tags}, []string{"Get", "Modify name=n0", "Get"}},
		{"a description and back, with tags", []cgw.UpdateRequest{{Description: &text, Name: &old}}, 0, nil, false, 0, cgw.UpdateRequest{Name: &old, Description: &empty, Tags: tags}, []string{"Get", "Modify name=n0", "Get"}},
		{"an ASN and back, with tags", []cgw.UpdateRequest{{ASN: &other}}, 0, nil, false, 0, cgw.UpdateRequest{ASN: &one, Tags: tags}, []string{"Get", "Modify name=n0,asn=1", "Get"}},
		{"tags alone send no name", []cgw.UpdateRequest{{Name: &name}}, 0, nil, false, 0, cgw.UpdateRequest{Tags: none}, []string{"Get", "Untag [a b c]", "Get"}},
		{"of an unknown outcome", []cgw.UpdateRequest{{Tags: none}}, 0, []fault{{action: "Untag", nth: -1}}, true, 0, cgw.UpdateRequest{Tags: tags}, []string{"Get", "Tag [{a 1} {b 2} {c 3}]", "Get"}},
		{"refused", []cgw.UpdateRequest{{Tags: none}}, 0, []fault{{action: "Untag", nth: -1, code: "Denied"}}, true, 0, cgw.UpdateRequest{Tags: tags}, []string{"Get"}},
		{"a name whose retry was refused", []cgw.UpdateRequest{{Name: &name}}, 0, refusedLater, true, 0, cgw.UpdateRequest{ASN: &asn}, []string{"Get", "Modify name=n0,asn=5", "Get"}},
		{"long ago", []cgw.UpdateRequest{{Name: &name, Tags: none}}, 0, nil, false, 31 * time.Second, cgw.UpdateRequest{Tags: tags}, []string{"Get"}},
		{"a name long ago, and other fields since", []cgw.UpdateRequest{{Name: &name}, {ASN: &other}}, 20 * time.Second, nil, false, 0, cgw.UpdateRequest{Description: &text}, []string{"Get", "Modify name=n0", "Get"}},
		{"a name of 20 s ago, and tags of 40 s ago", []cgw.UpdateRequest{{Tags: none}, {Name: &name}}, 20 * time.Second, nil, false, 0, cgw.UpdateRequest{ASN: &asn}, []string{"Get", "Modify name=new,asn=5", "Get"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(1)
				f.faults = tc.faults
				before := f.gateways[0]
				before.Tags = maps.Clone(before.Tags)
				e := engine(t, f, always)
				for _, req := range tc.first {
					_, err := e.Update(t.Context(), "g000", req)
					require.Equal(t, tc.fails, err != nil, "%v", err)
					time.Sleep(tc.apart)
					f.gateways[0] = before // as a read shows that lags
					f.gateways[0].Tags = maps.Clone(before.Tags)
				}
				time.Sleep(tc.after)
				f.sent, f.faults = nil, nil
				_, err := e.Update(t.Context(), "g000", tc.req)
				require.NoError(t, err)
				require.Equal(t, tc.sent, f.sent)
			})
		})
	}
	t.Run("the caller changes its request", func(t *testing.T) {
		f := newFake(1)
		e := engine(t, f, always)
		mine, its := "mine", map[string]string{"x": "1"}
		_, err := e.Update(t.Context(), "g000", cgw.UpdateRequest{Name: &mine, Tags: its})
		require.NoError(t, err)
		mine, its["x"], f.sent = "changed", "2", nil
		f.gateways[0].Name = "n0"
		_, err = e.Update(t.Context(), "g000", cgw.UpdateRequest{ASN: &asn, Tags: map[string]string{"x": "1"}})
		require.NoError(t, err)
		require.Equal(t, []string{"Get", "Modify name=mine,asn=5", "Get"}, f.sent)
	})
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
		time.Sleep(2 * time.Minute)
		_, err := e.Update(t.Context(), f.gateways[0].ID, cgw.UpdateRequest{})
		require.NoError(t, err)
		require.Zero(t, e.Remembered(), "a read is enough")
	})
}
