package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/cgw-go/cgw"
)

// ControlPrefix is the prefix of the control interface's paths. No vendor has such a path.
const ControlPrefix = "/_cgw/"

// maxControlBody limits the size of a control request, which may hold a whole state.
const maxControlBody = 64 << 20

// Service is the emulated cloud, as the control interface sees it.
type Service interface {
	json.Marshaler   // the state
	json.Unmarshaler // replaces the state; on an error it changes nothing
	Location() cgw.Location
	Reset()
	SeedGateways(gateways ...cgw.Gateway) ([]cgw.Gateway, error)
	ListGateways() []cgw.Gateway
	AddConnection(gatewayID string) string
	RemoveConnection(connectionID string) bool
	ConnectionIDs(gatewayID string) []string
}

// Control is the control interface over HTTP, in JSON. docs/testing.md describes it.
type Control struct {
	Core    *Core
	Service Service
	Codes   Codes
	Actions []string // that the service has
}

// call is a control request: it returns what to answer with status 200, or nil for 204.
type call func(r *http.Request, body []byte) (any, error)

// routes are the paths below ControlPrefix, and their methods.
func (c *Control) routes() map[string]map[string]call {
	return map[string]map[string]call{
		"":                 {http.MethodGet: c.index},
		"reset":            {http.MethodPost: c.reset},
		"state":            {http.MethodGet: c.state, http.MethodPut: c.putState},
		"gateways":         {http.MethodGet: c.gateways, http.MethodPost: c.addGateways},
		"connections":      {http.MethodGet: c.connections, http.MethodPost: c.addConnection},
		"connections/{id}": {http.MethodDelete: c.removeConnection},
		"faults":           {http.MethodGet: c.faults, http.MethodPost: c.addFaults, http.MethodDelete: c.clearFaults},
		"requests":         {http.MethodGet: c.requests, http.MethodDelete: c.forgetRequests},
		"clock":            {http.MethodGet: c.clock, http.MethodPut: c.putClock},
		"credentials":      {http.MethodPut: c.putCredentials},
		"rates":            {http.MethodGet: c.rates, http.MethodPut: c.putRates},
		"latency":          {http.MethodGet: c.latency, http.MethodPut: c.putLatency},
	}
}

// statusError is a refusal with its own HTTP status.
type statusError struct {
	FieldError
	status int
}

// Handler returns the interface as a handler of the paths below ControlPrefix.
func (c *Control) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, methods := range c.routes() {
		pattern := ControlPrefix + path
		if path == "" {
			pattern += "{$}"
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { serve(w, r, methods) })
	}
	mux.HandleFunc(ControlPrefix, func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, &statusError{FieldError{"", "there is no such path; GET " + ControlPrefix + " lists them"}, http.StatusNotFound})
	})
	return mux
}

func serve(w http.ResponseWriter, r *http.Request, methods map[string]call) {
	do, ok := methods[r.Method]
	if !ok {
		allowed := methodsOf(methods)
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		answer(w, nil, &statusError{FieldError{"", "the method must be " + strings.Join(allowed, " or ")}, http.StatusMethodNotAllowed})
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxControlBody+1))
	switch {
	case err != nil:
		panic(http.ErrAbortHandler) // the client went away
	case len(body) > maxControlBody:
		answer(w, nil, &statusError{FieldError{"", fmt.Sprintf("the body is longer than %d bytes", maxControlBody)}, http.StatusRequestEntityTooLarge})
		return
	}
	result, err := do(r, body)
	answer(w, result, err)
}

func methodsOf(methods map[string]call) []string {
	var all []string
	for m := range methods {
		all = append(all, m)
	}
	slices.Sort(all)
	return all
}

// failure is the reply to a refused request, which changed nothing.
type failure struct {
	Error struct {
		Field   string `json:"field,omitempty"`
		Message string `json:"message"`
	} `json:"error"`
}

func answer(w http.ResponseWriter, result any, err error) {
	status := http.StatusOK
	if err != nil {
		var f failure
		status = http.StatusBadRequest
		f.Error.Message = err.Error()
		var field *FieldError
		var own *statusError
		switch {
		case errors.As(err, &own):
			status, f.Error.Field, f.Error.Message = own.status, own.Field, own.Message
		case errors.As(err, &field):
			f.Error.Field, f.Error.Message = field.Field, field.Message
		}
		result = f
	}
	if result == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	b, err := json.Marshal(result)
	if err != nil {
		panic(err) // reported by Core.Handler; results are texts, numbers and lists of those
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client may be gone
}

// index is the answer to a GET of ControlPrefix.
type index struct {
	cgw.Location
	Actions []string `json:"actions"`
	Paths   []string `json:"paths"`
}

func (c *Control) index(*http.Request, []byte) (any, error) {
	var paths []string
	for path, methods := range c.routes() {
		for _, m := range methodsOf(methods) {
			paths = append(paths, m+" "+ControlPrefix+path)
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		methodA, pathA, _ := strings.Cut(a, " ")
		methodB, pathB, _ := strings.Cut(b, " ")
		return cmp.Or(strings.Compare(pathA, pathB), strings.Compare(methodA, methodB))
	})
	return index{c.Service.Location(), c.Actions, paths}, nil
}

func (c *Control) reset(_ *http.Request, body []byte) (any, error) {
	if err := Decode(orEmpty(body), &struct{}{}); err != nil {
		return nil, err
	}
	c.Service.Reset()
	return nil, nil
}

// orEmpty returns an empty object for a request without a body.
func orEmpty(body []byte) []byte {
	if len(body) == 0 {
		return []byte("{}")
	}
	return body
}
