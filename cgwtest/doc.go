// Package cgwtest tests programs that use cgw, and implementations of cgw.
//
// [Fake] is a cgw.Provisioner in memory, for the unit tests of a program: the rules and the
// errors of the clouds, without a network.
//
// The package imports the standard library and cgw alone.
package cgwtest
