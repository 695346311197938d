// The scoreboard program plays the same scripts of network faults to three ways of creating
// gateways, on emulators of both clouds: the vendors' SDKs with their retries switched on, the
// loop that workflow tools put around them, and cgw. It prints what was wanted, what exists at
// the end, and whether the callers were told the truth about it. It takes about two minutes.
//
//	go run ./bench/scoreboard
//	go run ./bench/scoreboard -markdown   # the table of the README
//
// A call is told the truth when it succeeds and names the one gateway that there is of it, when
// it fails and there is none, or when it fails and says that the outcome is not known, which
// only cgw does.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	markdown := flag.Bool("markdown", false, "print Markdown, without times")
	flag.Parse()
	serveShared() // does not return in a child process
	on, err := withDetector()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	rows, err := play(on, scripts())
	on.done()
	if err == nil && *markdown {
		err = writeMarkdown(os.Stdout, rows)
	} else if err == nil {
		err = writeText(os.Stdout, rows)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// row is what became of one script in the hands of one contender on one cloud.
type row struct {
	script, cloud, who string
	wanted, existing   int // gateways
	told, calls        int // calls that were told the truth, of all
	took               time.Duration
	note               string // what else went wrong
}

// play plays the scripts to all contenders on both clouds.
func play(on stage, scripts []script) ([]row, error) {
	var rows []row
	for _, s := range scripts {
		for _, c := range clouds() {
			for _, who := range contenders() {
				r, err := s.play(on, c, who)
				if err != nil {
					return nil, fmt.Errorf("%s, %s, %s: %w", s.name, c.name, who, err)
				}
				r.script, r.cloud, r.who = s.name, c.name, who
				rows = append(rows, r)
			}
		}
	}
	return rows, nil
}

func writeText(w io.Writer, rows []row) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WHAT HAPPENS\tCLOUD\tCLIENT\tWANTED\tEXISTING\tTOLD THE TRUTH\tTIME\t")
	for _, r := range rows {
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%d of %d\t%.1f s\t%s\n",
			r.script, r.cloud, r.who, r.wanted, r.existing, r.told, r.calls, r.took.Seconds(), r.note)
	}
	return out.Flush()
}

// writeMarkdown prints a row for each script and cloud, with a column for each contender.
func writeMarkdown(w io.Writer, rows []row) error {
	titles, rule := "| What happens | Cloud | Wanted |", "| --- | --- | --- |"
	for _, who := range contenders() {
		titles, rule = titles+" "+who+" |", rule+" --- |"
	}
	lines := []string{titles, rule}
	for group := range slices.Chunk(rows, len(contenders())) {
		line := fmt.Sprintf("| %s | %s | %d |", group[0].script, group[0].cloud, group[0].wanted)
		for _, r := range group {
			line += fmt.Sprintf(" %d exist, %d of %d told", r.existing, r.told, r.calls)
			if r.note != "" {
				line += "; " + r.note
			}
			line += " |"
		}
		lines = append(lines, line)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
