package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// spy records which methods were called with which arguments, and answers each in its own way.
type spy struct {
	calls []string
	seen  []any
}

var errSpy = errors.New("spy")

func (s *spy) note(name string, args ...any) { s.calls, s.seen = append(s.calls, name), args }

func (s *spy) Create(_ context.Context, r cgw.CreateRequest) (cgw.Gateway, error) {
	s.note("Create", r)
	return cgw.Gateway{ID: "created"}, errSpy
}

func (s *spy) Get(_ context.Context, id string) (cgw.Gateway, error) {
	s.note("Get", id)
	return cgw.Gateway{ID: "got"}, errSpy
}

func (s *spy) List(_ context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		s.note("List", f)
		_ = yield(cgw.Gateway{ID: "one"}, nil) && yield(cgw.Gateway{ID: "two"}, nil) && yield(cgw.Gateway{}, errSpy)
	}
}

func (s *spy) Update(_ context.Context, id string, r cgw.UpdateRequest) (cgw.Gateway, error) {
	s.note("Update", id, r)
	return cgw.Gateway{ID: "updated"}, errSpy
}

func (s *spy) Delete(_ context.Context, id string) error {
	s.note("Delete", id)
	return errSpy
}

func (s *spy) CheckCreate(r cgw.CreateRequest) error {
	s.note("CheckCreate", r)
	return errSpy
}

func (s *spy) CheckUpdate(id string, r cgw.UpdateRequest) error {
	s.note("CheckUpdate", id, r)
	return errSpy
}

func (s *spy) Rules() cgw.Rules {
	s.note("Rules")
	return cgw.Rules{Provider: "spied"}
}

var wrappers = map[string]func(cgw.Provisioner) cgw.Provisioner{
	"ReadOnly":    middleware.ReadOnly,
	"WithHooks":   func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithHooks(p, middleware.Hooks{}) },
	"WithLogging": func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithLogging(p, nil) },
	"WithPolicy":  func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithPolicy(p, middleware.Policy{}) },
	"all of them": func(p cgw.Provisioner) cgw.Provisioner {
		return middleware.WithLogging(middleware.WithPolicy(middleware.WithHooks(p, middleware.Hooks{}), middleware.Policy{}), slog.New(slog.DiscardHandler))
	},
}

// Every method of every role, and of every ability beyond them, is forwarded with its arguments
// and results as they are. A method that is added to cgw is tested too.
func TestMiddlewareForwardsEveryRole(t *testing.T) {
	roles := []reflect.Type{reflect.TypeFor[cgw.Provisioner](), reflect.TypeFor[cgw.Ruled](), reflect.TypeFor[cgw.Checker]()}
	values := map[reflect.Type]any{
		reflect.TypeFor[context.Context]():   t.Context(),
		reflect.TypeFor[string]():            "cgw-7",
		reflect.TypeFor[cgw.CreateRequest](): siteSpec(),
		reflect.TypeFor[cgw.UpdateRequest](): cgw.UpdateRequest{Name: ptr("n")},
		reflect.TypeFor[cgw.Filter]():        cgw.Filter{Name: "n"},
	}
	for name, wrap := range wrappers {
		for _, role := range roles {
			for method := range role.NumMethod() {
				m := role.Method(method)
				t.Run(name+"/"+m.Name, func(t *testing.T) {
					call := func(p any) []any {
						fn := reflect.ValueOf(p).MethodByName(m.Name)
						require.True(t, fn.IsValid(), "the middleware lacks the method")
						var in []reflect.Value
						for i := range fn.Type().NumIn() {
							v, ok := values[fn.Type().In(i)]
							require.True(t, ok, "no value of %s for the test", fn.Type().In(i))
							in = append(in, reflect.ValueOf(v))
						}
						var out []any
						for _, v := range fn.Call(in) {
							out = append(out, v.Interface())
						}
						if seq, ok := out[0].(iter.Seq2[cgw.Gateway, error]); ok {
							out = nil
							for g, err := range seq {
								out = append(out, g, err)
							}
						}
						return out
					}
					bare, wrapped := &spy{}, &spy{}
					want, got := call(bare), call(wrap(wrapped))
					if name == "ReadOnly" && slices.Contains([]string{"Create", "Update", "Delete"}, m.Name) {
						require.NotContains(t, wrapped.calls, m.Name)
						require.ErrorIs(t, got[len(got)-1].(error), cgw.ErrPermissionDenied)
						return
					}
					require.Equal(t, want, got)
					calls := slices.DeleteFunc(wrapped.calls, func(c string) bool { return c == "Rules" && m.Name != "Rules" })
					require.Equal(t, []string{m.Name}, calls[:1])
					require.Equal(t, bare.calls[0], calls[0])
					require.Len(t, calls, 1)
					if m.Name != "Rules" && len(wrapped.seen) > 0 {
						require.Equal(t, bare.seen, wrapped.seen)
					}
				})
			}
		}
	}
}

