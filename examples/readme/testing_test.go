package main

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

func TestRegisterWhenThrottled(t *testing.T) {
	cloud := cgwtest.Fake{Faults: []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrThrottled}}}
	req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-office"}

	if what, err := register(t.Context(), &cloud, req); what != "try again later" || !errors.Is(err, cgw.ErrThrottled) {
		t.Errorf("got %q, %v", what, err)
	}
	if what, err := register(t.Context(), &cloud, req); what != "created" || err != nil {
		t.Errorf("got %q, %v", what, err)
	}
}
