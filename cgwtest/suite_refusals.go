package cgwtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
)

const (
	refusedRule = "a request that breaks the rules is an *Error of Kind ErrInvalidArgument and OutcomeNotApplied, with a " +
		"*ValidationError that satisfies the field's sentinel, before any network call"
	unsupportedRule = "a field that a cloud does not have, or cannot change, is never dropped in silence: setting it is a " +
		"FieldError that satisfies ErrUnsupported, before any network call"
	allFaultsRule = "all faults are reported at once, in field order, before any network call"
)

// refusedCases returns one case for each fault that a request can have, and for all together.
func refusedCases(r cgw.Rules) []testCase {
	var cases []testCase
	all := misuses(r)
	for _, m := range all {
		rule := refusedRule
		if m.fault.Kind == cgw.ErrUnsupported { //nolint:errorlint // the suite's own bare sentinel
			rule = unsupportedRule
		}
		name := "/refuses " + m.fault.Field + "/" + m.name
		if m.create != nil {
			cases = append(cases, testCase{name: "Create" + name, rule: rule, run: func(s *session) { s.refusesCreate(m) }})
		}
		if m.update != nil {
			cases = append(cases, testCase{name: "Update" + name, rule: rule, run: func(s *session) { s.refusesUpdate(m) }})
		}
	}
	return append(cases,
		testCase{name: "Create/refuses/every fault in one error", rule: allFaultsRule, run: func(s *session) {
			s.refusesCreate(firstOfEach(all, func(m misuse) bool { return m.create != nil })...)
		}},
		testCase{name: "Update/refuses/every fault in one error", rule: allFaultsRule, run: func(s *session) {
			some := firstOfEach(all, func(m misuse) bool { return m.update != nil })
			slices.SortStableFunc(some, func(a, b misuse) int { return inUpdate(a) - inUpdate(b) })
			s.refusesUpdate(some...)
		}},
	)
}

// firstOfEach returns the first admitted misuse of each field.
func firstOfEach(all []misuse, admit func(misuse) bool) []misuse {
	var some []misuse
	for _, m := range all {
		if admit(m) && !slices.ContainsFunc(some, func(o misuse) bool { return o.fault.Field == m.fault.Field }) {
			some = append(some, m)
		}
	}
	return some
}

// inUpdate returns the place of the field in an UpdateRequest.
func inUpdate(m misuse) int {
	return slices.Index([]string{"Name", "Description", "ASN", "AuthKey", "Tags"}, m.fault.Field)
}

func (s *session) refusesCreate(faults ...misuse) {
	req := s.request()
	for _, m := range faults {
		m.create(&req)
	}
	s.breaks(faults, s.h.Rules.Validate(req))
	var err error
	s.silent("Create", func() {
		var g cgw.Gateway
		g, err = s.p.Create(s.ctx, req)
		s.keep(g)
		s.zero("Create", g)
	})
	s.invalid("Create", err, wanted(faults)...)
	s.keepsSecret("Create", err, req.AuthKey)
	if !s.h.Live {
		s.lists(cgw.Filter{})
	}
}

func (s *session) refusesUpdate(faults ...misuse) {
	created := s.create(s.request())
	var req cgw.UpdateRequest
	for _, m := range faults {
		m.update(&req)
	}
	s.breaks(faults, s.h.Rules.ValidateUpdate(req))
	var err error
	s.silent("Update", func() {
		var g cgw.Gateway
		g, err = s.p.Update(s.ctx, created.ID, req)
		s.zero("Update", g)
	})
	s.invalid("Update", err, wanted(faults)...)
	if req.AuthKey != nil {
		s.keepsSecret("Update", err, *req.AuthKey)
	}
	s.same("Get after a refused Update", s.get(created.ID), created)
}

// breaks ends the case where the Rules do not refuse what the suite takes for faults.
func (s *session) breaks(faults []misuse, err error) {
	if got, want := outline(faultsOf(err)), outline(wanted(faults)); got != want {
		s.fatalf("the Rules themselves find the faults [%s], want [%s]", got, want)
	}
}

// keep remembers a gateway that ought not to have been made, for the cleaning up.
func (s *session) keep(g cgw.Gateway) {
	if g.ID != "" {
		s.mu.Lock()
		s.made[g.ID] = true
		s.mu.Unlock()
	}
}

// keepsSecret reports an error that shows an AuthKey, anywhere in its tree.
func (s *session) keepsSecret(op string, err error, key cgw.Secret) {
	if len(key) < 4 { // too short to be told from other text
		return
	}
	texts := append(textsOf(err), fmt.Sprintf("%+v %#v", err, err))
	for _, f := range faultsOf(err) {
		texts = append(texts, f.Value, f.Reason)
	}
	if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, key.Reveal()) }) {
		s.errorf("%s: the error shows the AuthKey", op)
	}
}

// textsOf returns the texts of every error in the tree.
func textsOf(err error) []string {
	if err == nil {
		return nil
	}
	texts := []string{err.Error()}
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() error }:
		texts = append(texts, textsOf(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, c := range e.Unwrap() {
			texts = append(texts, textsOf(c)...)
		}
	}
	return texts
}

func wanted(faults []misuse) []*cgw.FieldError {
	fields := make([]*cgw.FieldError, len(faults))
	for i, m := range faults {
		fields[i] = m.fault
	}
	return fields
}

func quoteRune(c rune) string { return strconv.QuoteRune(c) }
