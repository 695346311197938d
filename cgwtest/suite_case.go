package cgwtest

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/cgw-go/cgw"
)

// testCase is one case of the suite.
type testCase struct {
	name  string           // of the subtest
	rule  string           // the sentence of the contract that it proves, without a full stop
	needs func(*need)      // what must hold for it to apply; nil: nothing
	run   func(s *session) // reports to s
}

// need says why a case does not apply.
type need struct {
	*Harness
	reason string
}

// that notes what is missing if ok is false. The first reason counts.
func (n *need) that(ok bool, missing string) {
	if !ok && n.reason == "" {
		n.reason = missing
	}
}

// notApplicable returns why the case does not apply to the harness, or "".
func (c testCase) notApplicable(h *Harness) string {
	n := need{Harness: h}
	if c.needs != nil {
		c.needs(&n)
	}
	return n.reason
}

// check runs the case and returns what it found, one text for each failure.
func (c testCase) check(tb testing.TB, h *Harness) []string { return c.start(tb, h).failures }

// start runs the case and returns its session, which has ended.
func (c testCase) start(tb testing.TB, h *Harness) *session {
	ctx, cancel := context.WithTimeout(tb.Context(), h.Timeout)
	defer cancel()
	s := &session{tb: tb, h: h, ctx: ctx, made: make(map[string]bool)}
	s.p = h.New(tb)
	if h.Live {
		tb.Cleanup(s.cleanUp) // registered before the cleanups of Connect, so that it runs after them
		s.removeLeftovers(ctx)
	}
	s.protect(func() { c.run(s) })
	return s
}

// session is one run of a case against a Provisioner. Its methods report failures, and some end
// the case. Those that do not end it may be used by several goroutines.
type session struct {
	tb  testing.TB
	h   *Harness
	p   cgw.Provisioner
	ctx context.Context

	mu           sync.Mutex
	failures     []string
	made         map[string]bool // the IDs that were created
	used         int             // of Harness.Addresses
	names        int
	region       string // as first seen
	createFailed bool   // whether the case ended because a valid Create failed
}

// stop is the panic value that ends a case early.
type stop struct{}

// protect runs do, and reports a panic as a failure.
func (s *session) protect(do func()) {
	defer func() {
		switch r := recover(); r {
		case nil, stop{}:
		default:
			s.errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	do()
}

// errorf reports a failure.
func (s *session) errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

// fatalf reports a failure and ends the case. Only the goroutine of the case may call it.
func (s *session) fatalf(format string, args ...any) {
	s.errorf(format, args...)
	panic(stop{})
}

// parallel runs do n times at once, and returns when all have ended.
func (s *session) parallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			s.protect(func() { do(i) })
		})
	}
	close(start)
	wg.Wait()
}
