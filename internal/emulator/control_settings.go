package emulator

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

func (c *Control) clock(*http.Request, []byte) (any, error) {
	return struct {
		Time time.Time `json:"time"`
	}{c.Core.Now().UTC()}, nil
}

// putClock stops the clock at a time, or lets it run at an offset from the machine's.
func (c *Control) putClock(_ *http.Request, body []byte) (any, error) {
	var in struct {
		Time   *time.Time `json:"time"`
		Offset *duration  `json:"offset"`
	}
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	switch {
	case (in.Time == nil) == (in.Offset == nil):
		return nil, &FieldError{"time", "give either time or offset"}
	case in.Time != nil:
		c.Core.SetClock(func() time.Time { return *in.Time })
	default:
		c.Core.SetClock(Offset(time.Duration(*in.Offset)))
	}
	return nil, nil
}

// Offset returns a clock that is ahead of the machine's by d, or behind it if d is negative.
func Offset(d time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(d) }
}

func (c *Control) putCredentials(_ *http.Request, body []byte) (any, error) {
	var in struct {
		ID     string `json:"id"`
		Secret string `json:"secret"`
		Token  string `json:"token"`
	}
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, value string }{{"id", in.ID}, {"secret", in.Secret}} {
		if f.value == "" {
			return nil, &FieldError{f.name, "is missing"}
		}
	}
	c.Core.SetCredentials(in.ID, in.Secret, in.Token)
	return nil, nil
}

// rates are requests a second; 0: any number.
type rates struct {
	Default int            `json:"default"`
	Actions map[string]int `json:"actions,omitempty"`
}

func (c *Control) rates(*http.Request, []byte) (any, error) {
	s := c.Core.current()
	return rates{Default: s.Rate, Actions: s.Rates}, nil
}

func (c *Control) putRates(_ *http.Request, body []byte) (any, error) {
	var in rates
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	if in.Default < 0 {
		return nil, &FieldError{"default", "must not be negative"}
	}
	for _, action := range slices.Sorted(maps.Keys(in.Actions)) {
		if err := c.knows("actions."+action, action); err != nil {
			return nil, err
		}
		if in.Actions[action] < 0 {
			return nil, &FieldError{"actions." + action, "must not be negative"}
		}
	}
	c.Core.SetRates(in.Default, in.Actions)
	return nil, nil
}

// latencyBody is the latency of every request.
type latencyBody struct {
	Latency *duration `json:"latency"`
}

func (c *Control) latency(*http.Request, []byte) (any, error) {
	d := duration(c.Core.Latency())
	return latencyBody{&d}, nil
}

func (c *Control) putLatency(_ *http.Request, body []byte) (any, error) {
	var in latencyBody
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	if in.Latency == nil {
		return nil, &FieldError{"latency", "is missing"}
	}
	if *in.Latency < 0 {
		return nil, &FieldError{"latency", "must not be negative"}
	}
	c.Core.SetLatency(time.Duration(*in.Latency))
	return nil, nil
}
