package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/cgw-go/cgw/ensure"
)

// terminal says how to format the output. The zero value is for plain lines.
type terminal struct {
	width  int // in characters; 0: not a terminal
	colour bool
}

// terminalOf returns the terminal of a file. NO_COLOR turns colours off, as no-color.org
// describes.
func terminalOf(f *os.File) terminal {
	if !term.IsTerminal(int(f.Fd())) {
		return terminal{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width == 0 {
		width = 80
	}
	return terminal{width: width, colour: os.Getenv("NO_COLOR") == ""}
}

// paint returns the text in a colour.
func (t terminal) paint(colour, text string) string {
	if !t.colour || colour == "" {
		return text
	}
	return colour + text + "\x1b[0m"
}

// display shows progress: a bar on a terminal, otherwise a line for each change. With JSON it
// shows nothing.
type display struct {
	w         io.Writer
	terminal  terminal
	quiet     bool
	bar       *progressbar.ProgressBar // nil: not on a terminal
	actions   map[ensure.Action]int
	failed    int
	retryable int // how many of the failed steps
}

func newDisplay(w io.Writer, t terminal, quiet bool) *display {
	d := &display{w: w, terminal: t, quiet: quiet, actions: map[ensure.Action]int{}}
	if t.width > 0 && !quiet {
		d.bar = progressbar.NewOptions(1,
			progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(max(10, min(40, t.width-40))),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionUseANSICodes(true), progressbar.OptionThrottle(50*time.Millisecond))
	}
	return d
}

// step shows the progress.
func (d *display) step(p ensure.Progress) {
	last := p.Last
	switch {
	case last.Err != nil:
		d.failed++
		if ensure.Retryable(last.Err) {
			d.retryable++
		}
		d.line(d.terminal.paint("\x1b[31m", siteOf(last)+": failed: "+last.Err.Error()))
	default:
		d.actions[last.Action]++
		if last.Action != ensure.Unchanged && d.bar == nil {
			d.line(fmt.Sprintf("%s: %s %s", siteOf(last), last.Action, last.Gateway.ID))
		}
	}
	if d.bar != nil {
		d.bar.ChangeMax(p.Total)
		_ = d.bar.Set(p.Done) // the terminal may be closed
	}
}

// end shows what was done, and what the plan did not change.
func (d *display) end(unspecified int) {
	changed := 0
	for action, n := range d.actions {
		if action != ensure.Unchanged {
			changed += n
		}
	}
	parts := []string{fmt.Sprintf("%d changed, %d unchanged", changed, d.actions[ensure.Unchanged])}
	if d.failed > 0 {
		parts = append(parts, strconv.Itoa(d.failed)+" failed")
	}
	if unspecified > 0 {
		parts = append(parts, strconv.Itoa(unspecified)+" owned but not in the file")
	}
	text := strings.Join(parts, ", ")
	if d.failed > 0 && d.failed == d.retryable {
		text += "; running again may help"
	}
	d.line(text)
}

// line writes a line. If there is a bar, the line replaces it.
func (d *display) line(text string) {
	if d.quiet {
		return
	}
	if d.bar != nil {
		_ = d.bar.Clear()
	}
	fmt.Fprintln(d.w, text)
}

func siteOf(r ensure.StepResult) string {
	site := r.Site()
	return oneLine(strings.TrimSpace(fmt.Sprintf("%s: %s %s", r.Target, site.IPAddress, site.Name)))
}
