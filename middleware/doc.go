// Package middleware wraps a [cgw.Provisioner]: logging, hooks, a policy, read-only access.
// [cgw.As] also finds the wrapped Provisioner. Wrappers may be stacked. A wrapper is safe for
// concurrent use if the Provisioner that it wraps is.
package middleware
