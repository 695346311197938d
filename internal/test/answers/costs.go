package answers

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// Cost is what a service that goes on refusing costs a call.
type Cost struct {
	Refuse, Code, Text string
	Status             int    // 0: that of the code
	RetryAfter         string // seconds
	Header             string // that has it; empty: Retry-After
	Do                 func(context.Context, cgw.Provisioner) error

	Kind     error
	Unknown  bool   // of the outcome
	Requests int    // of the action that is refused
	Waits    bool   // more than five requests, until the time is up
	LookBy   string // the action that looks
	Looks    int    // by it
	Says     string // in the error's text
}

// CheckCosts runs each against a service and a Provisioner of its own, on a clock of its own.
func CheckCosts(t *testing.T, open func(*testing.T) (*Service, cgw.Provisioner), costs []Cost) {
	t.Helper()
	for _, c := range costs {
		t.Run(c.Refuse+" "+c.Code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := open(t)
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
				var e *cgw.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, c.Kind, e.Kind)
				require.Equal(t, c.Unknown, e.Outcome == cgw.OutcomeUnknown, "outcome %v", e.Outcome)
				require.Contains(t, err.Error(), c.Says)
				require.LessOrEqual(t, time.Since(begin), time.Minute)
				asked := s.Asked(c.Refuse)
				if c.Waits {
					require.Greater(t, asked, 5)
					require.Greater(t, time.Since(begin), 45*time.Second)
				} else {
					require.Equal(t, c.Requests, asked)
				}
				if c.LookBy != "" {
					require.Equal(t, c.Looks, s.Asked(c.LookBy))
				}
			})
		})
	}
}
