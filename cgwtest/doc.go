// Package cgwtest tests programs that use cgw, and implementations of cgw. It imports the
// standard library, cgw and package wire alone.
//
// # For programs
//
// [Fake] is a cgw.Provisioner in memory, for the unit tests of a program: the rules and the
// errors of the clouds without a network, with failures to order. What it does not have is a
// wire: use the emulators of packages tencenttest and alibabatest where the SDK, the retries
// or the timeouts of a provider matter. Both are an [Emulator], so that a test is written once
// for both clouds.
//
// # For implementations
//
// [TestProvisioner] proves that a cgw.Provisioner keeps the contract of package cgw. Its cases
// are made from the Rules of the [Harness]: whatever a cloud takes or refuses, the suite asks
// for both sides of every limit. It runs on the Fake, on a provider over its emulator, and on
// a live cloud.
package cgwtest
