package reliability_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/newprovider/windtest"
)

// record collects every text of cgw: its log at debug, the Attempts for Observe, and every
// error of every tree, printed with several verbs.
type record struct {
	mu     sync.Mutex
	text   bytes.Buffer
	errors int
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// logger returns a logger that writes to the record, as text and as JSON.
func (r *record) logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelDebug}
	return slog.New(both{slog.NewTextHandler(r, o), slog.NewJSONHandler(r, o)})
}

func (r *record) observe(_ context.Context, a cgw.Attempt) {
	fmt.Fprintf(r, "%v\n%+v\n%#v\n", a, a, a)
	r.add(a.Err)
}

// add writes an error and all that it wraps.
func (r *record) add(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	r.errors++
	r.mu.Unlock()
	fmt.Fprintf(r, "%T %v\n%+v\n%#v\n%q\n%s\n", err, err, err, err, err, err)
	if text, jerr := json.Marshal(err); jerr == nil {
		_, _ = r.Write(text)
	}
	switch u := err.(type) { //nolint:errorlint // every node of the tree is visited
	case interface{ Unwrap() error }:
		r.add(u.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range u.Unwrap() {
			r.add(e)
		}
	}
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// both passes each log record to two handlers.
type both [2]slog.Handler

func (b both) Enabled(context.Context, slog.Level) bool { return true }
func (b both) WithAttrs(a []slog.Attr) slog.Handler {
	return both{b[0].WithAttrs(a), b[1].WithAttrs(a)}
}
func (b both) WithGroup(g string) slog.Handler { return both{b[0].WithGroup(g), b[1].WithGroup(g)} }
func (b both) Handle(ctx context.Context, r slog.Record) error {
	if err := b[0].Handle(ctx, r.Clone()); err != nil {
		return err
	}
	return b[1].Handle(ctx, r)
}

// leaks returns which secrets the text shows, and in which form.
func leaks(text string) []string {
	var found []string
	for what, secret := range map[string]string{"secret key": secretKey, "token": stsToken, "AuthKey": authKey, "key": windtest.Key} {
		quoted, _ := json.Marshal(secret)
		for form, s := range map[string]string{
			"raw": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
			"twice": url.QueryEscape(url.QueryEscape(secret)), "JSON": strings.Trim(string(quoted), `"`),
			"quoted": strings.Trim(fmt.Sprintf("%q", secret), `"`), "HTML": html.EscapeString(secret),
			"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "hex": hex.EncodeToString([]byte(secret)),
			"start": secret[:len(secret)*2/3],
		} {
			if strings.Contains(text, s) {
				found = append(found, what+", "+form)
			}
		}
	}
	for _, s := range []string{"Signature=", "://", "AuthKey="} {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

// clean fails for each secret that the record shows.
func (r *record) clean(t testing.TB, what string) {
	t.Helper()
	text := r.String()
	for _, leak := range leaks(text) {
		t.Errorf("%s: %s is shown", what, leak)
	}
}

// TestLeaksAreFound tests the search itself.
func TestLeaksAreFound(t *testing.T) {
	require.Empty(t, leaks("cgw: tencent Create: service unavailable"))
	for _, secret := range []string{secretKey, stsToken, authKey} {
		var r record
		r.add(fmt.Errorf("wrapped: %w", &url.Error{Op: "Post", URL: "https://host/?AuthKey=" + url.QueryEscape(secret), Err: os.ErrClosed}))
		require.Subset(t, leaks(r.String()), []string{"://", "AuthKey="})
		require.Greater(t, len(leaks(r.String())), 2)
		r = record{}
		r.logger().Debug("x", "key", secret)
		require.NotEmpty(t, leaks(r.String()))
	}
}

// TestProcessSaysNothing runs a part of the fault matrix in a separate process, and searches
// all its output for secrets: the SDKs might print something by themselves.
func TestProcessSaysNothing(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFaultMatrix$/^(tencent|alibaba)$/^plain$", "-test.v")
	cmd.Env = append(os.Environ(), "DEBUG=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "cells")
	require.Empty(t, leaks(string(out)))
	t.Logf("%d bytes of output searched", len(out))
}
