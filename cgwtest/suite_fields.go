package cgwtest

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/cgw-go/cgw"
)

const fieldRule = "a field of a request is never dropped in silence: it is kept, and a reading shows it, or the call is refused " +
	"with a FieldError that names it, as the Rules say"

// fieldCases returns one case for each field of the requests. It finds the fields by reflection:
// a field that is added to package cgw fails the suite until this file knows how to see that a
// Provisioner keeps it.
func fieldCases() []testCase {
	return slices.Concat(createFields().cases(), updateFields().cases(), filterFields().cases())
}

// requestFields says how to try the fields of R, the request of an operation, one by one.
type requestFields[R any] struct {
	op       string
	base     func(*session) R             // a valid request with the required fields alone
	values   func(*session) R             // a value for each field; it is valid unless the Rules refuse every value
	validate func(cgw.Rules, R) error     // of the Rules
	needs    map[string]func(*need)       // of the cases of some fields
	try      func(*session, R, see) error // sends the request, and passes what a reading shows then to see
}

// see is called with each gateway that is read after a request was accepted.
type see func(cgw.Gateway)

func (f requestFields[R]) cases() []testCase {
	var cases []testCase
	for _, field := range reflect.VisibleFields(reflect.TypeFor[R]()) {
		if field.Anonymous {
			continue
		}
		cases = append(cases, testCase{
			name: f.op + "/field " + field.Name, rule: fieldRule, needs: f.needs[field.Name],
			run: func(s *session) { f.tryField(s, field) },
		})
	}
	return cases
}

// tryField sends a request with one field set.
func (f requestFields[R]) tryField(s *session, field reflect.StructField) {
	value := reflect.ValueOf(f.values(s)).FieldByIndex(field.Index)
	if value.IsZero() {
		s.fatalf("the suite has no value for the field %s of %T: add one to suite_fields.go", field.Name, *new(R))
	}
	req := f.base(s)
	reflect.ValueOf(&req).Elem().FieldByIndex(field.Index).Set(value)
	refusal := f.validate(s.h.Rules, req)
	err := f.try(s, req, func(g cgw.Gateway) {
		if refusal == nil {
			s.showsField(f.op, g, field.Name, value)
		}
	})
	switch {
	case refusal != nil && err == nil:
		s.errorf("%s with %s succeeds, although the Rules refuse it: %v", f.op, field.Name, refusal)
	case refusal != nil:
		s.refusedAsInvalid(f.op, err, faultsOf(refusal)...)
	case err != nil:
		s.errorf("%s with %s: %v, although the Rules accept it", f.op, field.Name, err)
	}
}

// fieldsNotShown are those that no Gateway has: cgw never returns an AuthKey, and try looks for
// the effect of a ClientToken.
var fieldsNotShown = [...]string{"AuthKey", "ClientToken"}

// showsField reports a Gateway whose field of this name does not have the value, or the value
// that a pointer points to.
func (s *session) showsField(op string, g cgw.Gateway, name string, value reflect.Value) {
	if slices.Contains(fieldsNotShown[:], name) {
		return
	}
	got := reflect.ValueOf(g).FieldByName(name)
	if !got.IsValid() {
		s.errorf("%s accepts %s, and no field of a Gateway shows it: say in suite_fields.go how to see that it is kept", op, name)
		return
	}
	if want := reflect.Indirect(value); !reflect.DeepEqual(got.Interface(), want.Interface()) {
		s.errorf("%s accepts %s %v, and a reading shows %v", op, name, want, got)
	}
}