// The suite of the roles' contract holds for a Fake in all middleware but ReadOnly.
func TestMiddlewareLeavesEnsureAsItIs(t *testing.T) {
	for name, wrap := range wrappers {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			if name == "ReadOnly" {
				f.Seed(seeded(owner))
			}
			_, err := ensure.Gateway(t.Context(), wrap(f), siteSpec(), ensure.Options{Owner: owner})
			require.NoError(t, err)
			res, err := ensure.Gateway(t.Context(), wrap(f), siteSpec(), ensure.Options{Owner: owner})
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, res.Action)
		})
	}
}

func TestAsReachesThroughMiddleware(t *testing.T) {
	f := withTokens()
	for name, wrap := range wrappers {
		got, ok := cgw.As[*cgwtest.Fake](wrap(f))
		require.True(t, ok, name)
		require.Same(t, f, got)
		_, ok = cgw.As[interface{ Close() error }](wrap(f))
		require.False(t, ok)
		require.Equal(t, f.Like, cgw.RulesOf(wrap(f)))
	}
	require.Zero(t, cgw.RulesOf(rolesOnly{f}))
	require.Zero(t, cgw.RulesOf(middleware.ReadOnly(rolesOnly{f})))
	require.Zero(t, cgw.RulesOf(nil))
}

func TestReadOnly(t *testing.T) {
	f := withoutTokens()
	f.Seed(seeded(owner))
	p := middleware.ReadOnly(f)
	_, create := p.Create(t.Context(), siteSpec())
	_, update := p.Update(t.Context(), "cgw-1", cgw.UpdateRequest{})
	remove := p.Delete(t.Context(), "cgw-1")
	for op, err := range map[string]error{cgw.OpCreate: create, cgw.OpUpdate: update, cgw.OpDelete: remove} {
		var e *cgw.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, op, e.Op)
		require.Equal(t, cgw.Tencent, e.Provider)
		require.ErrorIs(t, err, cgw.ErrPermissionDenied)
		require.NotErrorIs(t, err, cgw.ErrOutcomeUnknown)
		require.False(t, cgw.IsRetryable(err))
		require.Contains(t, err.Error(), "read-only")
	}
	require.Empty(t, f.Calls())
	_, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: p, Specs: []cgw.CreateRequest{siteSpec()}, Prune: true}, ensure.Options{Owner: owner})
	require.NoError(t, err, "a plan only reads")

	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("the program is asked to stop")
	cancel(stop)
	require.ErrorIs(t, p.Delete(ctx, "x"), context.Canceled)
	require.ErrorIs(t, p.Delete(ctx, "x"), stop)
}

func TestWithHooks(t *testing.T) {
	type key struct{}
	var events []string
	p := middleware.WithHooks(withTokens(), middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			events = append(events, "before "+op.Op)
			require.Equal(t, cgw.Alibaba, op.Provider)
			return context.WithValue(ctx, key{}, op.Op), nil
		},
		After: func(ctx context.Context, op middleware.Operation, done middleware.Done) {
			require.Equal(t, op.Op, ctx.Value(key{}), "the context is that of Before")
			text := "after " + op.Op + " " + op.ID + done.Gateway.ID
			if op.Op == cgw.OpList {
				text += string(rune('0' + done.Count))
			}
			if done.Err != nil {
				text += " failed"
			}
			events = append(events, text)
		},
	})
	_, err := cgw.Collect(p.List(t.Context(), cgw.Filter{IDs: []string{""}}))
	require.Error(t, err)
	require.Equal(t, []string{"before List", "after List 0 failed"}, events)
	events = nil
	g, err := p.Create(t.Context(), siteSpec())
	require.NoError(t, err)
	_, err = p.Get(t.Context(), "nope")
	require.ErrorIs(t, err, cgw.ErrNotFound)
	list := p.List(t.Context(), cgw.Filter{})
	require.Len(t, events, 4, "a List begins when it is ranged over")
	for range list {
		break
	}
	require.NoError(t, p.Delete(t.Context(), g.ID))
	_, err = cgw.Collect(list)
	require.NoError(t, err)
	require.Equal(t, []string{
		"before Create", "after Create cgw-fake0001", "before Get", "after Get nope failed",
		"before List", "after List 1", "before Delete", "after Delete cgw-fake0001", "before List", "after List 0",
	}, events)
	require.Panics(t, func() {
		_, _ = p.Create(t.Context(), siteSpec())
		for range list {
			panic("loop")
		}
	})
	require.Equal(t, "after List 1 failed", events[len(events)-1], "After is called for a loop that panics")
}

