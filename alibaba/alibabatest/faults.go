package alibabatest

import (
	"fmt"

	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
)

// meanings are the codes that the service answers for each meaning of a fault: if possible, codes
// that the operations list. docs/errors.md says what each means to cgw.
func meanings() emulator.Codes {
	tags := func(code string) map[string]string {
		return map[string]string{"TagResources": code, "UnTagResources": code}
	}
	return emulator.Codes{
		wire.Throttled:       {Code: "Throttling.User"},
		wire.InProgress:      {Code: "OperationConflict"},
		wire.QuotaExceeded:   {Code: "Resource.QuotaFull", Actions: tags("QuotaExceeded")},
		wire.Denied:          {Code: "Forbidden.RAM"},
		wire.Unavailable:     {Code: "ServiceUnavailable"},
		wire.NotFound:        {Code: "InvalidCustomerGatewayInstanceId.NotFound", Actions: tags("InvalidResourceId.NotFound")},
		wire.AlreadyExists:   {Code: "InvalidIpAddress.AlreadyExist"},
		wire.InUse:           {Code: "DependencyViolation.VpnConnection"},
		wire.Unauthenticated: {Code: "SignatureDoesNotMatch"},
		wire.ClockOff:        {Code: "InvalidTimeStamp.Expired"},
		wire.Unsupported:     {Code: "UnsupportedOperation"},
		wire.Invalid:         {Code: "InvalidParameter"},
	}
}

// Inject adds faults after the existing ones. If one of them is invalid, such as one with an
// unknown meaning, it panics and adds none. The panic names the fault and its field.
func (s *State) Inject(faults ...wire.Fault) {
	if err := s.core.Inject(meanings(), faults...); err != nil {
		panic(fmt.Errorf("alibabatest: %w", err))
	}
}

// Faults returns the faults that were injected, used up ones included, with how often each
// struck.
func (s *State) Faults() []wire.Injected { return s.core.Faults() }
