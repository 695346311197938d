package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// progress shows four steps; two of them failed.
func progress(t terminal, quiet bool) string {
	var out bytes.Buffer
	d := newDisplay(&out, t, quiet)
	for i, last := range []ensure.StepResult{
		{Result: ensure.Result{Action: ensure.Created, Gateway: cgw.Gateway{ID: "cgw-1"}}},
		{Result: ensure.Result{Action: ensure.Unchanged}},
		{Err: &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied}},
		{Err: context.Canceled},
	} {
		last.Target, last.Step.Spec = "t", cgw.CreateRequest{IPAddress: six, Name: "a\x1b[2J"}
		d.step(ensure.Progress{Done: i + 1, Total: 4, Last: last})
	}
	d.end(2)
	return out.String()
}

func TestPlainLines(t *testing.T) {
	require.Equal(t, `t: 2001:db8::1 a [2J: created cgw-1
t: 2001:db8::1 a [2J: failed: cgw: Create: throttled
t: 2001:db8::1 a [2J: failed: context canceled
1 changed, 1 unchanged, 2 failed, 2 owned but not in the file
`, progress(terminal{}, false))
	require.Empty(t, progress(terminal{}, true))
	require.Empty(t, progress(terminal{80, true}, true))
}

func TestBar(t *testing.T) {
	out := progress(terminal{80, true}, false)
	require.NotContains(t, out, "created cgw-1", "what went well is in the bar")
	require.Contains(t, out, "\x1b[31mt: 2001:db8::1 a [2J: failed: context canceled\x1b[0m\n")
	require.Contains(t, out, "100% |"+strings.Repeat("█", 40)+"| (4/4)")
	require.True(t, strings.HasSuffix(out, "\r1 changed, 1 unchanged, 2 failed, 2 owned but not in the file\n"), "%q", out)

	narrow := progress(terminal{width: 24}, false)
	require.Contains(t, narrow, "100% |"+strings.Repeat("█", 10)+"| (4/4)")
	require.NotContains(t, narrow, "\x1b[31m", "no colour is asked for")
}

func TestRunningAgainMayHelp(t *testing.T) {
	for _, tt := range []struct {
		errs []error
		says string
	}{
		{[]error{cgw.ErrThrottled, cgw.ErrUnavailable}, "0 changed, 0 unchanged, 2 failed; running again may help\n"},
		{[]error{cgw.ErrThrottled, cgw.ErrPermissionDenied}, "0 changed, 0 unchanged, 2 failed\n"},
	} {
		var out bytes.Buffer
		d := newDisplay(&out, terminal{}, false)
		for _, err := range tt.errs {
			d.step(ensure.Progress{Last: ensure.StepResult{Err: err}})
		}
		d.end(0)
		require.True(t, strings.HasSuffix(out.String(), tt.says), out.String())
	}
}

// This test runs the whole program on a terminal, and without one. It is skipped if it cannot make a
// terminal: on Windows, and in a container without /dev/ptmx. Only a real terminal can test isatty.
func TestOnATerminal(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal can be opened here: ", err)
	}
	require.NoError(t, pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}))
	t.Setenv("NO_COLOR", "")
	require.Equal(t, terminal{80, true}, terminalOf(tty))

	var screen bytes.Buffer
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&screen, master) }) // ends when the terminal is closed
	e := newEnv(t, sample(t))
	code := run(t.Context(), []string{"-yes", "-state", e.state, e.file}, strings.NewReader(""), tty, tty, terminalOf(tty))
	require.NoError(t, tty.Close())
	reading.Wait()
	require.NoError(t, master.Close())
	require.Equal(t, exitDone, code)
	require.Contains(t, screen.String(), "\x1b[32m+ create 203.0.113.7 \"office-guangzhou\"\x1b[0m\r\n")
	require.Contains(t, screen.String(), "(4/4)")
	require.Contains(t, screen.String(), "4 changed, 0 unchanged\r\n")
	require.NotContains(t, screen.String(), "created cgw-")

	t.Setenv("NO_COLOR", "1")
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	require.NoError(t, err)
	require.Equal(t, terminal{}, terminalOf(file))
	require.NoError(t, file.Close())
	require.Equal(t, exitDone, e.run("-yes"))
	require.NotRegexp(t, regexp.MustCompile(`[\x1b\r]`), e.out)
}

func TestOneLine(t *testing.T) {
	require.Equal(t, "a b [31m c é→", oneLine("a\nb\x1b[31m\u202ec é→"))
	require.Equal(t, "t: invalid IP", siteOf(ensure.StepResult{Target: "t", Err: errors.New("x")}))
}
