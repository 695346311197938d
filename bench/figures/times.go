package main

import (
	"fmt"
	"runtime"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/measure"
)

// atMost is a figure that must not exceed its goal.
func atMost(what string, p cgw.Provider, seen, goal float64, format string) row {
	return row{what, string(p), fmt.Sprintf(format, seen), "at most " + fmt.Sprintf(format, goal), seen <= goal}
}

// shown is a figure without a goal.
func shown(what string, p cgw.Provider, value string) row {
	return row{what, string(p), value, "", true}
}

// against starts an emulator and two clients of it for the time of f.
func against(o measure.Options, peer func(cgw.Provider, string) (measure.Client, error), f func(e *measure.Emulator, raw, ours measure.Client) error) error {
	e, err := measure.Start(o)
	if err != nil {
		return err
	}
	defer e.Close()
	raw, err := peer(o.Provider, e.URL)
	if err != nil {
		return err
	}
	defer raw.Close()
	ours, err := measure.CGW(o.Provider, e.URL)
	if err != nil {
		return err
	}
	defer ours.Close()
	return f(e, raw, ours)
}

// serial compares the time and the allocations of one operation at a time.
func serial(p cgw.Provider) (rows []row, err error) {
	const pairs, operations = 20, 200
	for _, op := range []struct {
		name string
		work measure.Work
		goal float64
	}{{"Create", measure.Create, 1.04}, {"Get", measure.Get, 1.05}, {"Update", measure.Rename, 1.05}} {
		err := against(measure.Options{Provider: p, HTTP1: true}, measure.Ideal, func(e *measure.Emulator, raw, ours measure.Client) error {
			all, err := measure.Pairs(e, raw, ours, op.work, pairs, operations)
			if err != nil {
				return err
			}
			more, err := measure.ExtraAllocs(e, raw, ours, op.work)
			if err != nil {
				return err
			}
			rows = append(rows, atMost("serial "+op.name+": time, cgw / raw SDK", p, measure.TimeRatio(all), op.goal, "%.3f"))
			if op.name != "Create" {
				rows = append(rows, shown("serial "+op.name+": more allocations", p, fmt.Sprintf("%.1f", more)))
				return nil
			}
			rows = append(rows, atMost("serial Create: more allocations", p, more, 25, "%.1f"))
			s, err := measure.Profile(e, ours, op.work, 20*operations)
			rows = append(rows, shown("serial Create: CPU in cgw, SDK, net/http, rest", p,
				fmt.Sprintf("%.1f %.1f %.1f %.1f %%", 100*s.CGW, 100*s.SDK, 100*s.HTTP, 100*s.Rest)))
			return err
		})
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// concurrent compares the throughput of 64 creators.
func concurrent(p cgw.Provider) (rows []row, err error) {
	for _, http1 := range []bool{true, false} {
		protocol := "HTTP/2"
		if http1 {
			protocol = "HTTP/1.1"
		}
		for _, peer := range measure.Peers() {
			err := against(measure.Options{Provider: p, HTTP1: http1}, peer.Make, func(e *measure.Emulator, raw, ours measure.Client) error {
				rates, err := measure.Compare(e, raw, ours, peer)
				what, ratio := "64 creators, "+protocol+": rate, cgw / SDK's "+peer.Name, measure.RateRatio(rates)
				if peer.Name == "ideal pool" {
					rows = append(rows, row{what, string(p), fmt.Sprintf("%.2f", ratio), "at least 0.85", ratio >= 0.85})
				} else {
					rows = append(rows, shown(what, p, fmt.Sprintf("%.1f", ratio)))
				}
				return err
			})
			if err != nil {
				return rows, err
			}
		}
		more, err := pool(p, http1, "64 creators, "+protocol)
		rows = append(rows, more...)
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// pool counts the connections of cgw alone, and what Close leaves.
func pool(p cgw.Provider, http1 bool, what string) ([]row, error) {
	e, err := measure.Start(measure.Options{Provider: p, HTTP1: http1})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	before := runtime.NumGoroutine()
	c, err := measure.CGW(p, e.URL)
	if err != nil {
		return nil, err
	}
	if _, err := measure.Throughput(e, c, 10_000); err != nil {
		return nil, err
	}
	c.Close()
	left := measure.Goroutines(before) - before
	s, err := e.Stats()
	return []row{
		atMost(what+": connections for 10,000 creates", p, float64(s.Connections), 80, "%.0f"),
		atMost(what+": goroutines left after Close", p, float64(max(left, 0)), 0, "%.0f"),
	}, err
}
