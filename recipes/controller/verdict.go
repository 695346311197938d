package controller

import (
	"errors"
	"fmt"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/recipes/controller/api"
)

// retry says when a reconciliation that failed is tried again.
type retry uint8

const (
	backoff retry = iota // soon: with the queue's own back-off, or when the cloud says
	slowly               // after Resync: somebody has to fix something outside the cluster
	never                // when the resource is changed, or the controller started anew
)

// row is what one kind of error means for a resource.
type row struct {
	is     func(error) bool
	reason string // of the condition
	retry  retry  // if the error is not ensure.Retryable, which is tried again with a back-off
}

// verdicts are looked through in order. An error that is in none of them is retried with a back-off.
func verdicts() []row {
	return []row{
		{kind(cgw.ErrOutcomeUnknown), "OutcomeUnknown", backoff}, // the next Gateway looks before it writes
		{kind(cgw.ErrThrottled), "Throttled", backoff},
		{kind(cgw.ErrConflict), "Busy", backoff},
		{kind(cgw.ErrUnavailable), "Unavailable", backoff},
		{kind(errUnknownCloud), "UnknownCloud", never},
		{foreign, "AddressTaken", slowly},
		{kind(cgw.ErrAlreadyExists), "AddressTaken", backoff}, // by a gateway that reads do not show yet
		{kind(cgw.ErrNotFound), "Gone", backoff},              // between the read and the write
		{kind(cgw.ErrInUse), "InUse", slowly},
		{kind(cgw.ErrQuotaExceeded), "QuotaExceeded", slowly},
		{kind(cgw.ErrUnauthenticated), "Unauthenticated", slowly},
		{kind(cgw.ErrPermissionDenied), "PermissionDenied", slowly},
		{kind(cgw.ErrUnsupported), "Unsupported", never}, // before its parent: a refused request may be both
		{kind(cgw.ErrInvalidArgument), "Invalid", never},
	}
}

func kind(of error) func(error) bool {
	return func(err error) bool { return errors.Is(err, of) }
}

// foreign reports whether the gateway at the address has another owner, or none.
func foreign(err error) bool {
	var owner *ensure.OwnerError
	return errors.As(err, &owner)
}

// verdict is what the end of a reconciliation means.
type verdict struct {
	reason string
	retry  retry
	err    error // nil: it is as it should be
}

func judge(err error) verdict {
	if err == nil {
		return verdict{reason: "AsSpecified"}
	}
	v := verdict{"Failed", backoff, err}
	for _, row := range verdicts() {
		if row.is(err) {
			v.reason, v.retry = row.reason, row.retry
			break
		}
	}
	if ensure.Retryable(err) {
		v.retry = backoff
	}
	return v
}

// message is for the condition. Those of cgw hold no secret. The request's ID is left out: it
// changes with each attempt, and each other message is a write to the cluster.
func (v verdict) message() string {
	var e *cgw.Error
	if !errors.As(v.err, &e) {
		if v.err == nil {
			return ""
		}
		return v.err.Error()
	}
	short := *e
	short.RequestID = ""
	return short.Error()
}

// result says when to come back. controller-runtime ignores RequeueAfter beside an error, so
// that a wait that the cloud asked for is returned without one.
func (v verdict) result(resync time.Duration) (ctrl.Result, error) {
	var e *cgw.Error
	switch {
	case v.err == nil, v.retry == slowly:
		return ctrl.Result{RequeueAfter: resync}, nil
	case v.retry == never:
		return ctrl.Result{}, reconcile.TerminalError(v.err)
	case errors.As(v.err, &e) && e.RetryAfter > 0:
		return ctrl.Result{RequeueAfter: e.RetryAfter}, nil
	default:
		return ctrl.Result{}, v.err
	}
}

// errUnknownCloud is satisfied by an unknownCloudError.
var errUnknownCloud = errors.New("the controller has no such cloud")

type unknownCloudError struct{ cloud Cloud }

func (e unknownCloudError) Error() string {
	return fmt.Sprintf("%v: %s in %q", errUnknownCloud, e.cloud.Provider, e.cloud.Region)
}

func (e unknownCloudError) Unwrap() error { return errUnknownCloud }

func invalidAddress(g *api.CustomerGateway, err error) error {
	return &cgw.FieldError{
		Field: "IPAddress", Value: g.Spec.IPAddress, Reason: "is not an address: " + err.Error(), Kind: cgw.ErrInvalidIPAddress,
	}
}
