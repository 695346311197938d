package ensure_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// Every error type prints one line of at most 1 KiB, whatever is in it, and nil is no panic.
func TestErrorsAreOneLine(t *testing.T) {
	nasty := "a\x1b[31m\nb\u2028\u202e\x00" + strings.Repeat("ö", 8<<10)
	g := cgw.Gateway{ID: nasty, Name: nasty, Region: nasty, Tags: map[string]string{nasty: nasty}}
	change := ensure.Change{Field: nasty, Old: nasty, New: nasty}
	site := &ensure.SiteError{Target: nasty, Index: 3, Name: nasty, Err: errors.New(nasty)}
	many := make([]*ensure.SiteError, 5000)
	for i := range many {
		many[i] = site
	}
	for _, err := range []error{
		&ensure.OwnerError{Key: nasty, Want: nasty, Have: nasty},
		&ensure.ReplaceError{Changes: []ensure.Change{change, change}},
		&ensure.StaleError{Planned: g, Found: cgw.Gateway{ID: "x"}}, &ensure.StaleError{Planned: g}, &ensure.StaleError{Found: g},
		&ensure.DeletesError{Max: 1, Gateways: []cgw.Gateway{g, g}}, site, &ensure.SitesError{Sites: many},
		(*ensure.OwnerError)(nil), (*ensure.ReplaceError)(nil), (*ensure.StaleError)(nil), (*ensure.DeletesError)(nil),
		(*ensure.SiteError)(nil), (*ensure.SitesError)(nil), &ensure.SiteError{Index: -1}, &ensure.SitesError{Sites: []*ensure.SiteError{nil}},
		&ensure.OwnerError{}, &ensure.ReplaceError{}, &ensure.StaleError{}, &ensure.DeletesError{}, &ensure.SitesError{},
	} {
		text := err.Error()
		require.LessOrEqual(t, len(text), 1024, "%T", err)
		for _, r := range text {
			require.False(t, unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control), "%T: %q", err, text)
		}
		require.NotPanics(t, func() {
			_ = errors.Is(err, cgw.ErrInUse)
			_ = ensure.Retryable(err)
			_ = fmt.Sprintf("%+v", err)
		})
	}
	require.NotContains(t, change.String(), "\n")
}

// TestTextsShowHiddenCharacters has names that look like others. The texts of the package tell them apart.
func TestTextsShowHiddenCharacters(t *testing.T) {
	const name, plain = "caf\u00e9 \u7f51\u0301", "caf\u00e9 \u7f51"
	spec := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.1"), Name: name}
	plan := &ensure.Plan{Steps: []ensure.Step{
		{Kind: ensure.StepCreate, Spec: spec, Changes: []ensure.Change{{Field: "Name", New: name}}},
		{Kind: ensure.StepUpdate, Spec: spec, Changes: []ensure.Change{{Field: "Tags[" + name + "]", Old: plain, New: name}}},
	}}
	for _, text := range []string{
		plan.String(),
		(&ensure.OwnerError{Have: name, Want: name, Key: name}).Error(),
		(&ensure.SiteError{Name: name}).Error(),
		(&ensure.ReplaceError{Changes: plan.Steps[1].Changes}).Error(),
		(&ensure.StaleError{Planned: cgw.Gateway{ID: "x", Name: plain}, Found: cgw.Gateway{ID: "x", Name: name}}).Error(),
	} {
		require.NotContains(t, text, "\u0301")
		require.Contains(t, text, `\u7f51\u0301`)
	}
	require.Contains(t, plan.String(), plain+" → ", "what shows is left as it is")
}

func TestRetryable(t *testing.T) {
	fail := func(op string, kind error, outcome cgw.Outcome) error {
		return &cgw.Error{Op: op, Kind: kind, Outcome: outcome}
	}
	throttled := fail(cgw.OpList, cgw.ErrThrottled, cgw.OutcomeNotApplied)
	unknown := fail(cgw.OpCreate, cgw.ErrUnavailable, cgw.OutcomeUnknown)
	denied := fail(cgw.OpCreate, cgw.ErrPermissionDenied, cgw.OutcomeNotApplied)
	sites := func(errs ...error) error {
		all := &ensure.SitesError{}
		for i, err := range errs {
			all.Sites = append(all.Sites, &ensure.SiteError{Index: i, Err: err})
		}
		return all
	}
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                             {nil, false},
		"throttled":                       {throttled, true},
		"a create of unknown outcome":     {unknown, true},
		"an update of unknown outcome":    {fail(cgw.OpUpdate, nil, cgw.OutcomeUnknown), true},
		"denied":                          {denied, false},
		"wrapped":                         {fmt.Errorf("site: %w", unknown), true},
		"a bare sentinel":                 {cgw.ErrThrottled, true},
		"several":                         {sites(throttled, unknown), true},
		"several, one is denied":          {sites(unknown, denied), false},
		"several, wrapped":                {fmt.Errorf("fleet: %w", sites(unknown, denied)), false},
		"several, one of another type":    {sites(throttled, errors.New("disk full")), false},
		"joined":                          {errors.Join(unknown, denied), false},
		"a context":                       {context.DeadlineExceeded, false},
		"one that has ended, not applied": {(&cgw.Error{Op: ensure.OpAll, Outcome: cgw.OutcomeNotApplied}).WithContext(ended()), false},
		"too many deletions":              {&cgw.Error{Kind: cgw.ErrInvalidArgument, Err: &ensure.DeletesError{Max: 1}}, false},
		"a stale plan":                    {sites(&cgw.Error{Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: &ensure.StaleError{}}), false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, ensure.Retryable(tt.err)) })
	}
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
