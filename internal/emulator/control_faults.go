package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// duration is a time.Duration in the text form of Go, such as "250ms".
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf(`%q is not a duration such as "250ms" or "-10m"`, text)
	}
	*d = duration(parsed)
	return nil
}

// faultList holds faults in requests, and with their counts in replies.
type faultList struct {
	Faults []fault `json:"faults"`
}

// fault is a wire.Fault, or in replies a wire.Injected.
type fault struct {
	Action  string       `json:"action,omitempty"`
	Meaning wire.Meaning `json:"meaning,omitempty"`
	Skip    int          `json:"skip,omitempty"`
	Times   int          `json:"times,omitempty"`
	When    wire.When    `json:"when,omitempty"`
	Delay   duration     `json:"delay,omitempty"`
	Effect  wire.Effect  `json:"effect,omitempty"`
	Bytes   int          `json:"bytes,omitempty"`
	Status  int          `json:"status,omitempty"`
	Header  http.Header  `json:"header,omitempty"`
	Body    string       `json:"body,omitempty"`
	Code    string       `json:"code,omitempty"`
}

// fault returns the fault to inject.
func (f fault) fault() wire.Fault {
	var header http.Header
	for name, values := range f.Header {
		if header == nil {
			header = http.Header{}
		}
		header[http.CanonicalHeaderKey(name)] = values
	}
	return wire.Fault{
		Action: f.Action, Meaning: f.Meaning, Skip: f.Skip, Times: f.Times, When: f.When,
		Delay: time.Duration(f.Delay), Effect: f.Effect,
		Bytes: f.Bytes, Status: f.Status, Header: header, Body: f.Body, Code: f.Code,
	}
}

// injected is a fault in replies.
type injected struct {
	fault
	Seen   int `json:"seen"`
	Struck int `json:"struck"`
}

func (c *Control) faults(*http.Request, []byte) (any, error) {
	list := []injected{}
	for _, i := range c.Core.Faults() {
		f := i.Fault
		list = append(list, injected{
			fault: fault{
				Action: f.Action, Meaning: f.Meaning, Skip: f.Skip, Times: f.Times, When: f.When,
				Delay: duration(f.Delay), Effect: f.Effect,
				Bytes: f.Bytes, Status: f.Status, Header: f.Header, Body: f.Body, Code: f.Code,
			},
			Seen: i.Seen, Struck: i.Struck,
		})
	}
	return struct {
		Faults []injected `json:"faults"`
	}{list}, nil
}

func (c *Control) addFaults(_ *http.Request, body []byte) (any, error) {
	var in faultList
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	if len(in.Faults) == 0 {
		return nil, &FieldError{"faults", "must have a fault at least"}
	}
	faults := make([]wire.Fault, len(in.Faults))
	for i, f := range in.Faults {
		if err := c.knows(fmt.Sprintf("faults[%d].action", i), f.Action); f.Action != "" && err != nil {
			return nil, err
		}
		if f.Bytes < 0 {
			return nil, &FieldError{fmt.Sprintf("faults[%d].bytes", i), "must not be negative"}
		}
		faults[i] = f.fault()
	}
	return nil, c.Core.Inject(c.Codes, faults...)
}

// knows refuses an action that the service does not have.
func (c *Control) knows(field, action string) error {
	if slices.Contains(c.Actions, action) {
		return nil
	}
	return &FieldError{field, fmt.Sprintf("%q is none of %s", action, strings.Join(c.Actions, ", "))}
}

func (c *Control) clearFaults(*http.Request, []byte) (any, error) {
	c.Core.ClearFaults()
	return nil, nil
}

// request is a wire.Request.
type request struct {
	Time   time.Time `json:"time"`
	Action string    `json:"action"`
	Code   string    `json:"code,omitempty"`
	Fault  bool      `json:"fault,omitempty"`
}

func (c *Control) requests(r *http.Request, _ []byte) (any, error) {
	wanted := r.URL.Query()["action"]
	list := []request{}
	for _, q := range c.Core.Requests() {
		if len(wanted) == 0 || slices.Contains(wanted, q.Action) {
			list = append(list, request(q))
		}
	}
	return struct {
		Requests []request `json:"requests"`
	}{list}, nil
}

func (c *Control) forgetRequests(*http.Request, []byte) (any, error) {
	c.Core.ResetRequests()
	return nil, nil
}
