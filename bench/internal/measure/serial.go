package measure

import (
	"context"
	"runtime"
	"slices"
	"time"
)

// Work is one kind of operation: it returns one such operation of a client, to be repeated.
type Work func(c Client, e *Emulator) (func() error, error)

// Create makes a gateway with a fresh name and address each time.
func Create(c Client, e *Emulator) (func() error, error) {
	return func() error {
		_, err := e.create(c)
		return err
	}, nil
}

// Get reads one gateway with its tags.
func Get(c Client, e *Emulator) (func() error, error) {
	id, err := e.create(c)
	return func() error { return c.Get(context.Background(), id) }, err
}

// Rename gives one gateway a fresh name each time, and reads it.
func Rename(c Client, e *Emulator) (func() error, error) {
	id, err := e.create(c)
	return func() error {
		e.next++
		return c.Rename(context.Background(), id, name(e.next))
	}, err
}

func (e *Emulator) create(c Client) (string, error) {
	e.next++
	return c.Create(context.Background(), name(e.next), Address(e.next))
}

// Pair is what one operation of each took, on the average of some that took turns.
type Pair struct{ Raw, CGW time.Duration }

// Pairs measures so many pairs of so many operations. The clients take turns with every single
// operation, so that what else the machine does strikes both alike. The first pair, which opens
// connections, is left out.
func Pairs(e *Emulator, raw, ours Client, work Work, pairs, operations int) ([]Pair, error) {
	var do [2]func() error
	for i, c := range []Client{raw, ours} {
		var err error
		if do[i], err = work(c, e); err != nil {
			return nil, err
		}
	}
	all := make([]Pair, 0, pairs)
	took := [2][]time.Duration{make([]time.Duration, operations), make([]time.Duration, operations)}
	for n := range pairs + 1 {
		for k := range operations {
			for turn := range do {
				i := (turn + n) % len(do)
				begin := time.Now()
				if err := do[i](); err != nil {
					return nil, err
				}
				took[i][k] = time.Since(begin)
			}
		}
		if n > 0 {
			all = append(all, Pair{undisturbed(took[0]), undisturbed(took[1])})
		}
	}
	return all, nil
}

// undisturbed returns the mean of the faster four fifths: in the others the machine did
// something else as well.
func undisturbed(took []time.Duration) time.Duration {
	slices.Sort(took)
	fast := took[:len(took)*4/5]
	var sum time.Duration
	for _, t := range fast {
		sum += t
	}
	return sum / time.Duration(len(fast))
}

// TimeRatio returns the median of cgw's time over the raw SDK's.
func TimeRatio(pairs []Pair) float64 {
	return median(pairs, func(p Pair) float64 { return float64(p.CGW) / float64(p.Raw) })
}

// Allocs returns how many allocations one operation makes in the client's process.
func Allocs(e *Emulator, c Client, work Work, operations int) (float64, error) {
	do, err := work(c, e)
	if err != nil {
		return 0, err
	}
	var before, after runtime.MemStats
	for n := range operations + 1 {
		if n == 1 { // the first one opens connections and fills pools
			runtime.ReadMemStats(&before)
		}
		if err := do(); err != nil {
			return 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(operations), nil
}

// ExtraAllocs returns how many more allocations cgw makes for one operation.
func ExtraAllocs(e *Emulator, raw, ours Client, work Work) (float64, error) {
	const operations = 300
	theirs, err := Allocs(e, raw, work, operations)
	if err != nil {
		return 0, err
	}
	with, err := Allocs(e, ours, work, operations)
	return with - theirs, err
}

func median[T any](all []T, of func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, v := range all {
		values[i] = of(v)
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
