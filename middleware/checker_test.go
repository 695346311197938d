package middleware_test

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/middleware"
)

// A Checker refuses what Create and Update would refuse, with the same error and nothing sent; stacked
// ones ask each other, whatever is between them.
func TestPolicyIsAChecker(t *testing.T) {
	denied := errors.New("denied")
	f := withTokens()
	inner := middleware.WithPolicy(f, middleware.Policy{
		RequiredTags: []string{"team"}, Update: func(string, cgw.UpdateRequest) error { return denied },
	})
	between := middleware.WithHooks(middleware.ReadOnly(middleware.WithLogging(inner, nil)), middleware.Hooks{})
	outer := middleware.WithPolicy(between, middleware.Policy{Name: regexp.MustCompile("^site-")})
	good := siteSpec()
	good.Name, good.Tags = "site-1", map[string]string{"team": "net"}
	noTeam, noName := good, good
	noTeam.Tags, noName.Name = nil, "x"
	for name, tt := range map[string]struct {
		p    cgw.Provisioner
		req  cgw.CreateRequest
		kind error
	}{
		"the inner refuses":               {inner, noTeam, cgw.ErrInvalidTag},
		"the inner refuses, from between": {between, noTeam, cgw.ErrInvalidTag},
		"the inner refuses, from outside": {outer, noTeam, cgw.ErrInvalidTag},
		"the outer refuses":               {outer, noName, cgw.ErrInvalidName},
		"the inner does not know":         {inner, noName, nil},
		"nobody refuses":                  {outer, good, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := cgw.As[cgw.Checker](tt.p)
			require.True(t, ok)
			err := c.CheckCreate(tt.req)
			if tt.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.kind)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, cgw.OpCreate, e.Op)
		})
	}
	c, _ := cgw.As[cgw.Checker](outer)
	require.ErrorIs(t, c.CheckUpdate("cgw-1", cgw.UpdateRequest{}), denied)
	require.ErrorIs(t, c.CheckUpdate("cgw-1", cgw.UpdateRequest{Name: ptr("x")}), cgw.ErrInvalidName)
	_, sent := inner.Create(t.Context(), noTeam)
	asked, _ := cgw.As[cgw.Checker](inner)
	require.Equal(t, sent, asked.CheckCreate(noTeam), "as Create refuses it")

	none, ok := cgw.As[cgw.Checker](middleware.ReadOnly(rolesOnly{f}))
	require.True(t, ok)
	require.NoError(t, none.CheckCreate(good))
	require.NoError(t, none.CheckUpdate("cgw-1", cgw.UpdateRequest{}))
	require.Empty(t, f.Calls())
}

// hostile answers with what no terminal should get.
type hostile struct{ cgw.Provisioner }

const dirt = "a\x1b[31m\nb\u2028\u202e\x00"

func (hostile) Get(context.Context, string) (cgw.Gateway, error) {
	long := dirt + strings.Repeat("x", 8<<10)
	return cgw.Gateway{ID: long, Provider: cgw.Provider(long), Region: long, RequestID: long}, nil
}

func (hostile) Update(context.Context, string, cgw.UpdateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, &cgw.Error{
		Op: cgw.OpUpdate, Region: dirt, Code: dirt, RequestID: dirt, ID: dirt, Message: dirt, ConflictingIDs: []string{dirt, dirt},
	}
}

func (hostile) Delete(context.Context, string) error {
	return errors.New(dirt + strings.Repeat("x", 8<<10))
}

// Records hold one line for each text, whatever the service or the caller sent.
func TestLoggingIsClean(t *testing.T) {
	var records []map[string]string
	logger := slog.New(recorder{&records})
	p := middleware.WithLogging(hostile{}, logger)
	_, _ = p.Get(t.Context(), dirt)
	_, _ = p.Update(t.Context(), dirt, cgw.UpdateRequest{})
	_ = p.Delete(t.Context(), dirt)
	require.Len(t, records, 3)
	for _, r := range records {
		require.NotEmpty(t, r)
		for k, v := range r {
			require.NotContains(t, v, "\x1b", k)
			require.NotContains(t, v, "\n", k)
			require.NotContains(t, v, "\u2028", k)
			require.NotContains(t, v, "\u202e", k)
			require.LessOrEqual(t, len(v), 1024, k)
		}
	}
	require.Contains(t, records[0]["id"], "a [31m b")
	require.Contains(t, records[1]["error.code"], "a [31m b")
	require.Contains(t, records[1]["error.conflictingIds"], "a [31m b")
	require.Contains(t, records[2]["error"], "a [31m b")
}

// recorder keeps the attributes of records as text, as they come.
type recorder struct{ records *[]map[string]string }

func (recorder) Enabled(context.Context, slog.Level) bool { return true }
func (r recorder) WithAttrs([]slog.Attr) slog.Handler     { return r }
func (r recorder) WithGroup(string) slog.Handler          { return r }

func (r recorder) Handle(_ context.Context, record slog.Record) error {
	texts := map[string]string{}
	var add func(prefix string, a slog.Attr)
	add = func(prefix string, a slog.Attr) {
		v := a.Value.Resolve()
		if v.Kind() == slog.KindGroup {
			for _, inner := range v.Group() {
				add(prefix+a.Key+".", inner)
			}
			return
		}
		texts[prefix+a.Key] = v.String()
	}
	record.Attrs(func(a slog.Attr) bool { add("", a); return true })
	*r.records = append(*r.records, texts)
	return nil
}
