// Package middleware wraps a [cgw.Provisioner]: logging, hooks, a policy, read-only access. What is
// wrapped stays within reach of [cgw.As]; the wrappers may be stacked, and are safe for concurrent
// use if what they wrap is.
package middleware
