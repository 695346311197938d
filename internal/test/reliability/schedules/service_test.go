package schedules_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

const (
	latency = 4 * time.Millisecond // of a request; it takes effect after half of it
	timeout = 10 * time.Second     // of an attempt

	maxAttempts = 5           // of the default policy
	asked       = time.Second // how long a service that throttles asks to wait
)

// maker is who made a gateway.
type maker string

const (
	us      maker = "the call"
	sibling maker = "another call of the Provisioner"
	unsure  maker = "another call of the Provisioner, which ended as unknown"
	foreign maker = "another program"
)

// row is a gateway as the service stores it, with all its versions.
type row struct {
	id       string
	by       maker
	versions []version
}

type version struct {
	at   time.Time
	g    cgw.Gateway
	gone bool
	by   maker // who deleted it
}

func (r *row) now() version { return r.versions[len(r.versions)-1] }

// shown returns the gateway as it was at a time, as a read that lags shows it.
func (r *row) shown(at time.Time) (cgw.Gateway, bool) {
	for _, v := range slices.Backward(r.versions) {
		if !v.at.After(at) {
			return v.g, !v.gone
		}
	}
	return cgw.Gateway{}, false
}

// service is a cloud in memory: its gateways, its behaviour, and what happens to requests.
type service struct {
	site
	script *schedules.Script
	rows   []*row
	tokens map[string]*row // by action and token: the gateway that the request made; nil: the request is running
	late   []delayed
	used   []string // connections
	as     maker    // who sends
	mortal bool     // whether its process may die
	others []other
	cancel func()

	sent    []sent
	ended   time.Time // when the context ended; set after the call
	stopped time.Time // when the script ended the context
	ending  *time.Timer
	due     time.Time      // nothing may be sent before this time
	at      time.Time      // the time of a late write that takes effect; zero: now
	lost    int            // writes whose outcome no reply told
	odd     int            // replies with a code that is not known
	slow    int            // requests that take effect long after
	failed  map[string]int // by action: the failed requests, without those that were told "try later"
	cut     bool           // the reply to the next create is lost
	inRow   int            // how often the first fault strikes, one request of its action after the other; 0: once
	run     run            // what is left of that
	left    bool           // a holder of the address has deleted its gateway
	wrong   []string
}

// run is a fault that strikes several requests in a row.
type run struct {
	action string
	fault  fault
	left   int
}

// site is the behaviour of a service.
type site struct {
	*cloud
	lag     time.Duration
	loose   bool // it allows several gateways at one address
	noDate  bool // it sends no Date header
	forgets bool // it forgets tokens at once
	forms   bool // it stores names in its own form
}

type delayed struct {
	at time.Time
	do func()
}

// sent is a request as it was sent.
type sent struct {
	action, token string
	event         string
}

// other is what another program does between requests.
type other struct {
	name string
	do   func(*service)
}

