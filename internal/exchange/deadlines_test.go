package exchange

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDeadlines(t *testing.T) {
	tests := []struct {
		name     string
		attempts []struct{ begins, ends, slot int } // in seconds; the time of an attempt is 10
		canceled []int                              // when each attempt is canceled; 0: it is not
	}{
		{"one", []struct{ begins, ends, slot int }{{0, 99, 0}}, []int{10}},
		{"one that ends in time", []struct{ begins, ends, slot int }{{0, 9, 0}}, []int{0}},
		{"each at its own time", []struct{ begins, ends, slot int }{{0, 99, 5}, {3, 99, 63}, {4, 99, 0}}, []int{10, 13, 14}},
		{"together", []struct{ begins, ends, slot int }{{1, 99, 2}, {1, 99, 1}}, []int{11, 11}},
		{"one goes on", []struct{ begins, ends, slot int }{{0, 9, 1}, {5, 99, 2}}, []int{0, 15}},
		{"the slot is used again", []struct{ begins, ends, slot int }{{0, 8, 1}, {9, 99, 1}}, []int{0, 19}},
		{"the slot is used again, in time", []struct{ begins, ends, slot int }{{0, 8, 1}, {9, 12, 1}}, []int{0, 0}},
		{"after a pause", []struct{ begins, ends, slot int }{{0, 1, 1}, {40, 99, 1}, {80, 99, 2}}, []int{0, 50, 90}},
		{"while one that is canceled goes on", []struct{ begins, ends, slot int }{{0, 30, 1}, {12, 99, 2}}, []int{10, 22}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deadlines{timeout: 10 * time.Second}
				begin := time.Now()
				canceled := make([]int, len(tt.attempts))
				var wg sync.WaitGroup
				for i, a := range tt.attempts {
					wg.Go(func() {
						time.Sleep(time.Duration(a.begins) * time.Second)
						ctx, stop := d.start(t.Context(), a.slot)
						end := time.After(time.Duration(a.ends-a.begins) * time.Second)
						select {
						case <-ctx.Done():
							canceled[i] = int(time.Since(begin) / time.Second)
							<-end
						case <-end:
						}
						require.True(t, canceled[i] > 0 || running(&d), "no timer runs")
						stop()
						require.ErrorIs(t, ctx.Err(), context.Canceled)
						require.False(t, held(&d, a.slot))
					})
				}
				wg.Wait()
				time.Sleep(d.timeout)
				require.Equal(t, tt.canceled, canceled)
				require.False(t, running(&d), "a timer runs without attempts")
			})
		})
	}
}

func running(d *deadlines) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running
}

// held reports whether anything is kept of the attempt of a slot.
func held(d *deadlines, slot int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.attempts[slot].cancel != nil
}
