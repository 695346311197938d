// Package answers tests the error codes of both providers: what each row of the table means as an
// answer to each request of each operation, and how many requests a code costs.
package answers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/operation"
	"github.com/cgw-go/cgw/internal/providertest"
)

// Cloud is a provider, and a service of it in memory that has the gateway cgw-1.
type Cloud struct {
	Codes   *errcode.Table
	Actions operation.Actions
	// New returns a Provisioner that sends its requests with the client, without a rate limit.
	New     func(client *http.Client, retry cgw.RetryPolicy) (cgw.Provisioner, error)
	Action  func(*http.Request) string                           // of a request
	Content map[string]string                                    // by action: the fields of a success, each followed by a comma
	Success func(content string) (body string)                   // the body of a success
	Error   func(code, message string) (status int, body string) // the reply of a refusal
	// Requests and Costs are those of this cloud only. Answers is the least number of answers to
	// check: each row of the table to each request.
	Requests []Request
	Costs    []Cost
	Answers  int
}

// Test checks what each row of the table means in answer to each request, and how many requests a
// refusal costs under the default policy.
func (c Cloud) Test(t *testing.T) {
	t.Helper()
	t.Run("Rows", c.rows)
	t.Run("Costs", c.costs)
}

// Open returns the service and a Provisioner of it.
func (c Cloud) Open(t *testing.T, retry cgw.RetryPolicy) (*Service, cgw.Provisioner) {
	t.Helper()
	s := &Service{cloud: c}
	p, err := c.New(&http.Client{Transport: s}, retry)
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// Service is a service in memory that refuses one action and does the others. Its fields are set
// between calls.
type Service struct {
	Refuse string            // the action to refuse
	Code   string            // the code of the refusal
	Text   string            // the message
	Header map[string]string // of refusals
	Status int               // of refusals; 0: as Cloud.Error has it

	cloud Cloud
	mu    sync.Mutex
	asked map[string]int
}

// RoundTrip implements http.RoundTripper.
func (s *Service) RoundTrip(r *http.Request) (*http.Response, error) {
	action := s.cloud.Action(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[action]++
	rec := httptest.NewRecorder()
	if action == s.Refuse {
		status, body := s.cloud.Error(s.Code, s.Text)
		if s.Status != 0 {
			status = s.Status
		}
		for k, v := range s.Header {
			rec.Header().Set(k, v)
		}
		rec.WriteHeader(status)
		_, _ = rec.WriteString(body)
	} else {
		_, _ = rec.WriteString(s.cloud.Success(s.cloud.Content[action]))
	}
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

// Asked returns how often an action was asked for since the last time.
func (s *Service) Asked(action string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.asked[action]
	delete(s.asked, action)
	return n
}

// Rest returns how many further actions were asked for.
func (s *Service) Rest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// Request is one request of an operation, to be refused.
type Request struct {
	Op, Action string
	Write      bool
	After      cgw.Outcome // the outcome if the request comes after all writes; OutcomeUnknown: it does not
	Partly     bool        // whether it comes after a write and before another
	Tags       bool        // whether it reads only tags: "not found" is then not about a gateway
	Do         func(context.Context, cgw.Provisioner) error
}

// Create makes a gateway at an address that has none.
func Create(ctx context.Context, p cgw.Provisioner) error {
	_, err := p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.9"), Name: "office", ASN: 65010})
	return err
}

// Get reads the gateway cgw-1.
func Get(ctx context.Context, p cgw.Provisioner) error {
	_, err := p.Get(ctx, "cgw-1")
	return err
}

// List reads all gateways.
func List(ctx context.Context, p cgw.Provisioner) error {
	_, err := cgw.Collect(p.List(ctx, cgw.Filter{}))
	return err
}

// Rename changes a field.
func Rename(ctx context.Context, p cgw.Provisioner) error {
	name := "renamed"
	_, err := p.Update(ctx, "cgw-1", cgw.UpdateRequest{Name: &name})
	return err
}

// Retag changes tags alone: one is removed, another is set.
func Retag(ctx context.Context, p cgw.Provisioner) error {
	_, err := p.Update(ctx, "cgw-1", cgw.UpdateRequest{Tags: map[string]string{"new": "1"}})
	return err
}

// Delete removes the gateway cgw-1.
func Delete(ctx context.Context, p cgw.Provisioner) error { return p.Delete(ctx, "cgw-1") }

// rows refuses every request with the code of every row, and checks that the error is as the row
// says.
func (c Cloud) rows(t *testing.T) {
	s, p := c.Open(t, providertest.Once())
	a := c.Actions
	requests := append([]Request{
		{Op: cgw.OpCreate, Action: a.Create, Write: true, Do: Create},
		{Op: cgw.OpGet, Action: a.Get, Do: Get},
		{Op: cgw.OpList, Action: a.List, Do: List},
		{Op: cgw.OpUpdate, Action: a.Modify, Write: true, Do: Rename},
		{Op: cgw.OpUpdate, Action: a.Get, After: cgw.OutcomeApplied, Do: Rename},
		{Op: cgw.OpDelete, Action: a.Delete, Write: true, Do: Delete},
	}, c.Requests...)
	checked := 0
	for _, row := range c.Codes.Rows() {
		if strings.HasPrefix(row.Note, "of the SDK") {
			continue // no answer of the service
		}
		s.Code, s.Text = strings.ReplaceAll(row.Code, "*", "Probe"), "it was refused: "+row.Mention
		for _, r := range requests {
			s.Refuse = r.Action
			checked++
			if fault := r.judge(row, s.Code, r.Do(t.Context(), p)); fault != "" {
				t.Errorf("%s in answer to %s of %s: %s", row.Code, r.Action, r.Op, fault)
			}
		}
	}
	t.Log(checked, "answers")
	if checked < c.Answers {
		t.Errorf("%d answers were checked, not %d", checked, c.Answers)
	}
}

// judge returns what is wrong with the error of a request that was refused with the code of a
// row, or "".
func (r Request) judge(row errcode.Row, code string, err error) string {
	kind := row.Kind
	if !possible(kind, r) {
		kind = cgw.ErrInvalidArgument
	}
	var e *cgw.Error
	if err == nil || !errors.As(err, &e) {
		return fmt.Sprintf("the error is %v", err)
	}
	want := row.Repeat.Outcome()
	switch {
	case r.Partly:
		want = cgw.OutcomeUnknown
	case r.After != cgw.OutcomeUnknown:
		want = r.After
	case !r.Write:
		want = cgw.OutcomeNotApplied
	}
	switch {
	case e.Kind != kind: //nolint:errorlint // a bare sentinel
		return fmt.Sprintf("the kind is %v, not %v", e.Kind, kind)
	case e.Code != code:
		return "the code is " + e.Code
	case e.Outcome != want:
		return fmt.Sprintf("the outcome is %v, not %v", e.Outcome, want)
	case errors.Is(err, cgw.ErrPermissionDenied) && !strings.Contains(err.Error(), r.Action):
		return "the action is not named: " + err.Error()
	default:
		return ""
	}
}

// possible reports whether an error of this kind can be the answer to the request.
func possible(kind error, r Request) bool {
	create := r.Op == cgw.OpCreate && r.Write
	for _, only := range []struct {
		kind error
		of   bool
	}{
		{cgw.ErrNotFound, !create && r.Op != cgw.OpList && !r.Tags},
		{cgw.ErrAlreadyExists, create},
		{cgw.ErrInUse, r.Write && !create},
		{cgw.ErrTokenMismatch, r.Write},
		{cgw.ErrInvalidName, r.Op != cgw.OpGet && r.Op != cgw.OpDelete},
		{cgw.ErrInvalidDescription, r.Op != cgw.OpGet && r.Op != cgw.OpDelete},
		{cgw.ErrInvalidIPAddress, r.Op != cgw.OpGet && r.Op != cgw.OpDelete},
		{cgw.ErrInvalidASN, r.Op != cgw.OpGet && r.Op != cgw.OpDelete},
	} {
		if only.kind == kind { //nolint:errorlint // a bare sentinel
			return only.of
		}
	}
	return true
}
