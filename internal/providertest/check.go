package providertest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// The checks end the test on a failure, like those of testify's package require, which only test
// files may import. what describes the check: a format and its arguments, or nothing.

func check(t testing.TB, ok bool, what ...any) {
	t.Helper()
	if !ok {
		t.Fatalf("this must hold: %s", sentence(what))
	}
}

func equal(t testing.TB, want, got any, what ...any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%s\nwant %#v\ngot  %#v", sentence(what), want, got)
	}
}

func noError(t testing.TB, err error, what ...any) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", sentence(what), err)
	}
}

func isError(t testing.TB, err, want error, what ...any) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s\nwant an error that is %v\ngot %v", sentence(what), want, err)
	}
}

func isNotError(t testing.TB, err, unwanted error, what ...any) {
	t.Helper()
	if errors.Is(err, unwanted) {
		t.Fatalf("%s\nwant an error that is not %v\ngot %v", sentence(what), unwanted, err)
	}
}

// asError returns the error of the type E in the tree of err.
func asError[E error](t testing.TB, err error, what ...any) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("%s\nwant an error with a %T\ngot %v", sentence(what), e, err)
	}
	return e
}

func contains(t testing.TB, text, part string, what ...any) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("%s\n%q is not in\n%s", sentence(what), part, text)
	}
}

func lacks(t testing.TB, text, part string, what ...any) {
	t.Helper()
	if strings.Contains(text, part) {
		t.Fatalf("%s\n%q is in\n%s", sentence(what), part, text)
	}
}

func sentence(what []any) string {
	if len(what) == 0 {
		return ""
	}
	format, _ := what[0].(string)
	return fmt.Sprintf(format, what[1:]...)
}
