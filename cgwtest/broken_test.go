package cgwtest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// bent is a Provisioner with some of its methods replaced; a nil function leaves the method as
// it is.
type bent struct {
	cgw.Provisioner
	create func(context.Context, cgw.CreateRequest) (cgw.Gateway, error)
	get    func(context.Context, string) (cgw.Gateway, error)
	list   func(context.Context, cgw.Filter) iter.Seq2[cgw.Gateway, error]
	update func(context.Context, string, cgw.UpdateRequest) (cgw.Gateway, error)
	delete func(context.Context, string) error
}

// Unwrap lets cgw.RulesOf find the rules of the Fake.
func (b bent) Unwrap() cgw.Provisioner { return b.Provisioner }

func (b bent) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	if b.create != nil {
		return b.create(ctx, req)
	}
	return b.Provisioner.Create(ctx, req)
}

func (b bent) Get(ctx context.Context, id string) (cgw.Gateway, error) {
	if b.get != nil {
		return b.get(ctx, id)
	}
	return b.Provisioner.Get(ctx, id)
}

func (b bent) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	if b.list != nil {
		return b.list(ctx, f)
	}
	return b.Provisioner.List(ctx, f)
}

func (b bent) Update(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
	if b.update != nil {
		return b.update(ctx, id, req)
	}
	return b.Provisioner.Update(ctx, id, req)
}

func (b bent) Delete(ctx context.Context, id string) error {
	if b.delete != nil {
		return b.delete(ctx, id)
	}
	return b.Provisioner.Delete(ctx, id)
}

// bendGateways changes every Gateway that any operation returns without an error.
func bendGateways(p cgw.Provisioner, change func(cgw.Gateway) cgw.Gateway) bent {
	result := func(g cgw.Gateway, err error) (cgw.Gateway, error) {
		if err != nil {
			return g, err
		}
		return change(g), nil
	}
	return bent{
		Provisioner: p,
		create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
			return result(p.Create(ctx, req))
		},
		get: func(ctx context.Context, id string) (cgw.Gateway, error) { return result(p.Get(ctx, id)) },
		update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
			return result(p.Update(ctx, id, req))
		},
		list: func(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
			return func(yield func(cgw.Gateway, error) bool) {
				for g, err := range p.List(ctx, f) {
					if !yield(result(g, err)) {
						return
					}
				}
			}
		},
	}
}

// bendErrors changes every error that any operation returns.
func bendErrors(p cgw.Provisioner, change func(*cgw.Error) error) bent {
	result := func(g cgw.Gateway, err error) (cgw.Gateway, error) {
		var e *cgw.Error
		if errors.As(err, &e) {
			return g, change(e)
		}
		return g, err
	}
	return bent{
		Provisioner: p,
		create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
			return result(p.Create(ctx, req))
		},
		get: func(ctx context.Context, id string) (cgw.Gateway, error) { return result(p.Get(ctx, id)) },
		update: func(ctx context.Context, id string, req cgw.UpdateRequest) (cgw.Gateway, error) {
			return result(p.Update(ctx, id, req))
		},
		delete: func(ctx context.Context, id string) error {
			_, err := result(cgw.Gateway{}, p.Delete(ctx, id))
			return err
		},
		list: func(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
			return func(yield func(cgw.Gateway, error) bool) {
				for g, err := range p.List(ctx, f) {
					if !yield(result(g, err)) {
						return
					}
				}
			}
		},
	}
}

// defect is a way to break the contract, and the cases that must each catch it.
type defect struct {
	name    string
	rules   string // of testRules; "": "like Alibaba", which has every field
	bend    func(*Fake) cgw.Provisioner
	timeout time.Duration // of the harness
	caught  []string
}

func defects() []defect {
	return slices.Concat(
		resultDefects(), ruleDefects(), fieldDefects(), errorDefects(), validationDefects(), listDefects(), pageDefects(),
		writeDefects(), contextDefects(), timingDefects(),
	)
}

// TestEveryCaseHasADefect checks that each case catches a defect, but for those made from the
// rules.
func TestEveryCaseHasADefect(t *testing.T) {
	caught := make(map[string]bool)
	for _, d := range defects() {
		for _, name := range d.caught {
			caught[name] = true
		}
	}
	h := pagedHarness(cgw.Rules{}, nil).withDefaults()
	for _, c := range suite(h) {
		if !strings.Contains(c.name, "/accepts ") && !strings.Contains(c.name, "/refuses ") {
			require.True(t, caught[c.name], c.name)
		}
	}
}

func TestSuiteCatchesDefects(t *testing.T) {
	for _, d := range defects() {
		t.Run(d.name, func(t *testing.T) {
			if d.rules == "" {
				d.rules = "like Alibaba"
			}
			h := pagedHarness(testRules()[d.rules], d.bend)
			h.Timeout = d.timeout
			h = h.withDefaults()
			cases := suite(h)
			require.NotEmpty(t, d.caught)
			for _, name := range d.caught {
				i := slices.IndexFunc(cases, func(c testCase) bool { return c.name == name })
				require.GreaterOrEqual(t, i, 0, "there is no case %q", name)
				require.Empty(t, cases[i].notApplicable(&h), "case %q does not apply", name)
				require.NotEmpty(t, cases[i].check(t, &h), "case %q does not catch it", name)
			}
		})
	}
}
