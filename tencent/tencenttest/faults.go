package tencenttest

import (
	"fmt"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
)

// meanings are the codes that the service answers for each meaning of a fault: if possible, codes
// that the operations list. docs/errors.md says what each means to cgw.
func meanings() emulator.Codes {
	return emulator.Codes{
		wire.Throttled:       {Code: codeRequestLimit},
		wire.InProgress:      {Code: "OperationDenied.MutexTaskRunning", Actions: tagCodes("FailedOperation.ResourceTagProcessing")},
		wire.QuotaExceeded:   {Code: codeLimit, Actions: tagCodes("LimitExceeded.ResourceAttachedTags")},
		wire.Denied:          {Code: "UnauthorizedOperation"},
		wire.Unavailable:     {Code: "InternalError"},
		wire.NotFound:        {Code: codeResourceNotFound, Actions: map[string]string{"DeleteCustomerGateway": codeRecordNotExists}},
		wire.AlreadyExists:   {Code: codeDuplicate},
		wire.InUse:           {Code: codeResourceInUse},
		wire.Unauthenticated: {Code: codeSignatureFailure},
		wire.ClockOff:        {Code: codeSignatureExpire},
		wire.Unsupported:     {Code: "UnsupportedOperation"},
		wire.Invalid:         {Code: codeInvalidValue},
	}
}

// tagCodes gives the writes of the tag service a code of their own.
func tagCodes(code string) map[string]string {
	return map[string]string{"ModifyResourceTags": code, "TagResources": code, "UnTagResources": code}
}

// Inject adds faults after the existing ones. If one of them is invalid, such as one with an
// unknown meaning, it panics and adds none. The panic names the fault and its field.
func (s *State) Inject(faults ...wire.Fault) {
	if err := s.core.Inject(meanings(), faults...); err != nil {
		panic(fmt.Errorf("tencenttest: %w", err))
	}
}

// Faults returns the faults that were injected, used up ones included, with how often each
// struck.
func (s *State) Faults() []wire.Injected { return s.core.Faults() }
