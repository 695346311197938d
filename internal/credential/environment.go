package credential

import "os"

// Present reports whether one of the environment variables is set. An empty value counts: the value
// may be missing by mistake, for example because a Kubernetes secret lacks a key.
func Present(names ...string) bool {
	for _, name := range names {
		if _, present := os.LookupEnv(name); present {
			return true
		}
	}
	return false
}

// RoleNotAssumed returns the error for a variable that names a role which other programs assume. cgw
// does not assume it. The SDKs would sign without the role. That is another identity, often with more
// rights or in another account.
func RoleNotAssumed(variable string) *Error {
	return Refused("environment: " + variable + " is set, which is not read: assume the role in your program, or unset the variable to sign without the role")
}
