package main

import (
	"net/netip"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

func TestThrottled(t *testing.T) {
	cloud := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrThrottled}}}
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-office"}
	for _, want := range []string{"try later", "ok"} {
		_, err := cloud.Create(t.Context(), req)
		if got := action(err); got != want {
			t.Errorf("got %q, want %q: %v", got, want, err)
		}
	}
}
