package operation

import (
	"context"
	"net/netip"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
)

// These tests find a field that was added to a request and is forgotten here. An operation would
// drop it in silence, or return a gateway without it.

// withField returns a request with one field set.
func withField[R any](t *testing.T, f reflect.StructField) (req R, value reflect.Value) {
	value = reflect.ValueOf(&req).Elem().FieldByIndex(f.Index)
	v := value
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(f.Type.Elem()))
		v = v.Elem()
	}
	switch v.Interface().(type) {
	case string, cgw.Secret:
		v.SetString("new")
	case cgw.ASN:
		v.SetUint(7)
	case map[string]string:
		v.Set(reflect.ValueOf(map[string]string{"new": "tag"}))
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("203.0.113.7")))
	default:
		t.Fatalf("withField has no value for %s", f.Type)
	}
	return req, v
}

func TestCreateKnowsEveryField(t *testing.T) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cgw.CreateRequest]()) {
		req, value := withField[cgw.CreateRequest](t, f)
		if f.Name == "AuthKey" || f.Name == "ClientToken" { // no gateway shows them
			continue
		}
		made := completed(cgw.Gateway{}, req, Traits{})
		require.Equal(t, value.Interface(), reflect.ValueOf(made).FieldByName(f.Name).Interface(), "completed does not fill in %s", f.Name)
		if f.Name != "IPAddress" { // it is what the gateway was found by
			require.True(t, differs(cgw.Gateway{}, req) || incomplete(cgw.Gateway{}, req), "prove does not compare %s", f.Name)
		}
	}
}

func TestUpdateKnowsEveryField(t *testing.T) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cgw.UpdateRequest]()) {
		for _, readFirst := range []bool{false, true} { // if so, only what differs is written
			req, value := withField[cgw.UpdateRequest](t, f)
			if readFirst {
				req.Tags = map[string]string{"new": "tag"}
			}
			d := stale{wrote: &cgw.UpdateRequest{}}
			e := Engine{Driver: d, Loop: &attempt.Loop{}}
			g, err := e.Update(t.Context(), "cgw-1", req)
			require.NoError(t, err)
			wrote := reflect.ValueOf(*d.wrote).FieldByIndex(f.Index)
			require.False(t, wrote.IsZero(), "Update does not write %s", f.Name)
			if f.Name != "AuthKey" && f.Name != "ASN" { // not shown; 0 until a read confirms it
				require.Equal(t, value.Interface(), reflect.ValueOf(g).FieldByName(f.Name).Interface(), "the result lacks %s", f.Name)
			}
		}
	}
}

// stale is a cloud whose reads do not show what was written yet.
type stale struct {
	Driver
	wrote *cgw.UpdateRequest
}

func (stale) Get(context.Context, string) (cgw.Gateway, error) { return cgw.Gateway{ID: "cgw-1"}, nil }

func (s stale) Modify(_ context.Context, _ string, req cgw.UpdateRequest, _ string) error {
	*s.wrote = req
	return nil
}

func (s stale) SetTags(_ context.Context, _ string, set []Tag, _ []string) error {
	s.wrote.Tags = map[string]string{set[0].Key: set[0].Value}
	return nil
}
