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

// The values of [cgw.Error.Op] of this package. An error of the Provisioner is passed on with its own
// Op, such as cgw.OpCreate.
const (
	OpGateway = "Ensure"
	OpPlan    = "Plan"
	OpApply   = "Apply"
	OpAll     = "EnsureAll"
)

// OwnerError says that the gateway at an address does not belong to the owner. It is found below an
// [*cgw.Error] that satisfies [cgw.ErrAlreadyExists] and names the gateway in ConflictingIDs. Allow
// the adoption in Options, give the gateway the owner tag by hand, or choose another address.
type OwnerError struct {
	Key  string // of the owner tag
	Want string // the owner
	Have string // the owner that the gateway has; empty: none
}

// Error returns what the owner tag is and should be, in one line.
func (e *OwnerError) Error() string {
	if e == nil {
		return noError
	}
	have := "is not tagged with an owner"
	if e.Have != "" {
		have = "is owned by " + oneline.Quote(e.Have)
	}
	return oneline.Text(fmt.Sprintf("the gateway %s: %s is not %s, and adoption is not allowed", have, oneline.Show(oneline.Clip(e.Key)), oneline.Quote(e.Want)))
}

// ReplaceError says that a gateway differs from its specification in fields that only a new gateway
// can have. It is found below an [*cgw.Error] that satisfies [cgw.ErrUnsupported]. Nothing was
// written, not even the fields that can be changed. Set Options.Replace, or change the
// specification.
type ReplaceError struct {
	Changes []Change // the changes that an update cannot make
}

// Error names the fields, old → new, in one line.
func (e *ReplaceError) Error() string {
	if e == nil {
		return noError
	}
	return oneline.Text("only a replacement could change " + list(", ", e.Changes, Change.String))
}

// StaleError says that a gateway is neither as the plan found it nor as the plan wants it. It is
// found below an [*cgw.Error] that satisfies [cgw.ErrInvalidArgument]: make a new plan. Without a plan, a
// run that finds a gateway changed before it deletes it returns an error that satisfies [cgw.ErrConflict]:
// run again.
type StaleError struct {
	Planned cgw.Gateway // as the plan found it, or the first read of a run; zero: there was none
	Found   cgw.Gateway // as it is; zero: it is gone
}

// Error says what changed, in one line.
func (e *StaleError) Error() string {
	switch {
	case e == nil:
		return noError
	case e.Found.ID == "":
		return oneline.Text("the plan is out of date: the gateway " + e.Planned.ID + " is gone")
	case e.Planned.ID == "":
		return oneline.Text("the plan is out of date: the address is now held by " + e.Found.ID)
	}
	what := "its time of creation, provider or region" // the other fields that Equal compares
	if changes := gatewayChanges(e.Planned, e.Found); len(changes) > 0 {
		what = list(", ", changes, Change.String)
	}
	return oneline.Text("the plan is out of date: since it was made, " + oneline.Clip(e.Planned.ID) + " changed " + what)
}

// DeletesError says that a run was refused because it would delete more gateways than
// Target.MaxDeletes. Nothing was written. It is found below an [*cgw.Error] that satisfies
// [cgw.ErrInvalidArgument]. Check why these gateways are not in the spec, or raise the limit.
type DeletesError struct {
	Max      int           // Target.MaxDeletes
	Gateways []cgw.Gateway // those that would be deleted, or replaced
}

// Error names the limit and the gateways, in one line.
func (e *DeletesError) Error() string {
	if e == nil {
		return noError
	}
	text := func(g cgw.Gateway) string {
		return strings.TrimSpace(oneline.Clip(g.ID) + " " + ipText(g))
	}
	return oneline.Text(fmt.Sprintf("%d gateways would be deleted, more than MaxDeletes %d: ", len(e.Gateways), e.Max) +
		list(", ", e.Gateways, text))
}

