package cgwtest

import (
	"reflect"
	"strings"

	"github.com/cgw-go/cgw"
)

// ruleCases check what a Provisioner says about itself: cgw.Ruled and cgw.Located.
func ruleCases() []testCase {
	return []testCase{
		{
			name: "Rules/same as Harness.Rules",
			rule: "a Provisioner, or one that it wraps, is a cgw.Ruled, and cgw.RulesOf returns the rules that its requests are checked against",
			run: func(s *session) {
				if _, ok := cgw.As[cgw.Ruled](s.p); !ok {
					s.errorf("%T is not a cgw.Ruled, and wraps none", s.p)
				}
				if d := ruleDifferences(cgw.RulesOf(s.p), s.h.Rules); d != "" {
					s.errorf("cgw.RulesOf and Harness.Rules differ in %s", d)
				}
			},
		},
		{
			name: "Location/same in every result",
			rule: "a Provisioner, or one that it wraps, is a cgw.Located, whose Location is the Provider and the Region of every Gateway and every Error",
			run:  testLocation,
		},
	}
}

// ruleDifferences names the fields in which two Rules differ.
func ruleDifferences(a, b cgw.Rules) string {
	var d []string
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			d = append(d, x.Type().Field(i).Name)
		}
	}
	return strings.Join(d, ", ")
}

func testLocation(s *session) {
	located, ok := cgw.As[cgw.Located](s.p)
	if !ok {
		s.fatalf("%T is not a cgw.Located, and wraps none", s.p)
	}
	at := located.Location()
	if p := s.h.Rules.Provider; at.Provider == "" || at.Region == "" || (p != "" && at.Provider != p) {
		s.errorf("Location is %+v, want a Region and the Provider of Harness.Rules, %q", at, p)
	}
	is := func(what string, provider cgw.Provider, region string) {
		if got := (cgw.Location{Provider: provider, Region: region}); got != at {
			s.errorf("%s: Provider and Region are %+v, want Location %+v", what, got, at)
		}
	}
	created := s.create(s.request())
	is("Create", created.Provider, created.Region)
	read := s.get(created.ID)
	is("Get", read.Provider, read.Region)
	for _, g := range s.list(cgw.Filter{}) {
		is("List", g.Provider, g.Region)
	}
	updated := s.update(created.ID, cgw.UpdateRequest{})
	is("Update", updated.Provider, updated.Region)
	_, err := s.p.Get(s.ctx, "")
	if e := s.failed("Get", err); e != nil {
		is("the error of Get", e.Provider, e.Region)
	}
}