// panicky panics in each of its methods, as a Provisioner of somebody's own may.
type panicky struct{ cgw.Provisioner }

func (panicky) Get(context.Context, string) (cgw.Gateway, error) { panic("get") }

func (panicky) Create(context.Context, cgw.CreateRequest) (cgw.Gateway, error) { panic("create") }

func (panicky) Delete(context.Context, string) error { panic("delete") }

func (panicky) Update(context.Context, string, cgw.UpdateRequest) (cgw.Gateway, error) {
	panic("update")
}

func (panicky) List(context.Context, cgw.Filter) iter.Seq2[cgw.Gateway, error] { panic("list") }

func TestHooksAfterPanic(t *testing.T) {
	var before, after []string
	p := middleware.WithHooks(panicky{}, middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			before = append(before, op.Op)
			return ctx, nil
		},
		After: func(_ context.Context, op middleware.Operation, done middleware.Done) {
			require.Error(t, done.Err, "it did not succeed")
			after = append(after, op.Op)
		},
	})
	require.PanicsWithValue(t, "create", func() { _, _ = p.Create(t.Context(), siteSpec()) })
	require.PanicsWithValue(t, "get", func() { _, _ = p.Get(t.Context(), "cgw-1") })
	require.PanicsWithValue(t, "update", func() { _, _ = p.Update(t.Context(), "cgw-1", cgw.UpdateRequest{}) })
	require.PanicsWithValue(t, "delete", func() { _ = p.Delete(t.Context(), "cgw-1") })
	require.PanicsWithValue(t, "list", func() { _, _ = cgw.Collect(p.List(t.Context(), cgw.Filter{})) })
	require.Equal(t, []string{cgw.OpCreate, cgw.OpGet, cgw.OpUpdate, cgw.OpDelete, cgw.OpList}, before)
	require.Equal(t, before, after)
}

// A Before that returns no context, or a nil pointer as its error, has nothing to say.
func TestHooksThatReturnNil(t *testing.T) {
	var none *cgw.Error
	for _, err := range []error{nil, none} {
		p := middleware.WithHooks(withTokens(), middleware.Hooks{Before: func(context.Context, middleware.Operation) (context.Context, error) { return nil, err }})
		_, err := p.Create(t.Context(), siteSpec())
		require.NoError(t, err)
	}
}

func TestHooksRefuse(t *testing.T) {
	f := withTokens()
	after := 0
	deny := errors.New("not on Fridays")
	p := middleware.WithHooks(f, middleware.Hooks{
		Before: func(ctx context.Context, op middleware.Operation) (context.Context, error) {
			if op.Op == cgw.OpGet {
				return ctx, &cgw.Error{Op: op.Op, Kind: cgw.ErrThrottled}
			}
			return nil, deny
		},
		After: func(context.Context, middleware.Operation, middleware.Done) { after++ },
	})
	_, err := p.Create(t.Context(), siteSpec())
	require.ErrorIs(t, err, deny)
	require.ErrorIs(t, err, cgw.ErrPermissionDenied)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, f.Location(), cgw.Location{Provider: e.Provider, Region: e.Region})
	require.NotEmpty(t, e.Region)
	_, err = p.Get(t.Context(), "x")
	require.ErrorIs(t, err, cgw.ErrThrottled)
	require.NotErrorIs(t, err, cgw.ErrPermissionDenied)
	all, err := cgw.Collect(p.List(t.Context(), cgw.Filter{}))
	require.ErrorIs(t, err, deny)
	require.Empty(t, all)
	require.Zero(t, after)
	require.Empty(t, f.Calls())
}

