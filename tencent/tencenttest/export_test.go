package tencenttest

import (
	"maps"
	"slices"
)

// ActionNames returns the names of the actions that the emulator has.
func ActionNames() (vpc, tag []string) {
	var h handler
	return slices.Sorted(maps.Keys(h.vpcActions())), slices.Sorted(maps.Keys(h.tagActions()))
}
