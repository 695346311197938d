package ensure

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/oneline"
)

// The values of [Error.Op] of what is built upon the roles. Such an error is of cgw's own
// making; one of a Provisioner is passed on with the Op of the role.
const (
	OpGateway = "Ensure"
	OpPlan    = "Plan"
	OpApply   = "Apply"
	OpAll     = "EnsureAll"
)

// OwnerError says that a gateway cannot be proven to be its owner's. It is found below an
// [*Error] that satisfies [ErrAlreadyExists] and names the gateway in ConflictingIDs. Give the
// gateway the tag, allow adoption, or choose another address.
type OwnerError struct {
	Key  string // of the owner tag
	Want string // the owner
	Have string // the value of the tag; empty where the gateway does not have it
}

// Error returns what the owner tag is and should be.
func (e *OwnerError) Error() string {
	have := "is not tagged with an owner"
	if e.Have != "" {
		have = "is owned by " + strconv.Quote(e.Have)
	}
	return oneline.Text(fmt.Sprintf("the gateway %s: %s is not %q, and adoption is not allowed", have, e.Key, e.Want))
}

// ReplaceError says that a gateway differs from its specification in what only a new gateway
// can change. It is found below an [*Error] that satisfies [ErrUnsupported]. Nothing was
// written, not even what could have been.
type ReplaceError struct {
	Changes []Change // those that cannot be made
}

// Error names the fields, old → new.
func (e *ReplaceError) Error() string {
	texts := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		texts[i] = c.String()
	}
	return oneline.Text("only a replacement could change " + strings.Join(texts, ", "))
}

// StaleError says that a gateway is neither as the plan found it nor as the plan wants it. It
// is found below an [*Error] that satisfies [ErrInvalidArgument]. Plan again.
type StaleError struct {
	Planned cgw.Gateway // as the plan found it; zero where there was none
	Found   cgw.Gateway // as it is; zero where it is gone
}

// Error says what moved.
func (e *StaleError) Error() string {
	switch {
	case e.Found.ID == "":
		return "the plan is out of date: the gateway " + e.Planned.ID + " is gone"
	case e.Planned.ID == "":
		return "the plan is out of date: the address is now held by " + e.Found.ID
	}
	texts := []string{}
	for _, c := range gatewayChanges(e.Planned, e.Found) {
		texts = append(texts, c.String())
	}
	return oneline.Text("the plan is out of date: since it was made, " + e.Planned.ID + " changed " + strings.Join(texts, ", "))
}

// SiteError says which site an error is about: one specification or step, or a whole target.
type SiteError struct {
	Target    string     // Target.Name; empty for a Plan or an Apply
	Index     int        // of the specification or step, from 0; -1: the target or the options
	IPAddress netip.Addr // of the specification
	Name      string     // of the specification
	Err       error
}

// Error names the site and what is wrong there.
func (e *SiteError) Error() string {
	var parts []string
	if e.Target != "" {
		parts = append(parts, e.Target)
	}
	if e.Index >= 0 {
		site := "site " + strconv.Itoa(e.Index)
		if e.IPAddress.IsValid() {
			site += " " + e.IPAddress.String()
		}
		if e.Name != "" {
			site += " " + strconv.Quote(oneline.Clip(e.Name))
		}
		parts = append(parts, site)
	}
	return oneline.Text(strings.Join(append(parts, e.Err.Error()), ": "))
}

// Unwrap returns Err. One without an *cgw.Error, of a Provisioner with errors of its own, is put
// into one: of a site about which nothing is known nothing may be said, also among others.
func (e *SiteError) Unwrap() error {
	if own := (*cgw.Error)(nil); e.Err == nil || errors.As(e.Err, &own) {
		return e.Err
	}
	return &cgw.Error{Err: e.Err}
}

// SitesError holds the faults of several sites, in their order.
type SitesError struct {
	Sites []*SiteError
}

// Error returns the faults in one line.
func (e *SitesError) Error() string {
	texts := make([]string, len(e.Sites))
	for i, s := range e.Sites {
		texts[i] = s.Error()
	}
	return oneline.Text(strings.Join(texts, "; "))
}

// Unwrap returns the Sites.
func (e *SitesError) Unwrap() []error {
	errs := make([]error, len(e.Sites))
	for i, s := range e.Sites {
		errs[i] = s
	}
	return errs
}

// refused returns the error of an operation that was refused before anything was sent.
func refused(op string, provider cgw.Provider, err error) error {
	return &cgw.Error{Op: op, Provider: provider, Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: err}
}
