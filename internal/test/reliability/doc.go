// Package reliability holds the tests of what cgw promises when the network, the service or the
// program itself fails: both providers, through their SDKs, against the emulators, under every
// fault on every operation. The providers of internal/newprovider take part in the fault matrix.
// docs/reliability.md says what is promised and which test shows it.
//
// CGW_LONG=1 makes the random schedules long: at least 10,000 creates for each cloud.
package reliability
