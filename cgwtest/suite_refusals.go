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

// refusedCases returns one case for each fault that a request can have, and one for all of them
// together.
func refusedCases(r cgw.Rules) []testCase {
	var cases []testCase
	all := invalidInputs(r)
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
			s.refusesCreate(firstOfEachField(all, func(m invalidInput) bool { return m.create != nil })...)
		}},
		testCase{name: "Update/refuses/every fault in one error", rule: allFaultsRule, run: func(s *session) {
			some := firstOfEachField(all, func(m invalidInput) bool { return m.update != nil })
			slices.SortStableFunc(some, func(a, b invalidInput) int { return placeInUpdate(a) - placeInUpdate(b) })
			s.refusesUpdate(some...)
		}},
	)
}

// firstOfEachField returns the first of the inputs of each field for which keep is true.
func firstOfEachField(all []invalidInput, keep func(invalidInput) bool) []invalidInput {
	var some []invalidInput
	for _, m := range all {
		if keep(m) && !slices.ContainsFunc(some, func(o invalidInput) bool { return o.fault.Field == m.fault.Field }) {
			some = append(some, m)
		}
	}
	return some
}

// placeInUpdate returns the position of the field in an UpdateRequest.
func placeInUpdate(m invalidInput) int {
	return slices.Index([]string{"Name", "Description", "ASN", "AuthKey", "Tags"}, m.fault.Field)
}

func (s *session) refusesCreate(faults ...invalidInput) {
	req := s.request()
	for _, m := range faults {
		m.create(&req)
	}
	s.rulesRefuse(faults, s.h.Rules.Validate(req))
	var err error
	s.sendsNothing("Create", func() {
		var g cgw.Gateway
		g, err = s.p.Create(s.ctx, req)
		s.remember(g)
		s.zeroGateway("Create", g)
	})
	s.refusedAsInvalid("Create", err, wanted(faults)...)
	s.hidesSecret("Create", err, req.AuthKey)
	if !s.h.Live {
		s.lists(cgw.Filter{})
	}
}

func (s *session) refusesUpdate(faults ...invalidInput) {
	created := s.create(s.request())
	var req cgw.UpdateRequest
	for _, m := range faults {
		m.update(&req)
	}
	s.rulesRefuse(faults, s.h.Rules.ValidateUpdate(req))
	var err error
	s.sendsNothing("Update", func() {
		var g cgw.Gateway
		g, err = s.p.Update(s.ctx, created.ID, req)
		s.zeroGateway("Update", g)
	})
	s.refusedAsInvalid("Update", err, wanted(faults)...)
	if req.AuthKey != nil {
		s.hidesSecret("Update", err, *req.AuthKey)
	}
	s.same("Get after a refused Update", s.get(created.ID), created)
}

// rulesRefuse ends the case if the Rules do not find the faults that the suite made.
func (s *session) rulesRefuse(faults []invalidInput, err error) {
	if got, want := outline(faultsOf(err)), outline(wanted(faults)); got != want {
		s.fatalf("the Rules themselves find the faults [%s], want [%s]", got, want)
	}
}

// remember notes a gateway that should not exist, so that it is deleted after the case.
func (s *session) remember(g cgw.Gateway) {
	if g.ID != "" {
		s.mu.Lock()
		s.made[g.ID] = true
		s.mu.Unlock()
	}
}

// hidesSecret reports an error that shows the AuthKey anywhere in its tree.
func (s *session) hidesSecret(op string, err error, key cgw.Secret) {
	if len(key) < 4 { // it may be part of other text by chance
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

// wanted returns the FieldErrors of the inputs.
func wanted(faults []invalidInput) []*cgw.FieldError {
	fields := make([]*cgw.FieldError, len(faults))
	for i, m := range faults {
		fields[i] = m.fault
	}
	return fields
}

func quoteRune(c rune) string { return strconv.QuoteRune(c) }
