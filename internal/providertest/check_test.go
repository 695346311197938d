package providertest

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// recorder is a test that only notes that it failed.
type recorder struct {
	testing.TB
	text string
}

func (*recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.text = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failure runs f as a test, and returns the text of its failure; "": it does not fail.
func failure(f func(testing.TB)) string {
	r := &recorder{}
	done := make(chan struct{})
	go func() { defer close(done); f(r) }()
	<-done
	return r.text
}

// TestChecks tests that each check accepts right values and refuses wrong ones, and that its
// failure says what was checked.
func TestChecks(t *testing.T) {
	wrapped := fmt.Errorf("read: %w", io.EOF)
	for name, tc := range map[string]struct{ right, wrong func(testing.TB) }{
		"check":      {func(t testing.TB) { check(t, true, "of %d", 7) }, func(t testing.TB) { check(t, false, "of %d", 7) }},
		"equal":      {func(t testing.TB) { equal(t, []int{1}, []int{1}, "of %d", 7) }, func(t testing.TB) { equal(t, []int{1}, []int{2}, "of %d", 7) }},
		"type":       {func(t testing.TB) { equal(t, 1, 1, "of %d", 7) }, func(t testing.TB) { equal(t, 1, int8(1), "of %d", 7) }},
		"noError":    {func(t testing.TB) { noError(t, nil, "of %d", 7) }, func(t testing.TB) { noError(t, io.EOF, "of %d", 7) }},
		"isError":    {func(t testing.TB) { isError(t, wrapped, io.EOF, "of %d", 7) }, func(t testing.TB) { isError(t, nil, io.EOF, "of %d", 7) }},
		"isNotError": {func(t testing.TB) { isNotError(t, nil, io.EOF, "of %d", 7) }, func(t testing.TB) { isNotError(t, wrapped, io.EOF, "of %d", 7) }},
		"asError": {func(t testing.TB) { _ = asError[*cgw.Error](t, fmt.Errorf("x: %w", &cgw.Error{}), "of %d", 7) },
			func(t testing.TB) { _ = asError[*cgw.Error](t, wrapped, "of %d", 7) }},
		"contains": {func(t testing.TB) { contains(t, "abc", "b", "of %d", 7) }, func(t testing.TB) { contains(t, "abc", "x", "of %d", 7) }},
		"lacks":    {func(t testing.TB) { lacks(t, "abc", "x", "of %d", 7) }, func(t testing.TB) { lacks(t, "abc", "b", "of %d", 7) }},
		"Refused": {func(t testing.TB) { Refused(t, "a", refusal("Region"), "Region") },
			func(t testing.TB) { Refused(t, "a", refusal("Region", "of 7"), "Region") }},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, failure(tc.right))
			require.Contains(t, failure(tc.wrong), "of 7")
		})
	}
}

func refusal(fields ...string) error {
	var v cgw.ValidationError
	for _, f := range fields {
		v.Add(f, "", "is wrong", "", cgw.ErrInvalidArgument)
	}
	return &cgw.Error{Op: cgw.OpNew, Provider: "a", Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: v.Err()}
}

// TestEverything tests that Everything finds a secret anywhere in the tree of an error.
func TestEverything(t *testing.T) {
	err := errors.Join(io.EOF, fmt.Errorf("x: %w", &cgw.Error{Err: errors.New("a deep word")}))
	require.Contains(t, Everything(err), "a deep word")
	require.Empty(t, Everything(nil))
}
