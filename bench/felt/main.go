// The felt program measures what users of cgw feel: how long creates take while requests fail, what
// the callers are then told, and what a fleet takes. It writes the tables of performance.md, between
// their marks, and performance.svg into a folder. It takes half a minute, and with -build, which
// builds programs with an empty cache, some minutes.
//
//	go run ./bench/felt -build docs
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cgw-go/cgw/bench/internal/peer"
)

// size is how much is measured.
type size struct {
	calls, regions, sites int
	rates                 []int // of faults, in percent
	build                 bool  // programs too
	tell                  io.Writer
}

func main() {
	build := flag.Bool("build", false, "build programs with an empty cache too")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: go run ./bench/felt [-build] folder")
	}
	if err := measure(flag.Arg(0), size{calls: 400, regions: 10, sites: 200, rates: []int{1, 5, 20}, build: *build, tell: os.Stderr}); err != nil {
		log.Fatal(err)
	}
}

func measure(folder string, s size) error {
	var rows []creates
	for _, c := range peer.Clouds() {
		for _, rate := range s.rates {
			for _, who := range []string{loop, ours} {
				r, err := create(c, who, rate, s.calls)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", c.Name, who, err)
				}
				fmt.Fprintf(s.tell, "%+v\n", r)
				rows = append(rows, r)
			}
		}
	}
	var fleets []fleet
	for _, rate := range append([]int{0}, s.rates...) {
		f, err := ensureAll(s.regions, s.sites, rate)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.tell, "%+v\n", f)
		fleets = append(fleets, f)
	}
	tables := map[string]string{"creates": createsTable(rows), "fleet": fleetTable(fleets)}
	if s.build {
		all, err := builds()
		if err != nil {
			return err
		}
		tables["builds"] = buildsTable(all)
	}
	page := filepath.Join(folder, "performance.md")
	text, err := os.ReadFile(page) //nolint:gosec // the folder is of whoever runs the program
	if err != nil {
		return err
	}
	out, err := fill(string(text), tables)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(page, []byte(out), 0o644),                                            //nolint:gosec // a document
		os.WriteFile(filepath.Join(folder, "performance.svg"), []byte(plot(rows)), 0o644), //nolint:gosec // a document
	)
}

// fill puts tables between the marks of their names.
func fill(text string, tables map[string]string) (string, error) {
	for name, table := range tables {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok := strings.Cut(text, begin)
		_, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			return "", fmt.Errorf("the page has no marks %q and %q", begin, end)
		}
		text = before + begin + table + end + after
	}
	return text, nil
}

func createsTable(rows []creates) string {
	var b strings.Builder
	b.WriteString("| cloud | faults | client | median | p99 | slowest | gateways | told wrong | told \"unknown\" | requests for each gateway |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d %% | %s | %s | %s | %s | %d | %s | %d | %.2f |\n", r.Cloud, r.Percent, r.Who,
			brief(r.Median), brief(r.P99), brief(r.Slowest), r.Existing, r.wrong(), r.Unknown, float64(r.Requests)/float64(max(r.Existing, 1)))
	}
	return b.String()
}

// wrong says how many callers were told wrong, and in which way.
func (r creates) wrong() string {
	var ways []string
	for _, w := range []struct {
		n    int
		what string
	}{{r.Failed, "\"failed\", but it is there"}, {r.Doubled, "there are two"}, {r.Absent, "\"made\", but it is not the one there"}} {
		if w.n > 0 {
			ways = append(ways, fmt.Sprintf("%d: %s", w.n, w.what))
		}
	}
	if len(ways) == 0 {
		return "0"
	}
	return strings.Join(ways, "; ")
}

func fleetTable(fleets []fleet) string {
	var b strings.Builder
	b.WriteString("| faults | first run | created, failed | gateways | requests for each gateway | second run | requests; writes of the second run | peak of the heap; memory of the process |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|\n")
	for _, f := range fleets {
		fmt.Fprintf(&b, "| %d %% | %s | %d, %d | %d | %.2f | %s | %d; %d | %d MiB; %d MiB |\n", f.Percent, brief(f.First.Took), f.First.Created, f.First.Failed, f.Existing,
			float64(f.First.Requests)/float64(f.Sites), brief(f.Second.Took), f.Second.Requests, f.Second.Writes, f.First.Heap>>20, f.First.Sys>>20)
	}
	return b.String()
}

// brief writes two or three digits.
func brief(d time.Duration) string {
	switch ms := float64(d) / float64(time.Millisecond); {
	case ms < 9.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
