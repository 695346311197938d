package answers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cgw-go/cgw"
)

// Cost is how many requests a call sends to a service that always refuses one action.
type Cost struct {
	Refuse, Code, Text string
	Status             int    // 0: that of the code
	RetryAfter         string // seconds
	Header             string // the header with RetryAfter; empty: Retry-After
	Do                 func(context.Context, cgw.Provisioner) error

	Kind     error
	Unknown  bool   // of the outcome
	Requests int    // of the action that is refused
	Waits    bool   // more than five requests, until the time is up
	LookBy   string // the action that looks
	Looks    int    // by it
	Says     string // in the error's text
}

// costs runs each Cost with its own service, Provisioner and clock.
func (c Cloud) costs(t *testing.T) {
	a, open := c.Actions, c.Open
	for _, c := range append([]Cost{
		// Throttled by the status, whatever the code.
		{Refuse: a.Create, Status: 429, Code: "Brand.New", Do: Create, Kind: cgw.ErrThrottled, Waits: true},
		{Refuse: a.Get, Status: 429, Code: "InvalidParameter", Do: Get, Kind: cgw.ErrThrottled, Waits: true},
	}, c.Costs...) {
		t.Run(c.Refuse+" "+c.Code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := open(t, cgw.RetryPolicy{})
				s.Refuse, s.Code, s.Text, s.Status = c.Refuse, c.Code, c.Text, c.Status
				if c.RetryAfter != "" {
					header := c.Header
					if header == "" {
						header = "Retry-After"
					}
					s.Header = map[string]string{header: c.RetryAfter}
				}
				begin := time.Now()
				err := c.Do(t.Context(), p)
				took, asked, looks := time.Since(begin), s.Asked(c.Refuse), s.Asked(c.LookBy)
				var e *cgw.Error
				switch {
				case !errors.As(err, &e):
					t.Errorf("the error is %v", err)
				case e.Kind != c.Kind: //nolint:errorlint // a bare sentinel
					t.Errorf("the kind is %v, not %v", e.Kind, c.Kind)
				case (e.Outcome == cgw.OutcomeUnknown) != c.Unknown:
					t.Errorf("the outcome is %v", e.Outcome)
				case !strings.Contains(err.Error(), c.Says):
					t.Errorf("%q is not in %q", c.Says, err)
				case took > time.Minute:
					t.Errorf("it took %v", took)
				case c.Waits && (asked <= 5 || took < 45*time.Second):
					t.Errorf("it gave up after %d requests and %v", asked, took)
				case !c.Waits && asked != c.Requests:
					t.Errorf("%d requests, not %d", asked, c.Requests)
				case c.LookBy != "" && looks != c.Looks:
					t.Errorf("%d looks, not %d", looks, c.Looks)
				}
			})
		})
	}
}