func TestWithLogging(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{}
			}
			return a
		},
	}))
	f := withTokens()
	p := middleware.WithLogging(f, logger)
	spec := siteSpec()
	spec.AuthKey, spec.ClientToken = "s3cret", "token"
	_, err := p.Create(t.Context(), spec)
	require.NoError(t, err)
	_, err = p.Get(t.Context(), "cgw-fake0001")
	require.NoError(t, err)
	_, err = cgw.Collect(p.List(t.Context(), cgw.Filter{IPAddress: spec.IPAddress}))
	require.NoError(t, err)
	require.Error(t, p.Delete(t.Context(), "nope"))
	require.Equal(t, strings.TrimLeft(`
level=INFO msg="cgw: create" provider=alibaba region=fake-region id=cgw-fake0001 name=paris-1 requestId=fake-request-0001 ipAddress=203.0.113.7
level=DEBUG msg="cgw: get" provider=alibaba region=fake-region id=cgw-fake0001 requestId=fake-request-0002
level=DEBUG msg="cgw: list" provider=alibaba region=fake-region ipAddress=203.0.113.7 count=1
level=WARN msg="cgw: delete" provider=alibaba region=fake-region id=nope error.op=Delete error.provider=alibaba error.outcome="not applied" error.kind="not found" error.region=fake-region error.requestId=fake-request-0004 error.id=nope
`, "\n"), out.String())

	out.Reset()
	_, err = middleware.WithLogging(f, slog.New(slog.NewJSONHandler(&out, nil))).Get(t.Context(), "cgw-fake0001")
	require.NoError(t, err)
	require.Empty(t, out.String(), "reads are at debug level")
	_, err = middleware.WithLogging(f, slog.New(slog.NewJSONHandler(&out, nil))).Update(t.Context(), "cgw-fake0001", cgw.UpdateRequest{AuthKey: ptr(cgw.Secret("s3cret"))})
	require.NoError(t, err)
	require.Regexp(t, `"duration":[0-9]+`, out.String())
	require.NotContains(t, out.String(), "s3cret")
}

func TestWithPolicy(t *testing.T) {
	refuse := errors.New("not that one")
	policy := middleware.Policy{
		Name: regexp.MustCompile(`^site-[0-9]+$`), RequiredTags: []string{"team", "env"},
		Create: func(r cgw.CreateRequest) error {
			if r.ASN == 666 {
				return refuse
			}
			return nil
		},
		Update: func(id string, _ cgw.UpdateRequest) error {
			if id == "cgw-0" {
				return refuse
			}
			return nil
		},
	}
	tags := map[string]string{"team": "net", "env": "prod"}
	for name, tt := range map[string]struct {
		call   func(cgw.Provisioner) error
		fields []string
		err    error
	}{
		"create":          {call: creating(cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.1"), Name: "site-1", Tags: tags})},
		"create, all bad": {call: creating(cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.1"), Name: "x"}), fields: []string{"Name", "Tags", "Tags"}},
		"create, empty tag": {
			call:   creating(cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.1"), Name: "site-1", Tags: map[string]string{"team": "", "env": "prod"}}),
			fields: []string{"Tags"},
		},
		"create, own function":  {call: creating(cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.1"), Name: "site-1", Tags: tags, ASN: 666}), err: refuse},
		"update of nothing":     {call: updating("cgw-1", cgw.UpdateRequest{})},
		"update of the ASN":     {call: updating("cgw-1", cgw.UpdateRequest{Description: ptr("d")})},
		"update of the name":    {call: updating("cgw-1", cgw.UpdateRequest{Name: ptr("x")}), fields: []string{"Name"}},
		"update of the tags":    {call: updating("cgw-1", cgw.UpdateRequest{Tags: map[string]string{"env": "x"}}), fields: []string{"Tags"}},
		"update, no tags left":  {call: updating("cgw-1", cgw.UpdateRequest{Tags: map[string]string{}}), fields: []string{"Tags", "Tags"}},
		"update, own function":  {call: updating("cgw-0", cgw.UpdateRequest{}), err: refuse},
		"delete is not guarded": {call: func(p cgw.Provisioner) error { return p.Delete(context.Background(), "cgw-1") }},
	} {
		t.Run(name, func(t *testing.T) {
			f := withTokens()
			f.Seed(seeded(owner))
			err := tt.call(middleware.WithPolicy(f, policy))
			if tt.fields == nil && tt.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			require.Empty(t, f.Calls())
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				return
			}
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			var invalid *cgw.ValidationError
			var names []string
			if errors.As(e.Err, &invalid) {
				for _, f := range invalid.Fields {
					names = append(names, f.Field)
				}
			}
			require.Equal(t, tt.fields, names)
		})
	}
}

func creating(r cgw.CreateRequest) func(cgw.Provisioner) error {
	return func(p cgw.Provisioner) error {
		_, err := p.Create(context.Background(), r)
		return err
	}
}

func updating(id string, r cgw.UpdateRequest) func(cgw.Provisioner) error {
	return func(p cgw.Provisioner) error {
		_, err := p.Update(context.Background(), id, r)
		return err
	}
}
