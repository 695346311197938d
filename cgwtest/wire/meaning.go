package wire

// Meaning is the meaning of an error, independent of the vendors' codes. The comments name the
// error of package cgw that a provider returns for it. The zero Meaning is none.
type Meaning string

// The meanings. Both emulators have a code for each.
const (
	Throttled       Meaning = "throttled"       // too many requests: cgw.ErrThrottled
	InProgress      Meaning = "inProgress"      // another operation is running: cgw.ErrConflict
	QuotaExceeded   Meaning = "quotaExceeded"   // the account may not have more: cgw.ErrQuotaExceeded
	Denied          Meaning = "denied"          // no permission: cgw.ErrPermissionDenied
	Unavailable     Meaning = "unavailable"     // the service failed: cgw.ErrUnavailable
	NotFound        Meaning = "notFound"        // there is no such gateway: cgw.ErrNotFound
	AlreadyExists   Meaning = "alreadyExists"   // a gateway has the address: cgw.ErrAlreadyExists
	InUse           Meaning = "inUse"           // VPN connections use the gateway: cgw.ErrInUse
	Unauthenticated Meaning = "unauthenticated" // wrong signature: cgw.ErrUnauthenticated
	ClockOff        Meaning = "clockOff"        // the client's clock is wrong: cgw.ErrUnauthenticated
	Unsupported     Meaning = "unsupported"     // the cloud cannot do it: cgw.ErrUnsupported
	Invalid         Meaning = "invalid"         // a wrong parameter: cgw.ErrInvalidArgument
)

// Meanings returns every meaning, in the order of the constants.
func Meanings() []Meaning {
	return []Meaning{
		Throttled, InProgress, QuotaExceeded, Denied, Unavailable, NotFound,
		AlreadyExists, InUse, Unauthenticated, ClockOff, Unsupported, Invalid,
	}
}
