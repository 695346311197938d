package schedules_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// long reports whether the long mode was asked for.
func long() bool { return os.Getenv("CGW_LONG") != "" }

// tally counts the results of many schedules.
type tally struct {
	mu        sync.Mutex
	jobs      int // that have run
	schedules int
	wrong     atomic.Int64 // schedules that ended wrongly
	limits    map[string]int
	examples  map[string]string
}

func (t *tally) add(n int, limits map[string]int, examples map[string]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.limits == nil {
		t.limits, t.examples = map[string]int{}, map[string]string{}
	}
	t.jobs++
	t.schedules += n
	for l, n := range limits {
		t.limits[l] += n
		if _, ok := t.examples[l]; !ok {
			t.examples[l] = examples[l]
		}
	}
}

// mostWrong is the number of schedules with a wrong end after which a test stops.
const mostWrong = 3

// job is one setting. Every schedule is run on it.
type job struct {
	name string
	of   cgw.Provider
	// run runs one schedule. It returns the schedule with its result, the limit that it ended in,
	// and what is wrong.
	run func(*testing.T, *schedules.Script) (what fmt.Stringer, limit string, wrong []string)
}

// every runs every schedule of the jobs within each of the bounds, and logs the results. Each of
// the limits must occur, and no other.
func every(t *testing.T, jobs []job, bounds []schedules.Bound, limits ...string) {
	t.Helper()
	var sum tally
	begin := time.Now()
	t.Run("all", func(t *testing.T) {
		for _, j := range jobs {
			t.Run(j.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					limits, examples := map[string]int{}, map[string]string{}
					total := 0
					for _, b := range bounds {
						total += schedules.Explore(b, func(s *schedules.Script) bool {
							what, limit, wrong := j.run(t, s)
							if len(wrong) > 0 {
								t.Errorf("%s: %v: %v", j.name, what, wrong)
								sum.wrong.Add(1)
							}
							if limit != limitNone {
								limit += " (" + string(j.of) + ")"
								if limits[limit]++; limits[limit] == 1 {
									examples[limit] = j.name + ": " + what.String()
								}
							}
							return sum.wrong.Load() < mostWrong
						})
					}
					sum.add(total, limits, examples)
				})
			})
		}
	})
	t.Logf("%d schedules in %v", sum.schedules, time.Since(begin).Round(time.Millisecond))
	met := map[string]bool{}
	for _, l := range slices.Sorted(maps.Keys(sum.limits)) {
		t.Logf("%8d %s, such as %s", sum.limits[l], l, sum.examples[l])
		name, _, _ := strings.Cut(l, " (")
		met[name] = true
	}
	if !t.Failed() && sum.jobs == len(jobs) { // not if -run chose some of them
		require.ElementsMatch(t, limits, slices.Collect(maps.Keys(met)))
	}
}

func createJob(at site, p place, inRow int) job {
	return job{fmt.Sprintf("%v, %s", at, p.name), at.provider, func(t *testing.T, s *schedules.Script) (fmt.Stringer, string, []string) {
		c := runCreate(t, at, p, s, inRow)
		limit, wrong := c.judge()
		return c, limit, wrong
	}}
}

// TestEveryCreate runs every schedule of a create within the bound.
func TestEveryCreate(t *testing.T) {
	bounds := []schedules.Bound{schedules.Of(2, 1, 0), schedules.Of(1, 1, 1)}
	if long() {
		bounds = []schedules.Bound{schedules.Of(3, 1, 1)}
	}
	var jobs []job
	for _, at := range sites() {
		for _, p := range places {
			if !at.loose || !p.strict {
				jobs = append(jobs, createJob(at, p, 0))
			}
		}
	}
	every(t, jobs, bounds, limitsOfCreates...)
}

// TestEveryRun lets one fault strike as many requests in a row as there are attempts. Another fault
// may take the place of one of them, or the context may end.
func TestEveryRun(t *testing.T) {
	bounds := []schedules.Bound{{Requests: 14, Most: schedules.Of(2, 0, 0).Most}, {Requests: 14, Most: schedules.Of(1, 1, 0).Most}}
	var jobs []job
	for _, c := range clouds() {
		for _, at := range []site{{cloud: c}, {cloud: c, lag: 2 * time.Second, forgets: c.Tokens}} {
			for _, name := range []string{"free", "held, another name", "held, the same"} {
				i := slices.IndexFunc(places, func(p place) bool { return p.name == name })
				jobs = append(jobs, createJob(at, places[i], maxAttempts))
			}
		}
	}
	every(t, jobs, bounds, limitContext, limitOther, limitFaults)
}