func createFields() requestFields[cgw.CreateRequest] {
	return requestFields[cgw.CreateRequest]{
		op:   cgw.OpCreate,
		base: (*session).request,
		values: func(s *session) cgw.CreateRequest {
			req := s.fullRequest()
			req.Name = cmp.Or(req.Name, "name")
			req.Description = cmp.Or(req.Description, "description")
			req.ASN = cmp.Or(req.ASN, 64512)
			if req.Tags == nil {
				req.Tags = nTags(1)
			}
			req.ResourceGroupID = cmp.Or(s.h.ResourceGroupID, "group")
			req.AuthKey = authKey(s.h.Rules)
			req.ClientToken = token(s.h.Rules, "field")
			return req
		},
		validate: cgw.Rules.Validate,
		needs:    map[string]func(*need){"ResourceGroupID": needsGroup},
		try: func(s *session, req cgw.CreateRequest, see see) error {
			var g cgw.Gateway
			var err error
			s.sendsNothingIf(s.h.Rules.Validate(req) != nil, "Create", func() { g, err = s.tryCreate(req) })
			if err != nil {
				return err
			}
			see(g)
			see(s.get(g.ID))
			if req.ClientToken != "" {
				s.same("Create with the same ClientToken", s.create(req), g)
			}
			return nil
		},
	}
}

func updateFields() requestFields[cgw.UpdateRequest] {
	return requestFields[cgw.UpdateRequest]{
		op:   cgw.OpUpdate,
		base: func(*session) cgw.UpdateRequest { return cgw.UpdateRequest{} },
		values: func(s *session) cgw.UpdateRequest {
			req := s.fullUpdate()
			other, asn, key := "other", cgw.ASN(65546), authKey(s.h.Rules)
			req.Name = cmp.Or(req.Name, &other)
			req.Description = cmp.Or(req.Description, &other)
			req.ASN = cmp.Or(req.ASN, &asn)
			req.AuthKey = cmp.Or(req.AuthKey, &key)
			if req.Tags == nil {
				req.Tags = nTags(1)
			}
			return req
		},
		validate: cgw.Rules.ValidateUpdate,
		try: func(s *session, req cgw.UpdateRequest, see see) error {
			id := s.create(s.fullRequest()).ID
			var g cgw.Gateway
			var err error
			s.sendsNothingIf(s.h.Rules.ValidateUpdate(req) != nil, "Update", func() { g, err = s.p.Update(s.ctx, id, req) })
			if err != nil {
				s.zeroGateway("Update", g)
				return err
			}
			s.settle(func() error { return nil })
			see(g)
			see(s.get(id))
			return nil
		},
	}
}

func filterFields() requestFields[cgw.Filter] {
	return requestFields[cgw.Filter]{
		op:   cgw.OpList,
		base: func(*session) cgw.Filter { return cgw.Filter{} },
		values: func(s *session) cgw.Filter {
			req := s.fullRequest()
			if !s.h.Rules.ResourceGroupID.Unsupported {
				req.ResourceGroupID = s.h.ResourceGroupID
			}
			g := s.create(req)
			s.create(s.request()) // which has no field in common with g
			f := cgw.Filter{IDs: []string{g.ID}, IPAddress: g.IPAddress, Name: g.Name, Tags: g.Tags, ResourceGroupID: s.h.ResourceGroupID}
			f.Name = cmp.Or(f.Name, "name")
			if f.Tags == nil {
				f.Tags = nTags(1)
			}
			f.ResourceGroupID = cmp.Or(f.ResourceGroupID, "group")
			return f
		},
		validate: cgw.Rules.ValidateFilter,
		needs:    map[string]func(*need){"ResourceGroupID": needsGroup},
		try: func(s *session, f cgw.Filter, _ see) error {
			if s.h.Rules.ValidateFilter(f) != nil {
				var err error
				s.sendsNothing("List", func() { err = s.onlyError(s.p.List(s.ctx, f)) })
				return err
			}
			var want []cgw.Gateway
			for _, id := range s.ids() {
				if g := s.get(id); f.Match(g) {
					want = append(want, g)
				}
			}
			s.lists(f, want...)
			return nil
		},
	}
}

// needsGroup is for cases that need a resource group, or a cloud that has none.
func needsGroup(n *need) {
	n.that(n.Rules.ResourceGroupID.Unsupported || n.ResourceGroupID != "", "Harness.ResourceGroupID is empty")
}
