package alibabatest

// Parameters returns the parameters that each operation takes, common ones aside, as it lists them.
func Parameters() map[string][]string {
	all := map[string][]string{}
	for action, op := range operations() {
		all[action] = op.params
	}
	return all
}

// CommonParameters returns those that every operation takes.
func CommonParameters() []string { return commonParams() }