func (s *service) faultf(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// String returns the schedule.
func (s *service) String() string {
	var all []string
	for _, r := range s.sent {
		text := r.action
		if r.event != "" {
			text += " " + r.event
		}
		all = append(all, text)
	}
	return strings.Join(all, " · ")
}

// settle lets the late writes take effect that are due by now.
func (s *service) settle(now time.Time) {
	for {
		next := -1
		for i, d := range s.late {
			if !d.at.After(now) && (next < 0 || d.at.Before(s.late[next].at)) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		d := s.late[next]
		s.late = slices.Delete(s.late, next, next+1)
		s.at = d.at
		d.do()
		s.at = time.Time{}
	}
}

// now is the time at which a write takes effect.
func (s *service) now() time.Time {
	if s.at.IsZero() {
		return time.Now()
	}
	return s.at
}

// errDead is the end of a process.
var errDead = errors.New("the process is dead")

// send sends a request, and does to it what the script says. do executes it and returns the code
// of a refusal; empty reports a reply without content, which the SDK treats as a success.
func (s *service) send(ctx context.Context, action, token string, write bool, do func() string) (empty bool, err error) {
	rec, now := exchange.RecordOf(ctx), time.Now()
	rec.Reached, rec.Began = true, now
	defer func() { rec.Ended = time.Now() }()
	s.script.Request()
	s.sent = append(s.sent, sent{action: action, token: token})
	note := &s.sent[len(s.sent)-1].event
	say := func(what string) {
		if *note != "" && what != "" {
			*note += ", "
		}
		*note += what
	}
	if now.Before(s.due) {
		s.faultf("%s was sent before the time that the service asked to wait", action)
	}
	if ctx.Err() != nil {
		s.faultf("%s was sent after the context had ended", action)
	}
	if write && s.failed[action] >= maxAttempts {
		s.faultf("%s was sent after all of its attempts", action)
	}
	s.settle(now)
	if i := s.script.Pick(schedules.Other, len(s.others)); i > 0 {
		say("(before it: " + s.others[i-1].name + ")")
		s.others[i-1].do(s)
	}
	end := 0
	if s.cancel != nil {
		if write {
			end = s.script.Pick(schedules.End, len(ends))
		} else if end = s.script.Pick(schedules.End, len(ends)-1); end > 0 {
			end++ // a read has no commit, so that before and after it are the same
		}
	}
	faults := readFaults
	if write {
		faults = writeFaults
	}
	if s.mortal {
		faults = append(slices.Clip(faults), deaths[:1]...)
		if write {
			faults = append(faults, deaths[1:]...)
		}
	}
	var f fault
	if end == 0 || end == 3 {
		f = s.strike(action, faults)
		say(f.name)
	}
	if end > 0 {
		say(ends[end-1])
		wait := [...]time.Duration{latency / 4, latency/2 + 1, latency + 1}[end-1]
		switch {
		case end == 3 && f.stall:
			wait = timeout + 1
		case end == 3 && f.unsent:
			wait = 1
		}
		s.ending = time.AfterFunc(wait, func() {
			s.stopped = time.Now()
			s.cancel()
		})
	}
	if f.dead && !f.after && f.late == 0 {
		panic(errDead)
	}
	if f.unsent {
		rec.Err = &exchange.NetworkError{Reason: "connection refused", Err: errors.New("refused")}
		return false, rec.Err
	}
	rec.Sent = true
	code := ""
	commit := func() {
		s.settle(time.Now())
		if f.code != "" && !f.after {
			code = f.code
			return
		}
		if s.Tokens && token != "" {
			if r, ok := s.tokens[action+token]; ok && r == nil {
				code = "Processing"
				return
			}
		}
		code = do()
	}
	// part waits for a part of the time that the request takes, and returns the error of the
	// context if that ends meanwhile.
	part := func(d time.Duration) error {
		if attempt.Sleep(ctx, d) {
			return nil
		}
		if write {
			s.lost++
		}
		rec.Err = ctx.Err()
		return rec.Err
	}
	if err := part(latency / 2); err != nil {
		return false, err
	}
	switch {
	case f.late > 0:
		if f.late > time.Second {
			s.slow++
		}
		key := action + token
		if s.Tokens && token != "" {
			if r, used := s.tokens[key]; used && r == nil {
				break // another request with the token is running, so this one has no effect
			} else if !used {
				s.tokens[key] = nil
			}
		}
		as := s.as
		left := time.Now().Add(timeout) // when the sender gives up
		if f.dead {
			left = time.Now()
		}
		s.late = append(s.late, delayed{left.Add(f.late), func() {
			was := s.as
			s.as = as
			if r, ok := s.tokens[key]; ok && r == nil {
				delete(s.tokens, key)
			}
			do()
			s.as = was
		}})
	case f.name == "" || f.after || f.code != "":
		commit()
	}
	if f.dead {
		panic(errDead)
	}
	if write && f.name != "" && (f.code == "" || f.code == unknownCode) {
		s.lost++
	}
	if f.stall {
		if err := part(timeout - latency/2); err != nil {
			return false, err
		}
		rec.Err = &exchange.NetworkError{Reason: "no reply came in time", Err: exchange.TimeoutError{}}
		return false, rec.Err
	}
	if err := part(latency / 2); err != nil {
		return false, err
	}
	if f.lost {
		rec.Err = &exchange.NetworkError{Reason: "connection reset", Err: errors.New("reset")}
		return false, rec.Err
	}
	rec.Reply = exchange.Reply{Status: max(f.status, http.StatusOK), Header: http.Header{}, RequestID: "request"}
	if !s.noDate {
		rec.Reply.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if f.after && f.code != "" {
		code = f.code
	}
	if f.asks {
		rec.Reply.RetryAfter = asked
		s.due = time.Now().Add(asked)
	}
	switch {
	case f.broken && f.after && action == "Create":
		return true, nil
	case f.broken:
		rec.Err = &exchange.ReplyError{Reason: "not JSON"}
		return false, rec.Err
	case code != "":
		rec.Reply.Code, rec.Reply.Status = code, s.status(code)
		if code == unknownCode {
			s.odd++
		}
		return false, errors.New("refused: " + code)
	}
	return false, nil
}

// strike returns what happens to a request.
func (s *service) strike(action string, faults []fault) (f fault) {
	i := s.script.Pick(schedules.Fault, len(faults))
	switch {
	case s.cut && action == "Create":
		s.cut, f = false, cutAfter
	case i > 0:
		if f = faults[i-1]; s.inRow > 0 && s.run.action == "" {
			s.run = run{action, f, s.inRow}
		}
	case action == s.run.action && s.run.left > 0:
		f = s.run.fault
	}
	if action == s.run.action {
		s.run.left--
	}
	if f.name != "" && f.code != "Throttled" {
		if s.failed == nil {
			s.failed = map[string]int{}
		}
		s.failed[action]++
	}
	return f
}

// worn reports whether no attempt was left for a request: an unknown code is repeated once, other
// faults up to MaxAttempts.
func (s *service) worn() bool {
	for _, n := range s.failed {
		if n >= maxAttempts {
			return true
		}
	}
	return s.odd > 1
}

// ends are the moments at which the context may end at a request. After a fault, it ends during the
// backoff.
var ends = []string{"the context ends before the commit", "the context ends after the commit", "the context ends after it"}

const unknownCode = "New"

// status returns the HTTP status of a code: one of the clouds always answers 200.
func (s *service) status(code string) int {
	switch {
	case !s.Tokens:
		return http.StatusOK
	case code == unknownCode, code == "Processing":
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

// fault is one thing that goes wrong with a request.
type fault struct {
	name   string
	unsent bool          // the request is not sent
	lost   bool          // the connection breaks
	stall  bool          // no reply comes in time
	broken bool          // the reply does not tell the outcome
	code   string        // an error of the service
	after  bool          // the request takes effect nevertheless
	late   time.Duration // it takes effect this long after its sender gave up
	dead   bool          // the process ends
	asks   bool          // the reply asks to wait
	status int           // of HTTP; 0: 200, or that of the code
}

var cutAfter = fault{name: "cut after the commit", lost: true, after: true}

// Reads take no effect, so that before and after the commit are the same.
var (
	writeFaults = []fault{
		{name: "refused before", unsent: true},
		{name: "cut before the commit", lost: true},
		cutAfter,
		{name: "timed out before the commit", stall: true},
		{name: "timed out after the commit", stall: true, after: true},
		{name: "timed out, takes effect 0.1 s later", stall: true, late: 100 * time.Millisecond},
		{name: "timed out, takes effect 30 s later", stall: true, late: 30 * time.Second},
		{name: "throttled", code: "Throttled", asks: true},
		{name: "503 that asks to wait", broken: true, asks: true, status: http.StatusServiceUnavailable},
		{name: "unknown code before the commit", code: unknownCode},
		{name: "unknown code after the commit", code: unknownCode, after: true},
		{name: "broken reply before the commit", broken: true},
		{name: "broken reply after the commit", broken: true, after: true},
	}
	deaths = []fault{
		{name: "the process dies before", dead: true},
		{name: "the process dies after the commit", dead: true, after: true},
		{name: "the process dies, takes effect 0.1 s later", dead: true, late: 100 * time.Millisecond},
		{name: "the process dies, takes effect 30 s later", dead: true, late: 30 * time.Second},
	}
	readFaults = []fault{
		{name: "refused before", unsent: true},
		{name: "cut", lost: true},
		{name: "timed out", stall: true},
		{name: "throttled", code: "Throttled", asks: true},
		{name: "unknown code", code: unknownCode},
		{name: "broken reply", broken: true},
	}
)

// make makes a gateway.
func (s *service) make(by maker, g cgw.Gateway, age time.Duration) *row {
	now := s.now()
	r := &row{id: fmt.Sprintf("cgw-%d", len(s.rows)+1), by: by}
	g.ID, g.CreatedAt = r.id, now.Add(-age).Truncate(s.precision)
	g.Tags = maps.Clone(g.Tags)
	r.versions = []version{{at: now.Add(-age), g: g}}
	s.rows = append(s.rows, r)
	return r
}

// remove deletes a gateway.
func (s *service) remove(by maker, r *row) {
	if v := r.now(); !v.gone {
		r.versions = append(r.versions, version{at: s.now(), g: v.g, gone: true, by: by})
	}
}

// find returns an existing gateway that matches, or nil.
func (s *service) find(match func(*row) bool) *row {
	for _, r := range s.rows {
		if !r.now().gone && match(r) {
			return r
		}
	}
	return nil
}

// held returns the existing gateways.
func (s *service) held() (all []*row) {
	for _, r := range s.rows {
		if !r.now().gone {
			all = append(all, r)
		}
	}
	return all
}
