package newprovider

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

const pageCap = 10

// service is Northwind's API, on a Fake.
type service struct {
	fake     cgwtest.Fake
	requests atomic.Int64
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	var q request
	out := reply{RequestID: "nw-1"}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		out.Code = "Bad"
	} else {
		s.do(r, q, &out)
	}
	status := http.StatusOK
	if out.Code != "" {
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // a client that is gone is its own affair
}

func (s *service) do(r *http.Request, q request, out *reply) {
	var g cgw.Gateway
	var err error
	switch q.Action {
	case "Create":
		g, err = s.fake.Create(r.Context(), *q.Create)
	case "Get":
		g, err = s.fake.Get(r.Context(), q.ID)
	case "Update":
		g, err = s.fake.Update(r.Context(), q.ID, *q.Update)
	case "Delete":
		err = s.fake.Delete(r.Context(), q.ID)
	case "List":
		var all []cgw.Gateway
		all, err = cgw.Collect(s.fake.List(r.Context(), cgw.Filter{}))
		from := min(q.From, len(all))
		to := min(from+pageCap, len(all))
		out.Gateways, out.More = all[from:to], to < len(all)
	}
	if g.ID != "" {
		out.Gateways = []cgw.Gateway{g}
	}
	var e *cgw.Error
	if errors.As(err, &e) {
		out.Message, out.IDs = e.Error(), e.ConflictingIDs
		for _, row := range northwindCodes.Rows() {
			if errors.Is(err, row.Kind) {
				out.Code = row.Code
				return
			}
		}
		out.Code = "Broken"
	}
}

// TestChecklistEndsHere: the suite passes for a provider that was written by the checklist.
func TestChecklistEndsHere(t *testing.T) {
	var s *service
	cgwtest.TestProvisioner(t, cgwtest.Harness{
		New: func(t testing.TB) cgw.Provisioner {
			t.Helper()
			s = &service{fake: cgwtest.Fake{Like: northwindRules()}}
			srv := httptest.NewServer(s)
			t.Cleanup(srv.Close)
			p, err := newNorthwind(config{Region: "north-1", Endpoint: srv.URL})
			require.NoError(t, err)
			return p
		},
		Rules:    northwindRules(),
		PageCap:  pageCap,
		Requests: func() int { return int(s.requests.Load()) },
		Connect: func(_ testing.TB, id string) []string {
			return []string{s.fake.Connect(id)}
		},
		Stalled: func(t testing.TB) cgw.Provisioner {
			t.Helper()
			ended := make(chan struct{})
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				select {
				case <-r.Context().Done():
				case <-ended:
				}
			}))
			t.Cleanup(func() { close(ended); srv.Close() })
			p, err := newNorthwind(config{Region: "north-1", Endpoint: srv.URL})
			require.NoError(t, err)
			return p
		},
	})
}

func TestConfigIsChecked(t *testing.T) {
	_, err := newNorthwind(config{Region: "Not A Region", Endpoint: "ftp://x"})
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	var v *cgw.ValidationError
	require.ErrorAs(t, err, &v)
	require.Len(t, v.Fields, 2)
}
