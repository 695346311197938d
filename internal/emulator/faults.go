package emulator

import (
	"fmt"
	"strings"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

// Codes are a vendor's error codes for the meanings.
type Codes map[wire.Meaning]Code

// Code is the code that a vendor answers for a meaning.
type Code struct {
	Code    string
	Actions map[string]string // the actions that have another code for it
}

// code returns the code that the action answers for m, which must be in the table.
func (c Codes) code(m wire.Meaning, action string) string {
	if own, ok := c[m].Actions[action]; ok {
		return own
	}
	return c[m].Code
}

// armed is a fault in the list.
type armed struct {
	wire.Injected
	codes Codes
}

// Inject adds faults after the existing ones. If one of them is invalid, it adds none, and
// returns a *FieldError that names it.
func (c *Core) Inject(codes Codes, faults ...wire.Fault) error {
	for i, f := range faults {
		if field, message := codes.check(f); message != "" {
			return &FieldError{Field: fmt.Sprintf("faults[%d].%s", i, field), Message: message}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range faults {
		c.faults = append(c.faults, &armed{Injected: wire.Injected{Fault: f}, codes: codes})
	}
	return nil
}

// check returns the field of the fault that is wrong, and why.
func (c Codes) check(f wire.Fault) (field, message string) {
	for _, t := range []struct {
		wrong          bool
		field, message string
	}{
		{f.When > wire.OnConnect, "when", "is none of the points that there are"},
		{f.Effect > wire.Garbage, "effect", "is none of the effects that there are"},
		{f.Skip < 0, "skip", "must not be negative"},
		{f.Delay < 0, "delay", "must not be negative"},
		{f.Status != 0 && (f.Status < 200 || f.Status > 999), "status", "must be from 200 to 999"},
		{f.Effect == wire.Refuse && f.Code == "" && f.Meaning == "", "code", "is missing: refuse needs a code or a meaning"},
		{f.Meaning != "" && c[f.Meaning].Code == "", "meaning", fmt.Sprintf("%q is none of %s", f.Meaning, c.known())},
		{f.Meaning != "" && f.Code != "", "code", "must be empty beside a meaning, which has the vendor's code"},
		{f.Meaning != "" && f.Effect != wire.Proceed && f.Effect != wire.Refuse, "effect", "must be empty or refuse beside a meaning"},
		{f.Meaning != "" && f.When == wire.OnConnect, "when", "must not be onConnect beside a meaning: there is no request to answer yet"},
	} {
		if t.wrong {
			return t.field, t.message
		}
	}
	return "", ""
}

func (c Codes) known() string {
	var known []string
	for _, m := range wire.Meanings() {
		if c[m].Code != "" {
			known = append(known, string(m))
		}
	}
	return strings.Join(known, ", ")
}

// Faults returns the faults that were injected, used up ones included.
func (c *Core) Faults() []wire.Injected {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]wire.Injected, len(c.faults))
	for i, f := range c.faults {
		all[i] = f.Injected
		all[i].Header = f.Header.Clone()
	}
	return all
}

// ClearFaults removes all faults.
func (c *Core) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// take returns the fault that strikes the next request of the action or, if connect is set, the
// next connection. It replaces a Meaning by the vendor's code. Every matching fault counts the
// request, whether it strikes or not.
func (c *Core) take(action string, connect bool) (wire.Fault, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var hit *armed
	for _, f := range c.faults {
		if (f.When == wire.OnConnect) != connect || (!connect && f.Action != "" && f.Action != action) {
			continue
		}
		f.Seen++
		times := f.Times
		if times == 0 {
			times = 1
		}
		if hit == nil && f.Seen > f.Skip && (times < 0 || f.Seen <= f.Skip+times) {
			hit = f
		}
	}
	if hit == nil {
		return wire.Fault{}, false
	}
	hit.Struck++
	f := hit.Fault
	if f.Meaning != "" {
		f.Effect, f.Code = wire.Refuse, hit.codes.code(f.Meaning, action)
	}
	return f, true
}
