package cgwtest

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// without returns the request with one field set to zero.
func without[R any](req R, field string) R {
	reflect.ValueOf(&req).Elem().FieldByName(field).SetZero()
	return req
}

// fieldDefects are one for each field of the requests: it is dropped before the request arrives.
func fieldDefects() []defect {
	var all []defect
	add := func(op, field string, bend func(*Fake) cgw.Provisioner) {
		d := defect{name: op + " drops " + field, bend: bend, caught: []string{op + "/field " + field}}
		if field == "AuthKey" { // that it is kept cannot be read; that it is refused can
			d.rules = "like Tencent"
		}
		all = append(all, d)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cgw.CreateRequest]()) {
		add(cgw.OpCreate, f.Name, func(fake *Fake) cgw.Provisioner {
			return bent{Provisioner: fake, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
				return fake.Create(ctx, without(req, f.Name))
			}}
		})
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cgw.UpdateRequest]()) {
		add(cgw.OpUpdate, f.Name, func(fake *Fake) cgw.Provisioner {
			return bent{Provisioner: fake, update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
				return fake.Update(ctx, id, without(req, f.Name))
			}}
		})
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cgw.Filter]()) {
		add(cgw.OpList, f.Name, func(fake *Fake) cgw.Provisioner {
			return bent{Provisioner: fake, list: func(ctx context.Context, filter cgw.Filter) sequence {
				return fake.List(ctx, without(filter, f.Name))
			}}
		})
	}
	return append(all,
		defect{
			name: "refuses a field that the Rules accept",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
					if req.Description != nil {
						f.Like.Description.Unsupported = true
					}
					return f.Update(ctx, id, req)
				}}
			},
			caught: []string{"Update/field Description", "Update/all fields"},
		},
		defect{
			name: "refuses a field without naming it", rules: "like Tencent",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error {
					for _, v := range faultsOf(e) {
						v.Field = "Request"
					}
					return e
				})
			},
			caught: []string{"Create/field Description", "Update/field AuthKey", "List/field ResourceGroupID"},
		},
		defect{
			name: "a filter's resource group is ignored where the cloud has none", rules: "like Tencent",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, list: func(ctx context.Context, filter cgw.Filter) sequence {
					return f.List(ctx, without(filter, "ResourceGroupID"))
				}}
			},
			caught: []string{"List/by resource group where the cloud has none", "List/field ResourceGroupID"},
		},
		defect{
			name: "a filter's resource group is ignored",
			bend: func(f *Fake) cgw.Provisioner {
				return bent{Provisioner: f, list: func(ctx context.Context, filter cgw.Filter) sequence {
					return f.List(ctx, without(filter, "ResourceGroupID"))
				}}
			},
			caught: []string{"List/by resource group", "List/field ResourceGroupID"},
		},
	)
}

// hidden has the roles alone: nothing that it wraps is found.
type hidden struct{ cgw.Provisioner }

// says is a Provisioner that says something else about itself.
type says struct {
	cgw.Provisioner
	rules cgw.Rules
	at    cgw.Location
}

func (s says) Rules() cgw.Rules       { return s.rules }
func (s says) Location() cgw.Location { return s.at }

// ruleDefects are wrong in what they say about themselves.
func ruleDefects() []defect {
	const rules, location = "Rules/same as Harness.Rules", "Location/same in every result"
	at := func(region string) func(*Fake) cgw.Provisioner {
		return func(f *Fake) cgw.Provisioner {
			return says{f, f.Rules(), cgw.Location{Provider: f.Location().Provider, Region: region}}
		}
	}
	return []defect{
		{
			name: "says nothing about itself", rules: "zero",
			bend:   func(f *Fake) cgw.Provisioner { return hidden{f} },
			caught: []string{rules, location},
		},
		{
			name:   "the rules of another cloud",
			bend:   func(f *Fake) cgw.Provisioner { return says{f, testRules()["like Tencent"], f.Location()} },
			caught: []string{rules},
		},
		{
			name: "checks requests against other rules than it says",
			bend: func(f *Fake) cgw.Provisioner {
				said := f.Like
				f.Like.Name.Max--
				return says{f, said, f.Location()}
			},
			caught: []string{"Create/accepts Name/of maximum length"},
		},
		{
			name:   "another region in Location",
			bend:   at("elsewhere"),
			caught: []string{location},
		},
		{
			name:   "no region in Location",
			bend:   at(""),
			caught: []string{location},
		},
		{
			name: "another provider in Location",
			bend: func(f *Fake) cgw.Provisioner {
				return says{f, f.Rules(), cgw.Location{Provider: "other", Region: f.Location().Region}}
			},
			caught: []string{location},
		},
		{
			name: "another region in errors",
			bend: func(f *Fake) cgw.Provisioner {
				return bendErrors(f, func(e *cgw.Error) error { e.Region = "elsewhere"; return e })
			},
			caught: []string{location},
		},
	}
}

// TestSuiteFailsANewField adds a field to a request, as a later version of package cgw may.
func TestSuiteFailsANewField(t *testing.T) {
	type later struct {
		cgw.CreateRequest
		MTU int
	}
	now := createFields()
	fields := requestFields[later]{
		op:       now.op,
		base:     func(s *session) later { return later{CreateRequest: now.base(s)} },
		values:   func(s *session) later { return later{CreateRequest: now.values(s)} },
		validate: func(r cgw.Rules, req later) error { return r.Validate(req.CreateRequest) },
		try:      func(s *session, req later, see see) error { return now.try(s, req.CreateRequest, see) },
	}
	h := fakeHarness(testRules()["like Alibaba"], nil).withDefaults()
	failures := func() (failed []string) {
		for _, c := range fields.cases() {
			if found := c.check(t, &h); len(found) > 0 {
				failed = append(failed, c.name+": "+strings.Join(found, "; "))
			}
		}
		return failed
	}
	require.Len(t, fields.cases(), reflect.TypeFor[cgw.CreateRequest]().NumField()+1)
	require.Equal(t, []string{
		"Create/field MTU: the suite has no value for the field MTU of cgwtest.later: add one to suite_fields.go",
	}, failures())

	fields.values = func(s *session) later { return later{CreateRequest: now.values(s), MTU: 1400} }
	failed := failures()
	require.Len(t, failed, 1)
	require.Contains(t, failed[0], "Create/field MTU: Create accepts MTU, and no field of a Gateway shows it: say in suite_fields.go how to see that it is kept")

	fields.validate = func(_ cgw.Rules, req later) error {
		var v cgw.ValidationError
		if req.MTU != 0 {
			v.Add("MTU", "1400", "does not exist", "", cgw.ErrUnsupported)
		}
		return v.Err()
	}
	failed = failures()
	require.Len(t, failed, 1)
	require.Contains(t, failed[0], "Create/field MTU: Create with MTU succeeds, although the Rules refuse it")
}
