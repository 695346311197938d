package errcode

// Kinds returns the sentinels that can be a Kind.
func Kinds() []error {
	var all []error
	for _, k := range kinds() {
		all = append(all, k.err)
	}
	return all
}
