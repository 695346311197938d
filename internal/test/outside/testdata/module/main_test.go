package main

import (
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

func TestConformance(t *testing.T) {
	cgwtest.TestProvisioner(t, cgwtest.Harness{New: func(testing.TB) cgw.Provisioner { return &cgwtest.Fake{} }})
}
