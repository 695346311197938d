package operation

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/test/byfield"
)

// These tests find a field that was added to a request and is forgotten here. An operation would
// drop it in silence, or return a gateway without it.

func TestCreateKnowsEveryField(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, req cgw.CreateRequest, value any) {
		if name == "AuthKey" || name == "ClientToken" {
			return // no gateway shows them
		}
		require.Equal(t, value, byfield.Get(completed(cgw.Gateway{}, req, Traits{}), name), "completed does not fill it in")
		if name != "IPAddress" { // the gateway was found by it
			require.True(t, differs(cgw.Gateway{}, req) || incomplete(cgw.Gateway{}, req), "prove does not compare it")
		}
	})
}

func TestUpdateKnowsEveryField(t *testing.T) {
	for _, readFirst := range []bool{false, true} { // if so, only what differs is written
		byfield.Each(t, func(t *testing.T, name string, req cgw.UpdateRequest, value any) {
			if readFirst {
				req.Tags = map[string]string{"new": "tag"}
			}
			d := &stale{}
			e := Engine{Driver: d, Loop: &attempt.Loop{}}
			g, err := e.Update(t.Context(), "cgw-1", req)
			require.NoError(t, err)
			require.Equal(t, byfield.Get(req, name), byfield.Get(d.wrote, name), "Update does not write it")
			if name != "AuthKey" && name != "ASN" { // not shown; 0 until a read confirms it
				require.Equal(t, value, byfield.Get(g, name), "the result lacks it")
			}
			if req.Tags == nil {
				require.Equal(t, 1, d.reads, "Update reads before it writes")
			}
		})
	}
}

func TestRecentKnowsEveryField(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, req cgw.UpdateRequest, value any) {
		var r recent
		r.note("cgw-1", req)
		if name == "AuthKey" { // it is not kept
			require.Equal(t, written{}, r.newest["cgw-1"])
			return
		}
		require.Equal(t, value, byfield.Get(r.over(cgw.Gateway{ID: "cgw-1"}), name), "recent forgets it")
	})
}

// stale is a cloud whose reads do not show what was written yet.
type stale struct {
	Driver
	wrote cgw.UpdateRequest
	reads int
}

func (s *stale) Get(context.Context, string) (cgw.Gateway, error) {
	s.reads++
	return cgw.Gateway{ID: "cgw-1"}, nil
}

func (s *stale) Modify(_ context.Context, _ string, req cgw.UpdateRequest, _ string) error {
	s.wrote = req
	return nil
}

func (s *stale) SetTags(_ context.Context, _ string, set []Tag, _ []string) error {
	s.wrote.Tags = map[string]string{set[0].Key: set[0].Value}
	return nil
}
