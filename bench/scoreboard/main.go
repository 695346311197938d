// The scoreboard program plays the same scripts of network faults to three ways of creating
// gateways, on emulators of both clouds: the vendors' SDKs with their retries on, the loop that
// workflow tools put around them, and cgw. It prints what was wanted, what exists at the end, and
// whether the callers were told the truth about it. It takes about two minutes.
//
//	go run ./bench/scoreboard
//	go run ./bench/scoreboard -markdown   # the table of docs/reliability.md
//
// A call is told the truth in three cases: it succeeds and names the only gateway made for it; it
// fails and there is no gateway; or it fails and says that the outcome is not known, which only
// cgw does.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
)

func main() {
	markdown := flag.Bool("markdown", false, "print Markdown, without times")
	flag.Parse()
	playChild()
	done, err := withRaceDetector()
	if !done {
		err = run(os.Stdout, *markdown)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, markdown bool) error {
	rows := allRows()
	for i, r := range rows {
		var err error
		if rows[i], err = play(i, cgw.RetryPolicy{}); err != nil {
			return fmt.Errorf("%s, %s, %s: %w", r.Script, r.Cloud, r.Who, err)
		}
	}
	if markdown {
		return writeMarkdown(w, rows)
	}
	return writeText(w, rows)
}

func writeText(w io.Writer, rows []row) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WHAT HAPPENS\tCLOUD\tCLIENT\tWANTED\tEXISTING\tTOLD THE TRUTH\tTIME\t")
	for _, r := range rows {
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%d of %d\t%.1f s\t%s\n",
			r.Script, r.Cloud, r.Who, r.Wanted, r.Existing, r.Told, r.Calls, r.Took.Seconds(), r.Note)
	}
	return out.Flush()
}

// writeMarkdown prints a line for each script and cloud, with a column for each contender.
func writeMarkdown(w io.Writer, rows []row) error {
	lines := []string{"| What happens | Cloud | Wanted |", "| --- | --- | --- |"}
	for _, who := range contenders() {
		lines[0] += " " + who + " |"
		lines[1] += " --- |"
	}
	for group := range slices.Chunk(rows, len(contenders())) {
		line := fmt.Sprintf("| %s | %s | %d |", group[0].Script, group[0].Cloud, group[0].Wanted)
		for _, r := range group {
			line += fmt.Sprintf(" %d exist, %d of %d told", r.Existing, r.Told, r.Calls)
			if r.Note != "" {
				line += "; " + r.Note
			}
			line += " |"
		}
		lines = append(lines, line)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// childEnv holds the index of the row that a child process is to play.
const childEnv = "CGW_SCOREBOARD_ROW"

// noDetector is the note of a row that needs the race detector and did not have it.
const noDetector = "no race detector here"

// play plays a row. If that is to show data races, it is played in a child of this program.
func play(index int, retry cgw.RetryPolicy) (row, error) {
	r := allRows()[index]
	if !r.script.together {
		return r.here(retry)
	}
	if !peer.RaceDetector() {
		r, err := r.here(retry)
		r.Note = noDetector
		return r, err
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+strconv.Itoa(index), "GORACE=exitcode=0")
	var errs strings.Builder
	child.Stderr = &errs
	out, err := child.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		return r, fmt.Errorf("%w: %s", err, errs.String())
	}
	if strings.Contains(errs.String(), "WARNING: DATA RACE") {
		r.Note = "data races"
	}
	return r, nil
}

// playChild plays one row, prints it and exits, if this process is a child.
func playChild() {
	text, child := os.LookupEnv(childEnv)
	if !child {
		return
	}
	index, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	r, err := allRows()[index].here(cgw.RetryPolicy{})
	if err != nil {
		log.Fatal(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
	os.Exit(0)
}

// withRaceDetector runs this program again with the race detector. It reports false if this process has it,
// or if it cannot be built, as without a C compiler.
func withRaceDetector() (bool, error) {
	const program = "github.com/cgw-go/cgw/bench/scoreboard"
	if peer.RaceDetector() || exec.Command("go", "build", "-race", "-o", os.DevNull, program).Run() != nil {
		return false, nil //nolint:nilerr // then it is played without
	}
	c := exec.Command("go", append([]string{"run", "-race", program}, os.Args[1:]...)...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return true, c.Run()
}