// SiteError says which site an error is about: one specification or step, or a whole target.
type SiteError struct {
	Target    string     // Target.Name; may be empty for a plan
	Index     int        // of the specification or step, from 0; -1: the target or the options
	IPAddress netip.Addr // of the specification; of a pruned gateway, its own
	Name      string     // of the specification; of a pruned gateway, its own
	Err       error      // what is wrong there
}

// Error names the site and what is wrong there, in one line.
func (e *SiteError) Error() string {
	if e == nil {
		return noError
	}
	var parts []string
	if e.Target != "" {
		parts = append(parts, oneline.Clip(e.Target))
	}
	if e.Index >= 0 {
		site := "site " + strconv.Itoa(e.Index)
		if e.IPAddress.IsValid() {
			site += " " + e.IPAddress.String()
		}
		if e.Name != "" {
			site += " " + oneline.Quote(e.Name)
		}
		parts = append(parts, site)
	}
	text := noError
	if e.Err != nil {
		text = e.Err.Error()
	}
	return oneline.Text(strings.Join(append(parts, text), ": "))
}

// Unwrap returns Err. If Err holds no *cgw.Error, because the Provisioner has errors of its own,
// Unwrap wraps it in one of unknown outcome. So [cgw.IsRetryable] and [cgw.OutcomeOf] treat this
// site as unknown, also within a [*SitesError].
func (e *SiteError) Unwrap() error {
	if e == nil {
		return nil
	}
	if own := (*cgw.Error)(nil); e.Err == nil || errors.As(e.Err, &own) {
		return e.Err
	}
	return &cgw.Error{Err: e.Err}
}

// SitesError holds the errors of several sites, in their order.
type SitesError struct {
	Sites []*SiteError // at least one
}

// Error returns the errors in one line.
func (e *SitesError) Error() string {
	if e == nil {
		return noError
	}
	return list("; ", e.Sites, (*SiteError).Error)
}

// Unwrap returns the Sites.
func (e *SitesError) Unwrap() []error {
	if e == nil {
		return nil
	}
	errs := make([]error, 0, len(e.Sites))
	for _, s := range e.Sites {
		if s != nil {
			errs = append(errs, s)
		}
	}
	return errs
}

// Retryable reports whether a retry may succeed if nothing else is changed: err satisfies
// [cgw.IsRetryable], or a write has an unknown outcome. A retry finds that outcome out, because
// this package reads before it writes. Use Retryable only for errors of this package. Joined
// errors, as in a [*SitesError], are retryable if each of them is.
func Retryable(err error) bool {
	if err == nil {
		return false
	}
	if _, one := err.(*cgw.Error); !one { //nolint:errorlint // this is a walk
		if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // this is a walk
			return allRetryable(many.Unwrap())
		}
		if inner := errors.Unwrap(err); inner != nil {
			return Retryable(inner)
		}
	}
	return cgw.IsRetryable(err) || errors.Is(err, cgw.ErrOutcomeUnknown)
}

// allRetryable reports whether the errors together are worth another run. If some hold a *cgw.Error,
// all of those must be Retryable. If none does, one Retryable error is enough.
func allRetryable(errs []error) bool {
	some, all, own := false, true, false
	for _, err := range errs {
		retryable := Retryable(err)
		some = some || retryable
		if e := (*cgw.Error)(nil); errors.As(err, &e) {
			own, all = true, all && retryable
		}
	}
	return all && (own || some)
}

// noError is the text of an error that is nil.
const noError = "no error"

// list joins texts until there is enough for an error, and makes one line of them.
func list[T any](separator string, all []T, text func(T) string) string {
	var b strings.Builder
	for i, v := range all {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text(v))
		if b.Len() > oneline.MaxText {
			break
		}
	}
	return oneline.Text(b.String())
}

// refused returns the error of an operation that was refused before anything was sent.
func refused(op string, at cgw.Location, err error) error {
	return &cgw.Error{Op: op, Provider: at.Provider, Region: at.Region, Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: err}
}
