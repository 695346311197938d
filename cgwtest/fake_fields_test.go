package cgwtest_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/internal/test/byfield"
)

// A token that was used for a request is refused for one that differs in any field.
func TestFakeComparesEveryField(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, other cgw.CreateRequest, _ any) {
		if name == "ClientToken" {
			return
		}
		first := cgw.CreateRequest{IPAddress: addr("203.0.113.7"), ClientToken: "token"}
		other.ClientToken = first.ClientToken
		if name != "IPAddress" {
			other.IPAddress = first.IPAddress
		}
		var f cgwtest.Fake
		_, err := f.Create(t.Context(), first)
		require.NoError(t, err)
		_, err = f.Create(t.Context(), other)
		require.ErrorIs(t, err, cgw.ErrTokenMismatch)
	})
}

// The record of a call shares no memory with the request.
func TestFakeCopiesEveryField(t *testing.T) {
	byfield.Each(t, func(t *testing.T, name string, req cgw.UpdateRequest, _ any) {
		var f cgwtest.Fake
		_, err := f.Update(t.Context(), "cgw-none", req)
		require.ErrorIs(t, err, cgw.ErrNotFound)
		pointer := func(r cgw.UpdateRequest) uintptr { return reflect.ValueOf(byfield.Get(r, name)).Pointer() }
		require.NotEqual(t, pointer(req), pointer(f.Calls()[0].Update))
	})
}
