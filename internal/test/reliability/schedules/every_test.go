package schedules_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// long reports whether all of it was asked for.
func long() bool { return os.Getenv("CGW_LONG") != "" }

// tally is what many schedules came to.
type tally struct {
	mu        sync.Mutex
	schedules int
	wrong     int
	limits    map[string]int
	examples  map[string]string
}

func (t *tally) add(n int, limits map[string]int, examples map[string]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.limits == nil {
		t.limits, t.examples = map[string]int{}, map[string]string{}
	}
	t.schedules += n
	for l, n := range limits {
		t.limits[l] += n
		if _, ok := t.examples[l]; !ok {
			t.examples[l] = examples[l]
		}
	}
}

// mostWrong is how many schedules a test shows that end wrongly.
const mostWrong = 3

// TestEveryCreate runs every schedule of a create within the bound.
func TestEveryCreate(t *testing.T) {
	bounds := []schedules.Bound{schedules.Of(2, 1, 0), schedules.Of(1, 1, 1)}
	if long() {
		bounds = []schedules.Bound{schedules.Of(3, 1, 1)}
	}
	var sum tally
	begin := time.Now()
	t.Run("all", func(t *testing.T) {
		for _, at := range sites() {
			for _, p := range places {
				t.Run(fmt.Sprintf("%v/%s", at, p.name), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						limits, examples := map[string]int{}, map[string]string{}
						total, failed := 0, 0
						for _, b := range bounds {
							total += schedules.Explore(b, func(s *schedules.Script) bool {
								c := runCreate(t, at, p, s)
								limit, wrong := c.judge()
								if len(wrong) > 0 {
									t.Errorf("%v, %s: %v: %v", at, p.name, c.service, wrong)
									failed++
								}
								if limit != limitNone {
									limit = string(at.provider) + ": " + limit
									if limits[limit]++; limits[limit] == 1 {
										examples[limit] = fmt.Sprintf("%v, %s: %v: %v", at, p.name, c.service, c.err)
									}
								}
								return failed < mostWrong
							})
						}
						sum.add(total, limits, examples)
					})
				})
			}
		}
	})
	t.Logf("%d schedules in %v", sum.schedules, time.Since(begin).Round(time.Millisecond))
	for _, l := range slices.Sorted(maps.Keys(sum.limits)) {
		t.Logf("%8d %s, such as %s", sum.limits[l], l, sum.examples[l])
	}
	require.NotZero(t, sum.schedules)
}
