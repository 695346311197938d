package credential

import "os"

// Present reports whether one of the variables of the environment is set, if only to an empty
// text: what was to fill it is missing, such as a key of a Kubernetes secret.
func Present(names ...string) bool {
	for _, name := range names {
		if _, present := os.LookupEnv(name); present {
			return true
		}
	}
	return false
}

// RoleNotAssumed is for a variable by which other programs assume a role. Signing without the role,
// as the SDKs would, is another identity, often with more rights or in another account.
func RoleNotAssumed(variable string) *Error {
	return Refused("environment: " + variable + " is set, which is not read: assume the role in your program, or unset the variable to sign without the role")
}
