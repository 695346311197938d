package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/cgw-go/cgw"
)

// sharedEnv tells a process to play the script of many goroutines and one client. Its value is a
// role.
const sharedEnv = "CGW_SCOREBOARD_SHARED"

// noDetector is the note of a script that wants the race detector and did not have it.
const noDetector = "no race detector here"

// report is what the child prints.
type report struct {
	Existing, Told, Calls int
	Took                  time.Duration
}

// serveShared plays the script if the process is a child that was started to do so.
func serveShared() {
	text, ok := os.LookupEnv(sharedEnv)
	if !ok {
		return
	}
	var role role
	err := json.Unmarshal([]byte(text), &role)
	if err == nil {
		err = role.play(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// role is what a child is told to do.
type role struct {
	Cloud, Who string
	Creates    int
}

func (r role) play(w io.Writer) error {
	for _, c := range clouds() {
		if c.name == r.Cloud {
			rep, err := shareOne(c, r.Who, r.Creates)
			if err != nil {
				return err
			}
			return json.NewEncoder(w).Encode(rep)
		}
	}
	return errors.New("no such cloud: " + r.Cloud)
}

// shareOne has one client create from as many goroutines as there are gateways to create.
func shareOne(c cloud, who string, creates int) (report, error) {
	service := c.start()
	defer service.Close()
	cl, err := c.clients[who](service, true)
	if err != nil {
		return report{}, err
	}
	orders := ordersOf(creates)
	answers := make([]answer, creates)
	begin := time.Now()
	var wg sync.WaitGroup
	for n, o := range orders {
		wg.Go(func() { answers[n] = cl.create(context.Background(), o) })
	}
	wg.Wait()
	r := judge(service, orders, answers)
	return report{Existing: r.existing, Told: r.told, Calls: r.calls, Took: time.Since(begin)}, nil
}

// playShared plays the script in a child process that has the race detector.
func (on stage) playShared(c cloud, who string, creates int) (row, error) {
	text, err := json.Marshal(role{c.name, who, creates})
	if err != nil {
		return row{}, err
	}
	child := exec.Command(on.program)
	child.Env = append(os.Environ(), sharedEnv+"="+string(text), "GORACE=exitcode=0")
	var races strings.Builder
	child.Stderr = &races
	out, err := child.Output()
	if err != nil {
		return row{}, fmt.Errorf("%w: %s", err, races.String())
	}
	var rep report
	if err := json.Unmarshal(out, &rep); err != nil {
		return row{}, err
	}
	r := row{wanted: creates, existing: rep.Existing, told: rep.Told, calls: rep.Calls, took: rep.Took}
	switch {
	case !on.races:
		r.note = noDetector
	case strings.Contains(races.String(), "WARNING: DATA RACE"):
		r.note = "data races"
	}
	return r, nil
}

// stage is where the scripts are played: a build of this program, and whether it has the race
// detector.
type stage struct {
	program string
	races   bool
	retry   cgw.RetryPolicy // of cgw, for tests that cannot wait
	done    func()
}

// itself is the program that runs.
func itself() (stage, error) {
	program, err := os.Executable()
	return stage{program: program, races: raceEnabled, done: func() {}}, err
}

// withDetector builds this program with the race detector, or returns the one that runs where
// that cannot be done, as without a C compiler.
func withDetector() (stage, error) {
	if raceEnabled {
		return itself()
	}
	dir, err := os.MkdirTemp("", "scoreboard")
	if err != nil {
		return stage{}, err
	}
	on := stage{program: filepath.Join(dir, "scoreboard"), races: true, done: func() { _ = os.RemoveAll(dir) }}
	if exec.Command("go", "build", "-race", "-o", on.program, "github.com/cgw-go/cgw/bench/scoreboard").Run() != nil {
		on.done()
		return itself()
	}
	return on, nil
}
