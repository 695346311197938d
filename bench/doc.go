// Package bench measures cgw beside the vendors' own SDKs: the same work on the same emulator in
// one run, as ratios. README.md has each figure, its command and what was seen last; goals are in
// the project's documents. Tests check counts, which no load of the machine changes.
package bench
