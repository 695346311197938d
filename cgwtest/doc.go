// Package cgwtest tests programs that use cgw, and implementations of cgw. It imports only the
// standard library, cgw and package wire.
//
// # For programs
//
// [Fake] is a cgw.Provisioner in memory, for the unit tests of a program. It has the rules and
// the errors of the clouds, and fails when a [Fault] says so. It uses no SDK and no network. If
// the SDK, the retries or the timeouts of a provider matter to a test, use the emulators of
// packages tencenttest and alibabatest. Both are an [Emulator], so that a test is written once
// for both clouds.
//
// # For implementations
//
// [TestProvisioner] is the conformance suite: it proves that a cgw.Provisioner keeps the contract
// of package cgw. It makes its cases from the Rules of the [Harness], and tries values on both
// sides of every limit. It runs on the Fake, on a provider over its emulator, and on a live
// cloud.
package cgwtest
