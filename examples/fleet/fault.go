package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// place is a place in a file: a key at the top, of a target, or of a site of a target.
type place struct {
	target, site int    // from 0; none: -1
	key          string // empty: the whole file, target or site
}

func top(key string) place { return place{-1, -1, key} }

func (p place) to(key string) place { p.key = key; return p }

// fault is one thing that is wrong with a file of sites or with a plan.
type fault struct {
	Line   int    // of the file of sites, from 1; 0: not known
	Target string // the name of the target, or its number; empty: the whole file
	Site   string // the name of the site, its address, or its number; empty: the whole target
	Field  string // the key
	Text   string

	at place
}

// String returns the fault in one line.
func (f fault) String() string {
	var parts []string
	if f.Line > 0 {
		parts = append(parts, "line "+strconv.Itoa(f.Line))
	}
	for _, p := range []string{f.Target, f.Site, f.Field} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(append(parts, f.Text), ": ")
}

// fileError holds all faults of a file. It is returned before anything is sent.
type fileError struct {
	File   string
	Faults []fault
}

// Error returns the faults, one on each line.
func (e *fileError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = e.File + ": " + f.String()
	}
	return strings.Join(lines, "\n")
}

// faults collects the faults of a file.
type faults struct {
	all   []fault
	lines map[place]int
}

func (f *faults) fault(at place, format string, args ...any) {
	f.all = append(f.all, fault{at: at, Line: f.line(at), Field: at.key, Text: fmt.Sprintf(format, args...)})
}

// line returns the line of a place. If it is not known, it returns the line of the site or target
// that contains the place, or 0.
func (f *faults) line(at place) int {
	for _, p := range []place{at, at.to(""), {at.target, -1, ""}} {
		if n, ok := f.lines[p]; ok {
			return n
		}
	}
	return 0
}

// err returns nil, or the faults in the order of their lines, with the names of their targets and
// sites.
func (f *faults) err(file string, form fileForm) error {
	if len(f.all) == 0 {
		return nil
	}
	for i := range f.all {
		f.all[i].Target, f.all[i].Site = form.names(f.all[i].at)
	}
	slices.SortStableFunc(f.all, func(a, b fault) int { return a.Line - b.Line })
	return &fileError{file, f.all}
}

// names returns the names of a target and a site for an error.
func (f fileForm) names(at place) (target, site string) {
	if at.target < 0 || at.target >= len(f.Targets) {
		return "", ""
	}
	t := f.Targets[at.target]
	target = t.Name
	if target == "" {
		target = "target " + strconv.Itoa(at.target+1)
	}
	if at.site < 0 || at.site >= len(t.Sites) {
		return target, ""
	}
	switch s := t.Sites[at.site]; {
	case s.Name != "":
		return target, "site " + strconv.Quote(s.Name)
	case s.IP.IsValid():
		return target, "site " + s.IP.String()
	default:
		return target, "site " + strconv.Itoa(at.site+1)
	}
}
