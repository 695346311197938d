package main

import (
	"fmt"
	"os"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/measure"
)

func allocations(p cgw.Provider) ([]row, error) {
	return []row{
		atMost("allocations of validating a request", p, measure.ValidationAllocs(p), 0, "%.0f"),
		atMost("allocations of classifying a code", p, measure.ClassificationAllocs(), 0, "%.0f"),
	}, nil
}

// listing lists 10,000 gateways.
func listing(p cgw.Provider) ([]row, error) {
	const gateways = 10_000
	e, err := measure.Start(measure.Options{Provider: p, Seed: gateways})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	l, err := measure.List(p, e)
	what := "listing 10,000 gateways: "
	return []row{
		atMost(what+"list calls", p, float64(l.Lists), float64(measure.ListCalls(p, gateways)), "%.0f"),
		atMost(what+"tag calls", p, float64(l.Tags), float64(measure.TagCalls(p, gateways)), "%.0f"),
		atMost(what+"live heap of each, bytes", p, l.BytesEach, 100, "%.0f"),
		atMost("listing, stopped after the first: list calls", p, float64(l.ListsForFirst), 1, "%.0f"),
	}, err
}

// flight has 1,000 creates under way at once.
func flight(p cgw.Provider) ([]row, error) {
	e, err := measure.Start(measure.Options{Provider: p, HTTP1: true, Latency: measure.FlightLatency})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	f, err := measure.InFlight(p, e)
	if err == nil {
		err = f.Failed
	}
	return []row{atMost("1,000 creates at once, 200 ms away: peak heap, MiB", p, float64(f.PeakHeap)/(1<<20), 64, "%.1f")}, err
}

// paced creates at a service that enforces a rate.
func paced(p cgw.Provider) ([]row, error) {
	e, err := measure.Start(measure.Options{Provider: p, Rate: measure.PacedRate})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	r, err := measure.Pace(p, e)
	failed := "none"
	if r.Failed != nil {
		failed = "some: " + r.Failed.Error()
	}
	what := fmt.Sprintf("%d creates at %d a second: ", measure.PacedCreates, measure.PacedRate)
	return []row{
		atMost(what+"time / ideal", p, r.Took.Seconds()/r.Ideal.Seconds(), 1.05, "%.3f"),
		atMost(what+"% of requests throttled", p, 100*float64(r.Throttled)/measure.PacedCreates, 1, "%.2f"),
		{what + "errors", string(p), failed, "none", r.Failed == nil},
	}, err
}

// build builds programs with an empty cache.
func build(p cgw.Provider) ([]row, error) {
	one := func(uses string) (measure.Build, error) {
		dir, err := os.MkdirTemp("", "cgw-build")
		if err != nil {
			return measure.Build{}, err
		}
		defer os.RemoveAll(dir)
		return measure.BuildProgram(dir, uses, true)
	}
	cloud, err := one(string(p))
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%.1f s after the standard library's %.1f s, %.1f MB", cloud.Took.Seconds(), cloud.Library.Seconds(), float64(cloud.Size)/1e6)
	sdks := measure.SDKsOf(cloud.Modules)
	rows := []row{{"cold build with one cloud", string(p), text, "its own SDK alone", len(sdks) == 1 && sdks[0] == string(p)}}
	if p != cgw.Tencent { // the root package is the same for all
		return rows, nil
	}
	root, err := one("")
	text = fmt.Sprintf("%.1f s after the standard library's %.1f s, %.1f MB", root.Took.Seconds(), root.Library.Seconds(), float64(root.Size)/1e6)
	return append([]row{{"cold build with the root package alone", "-", text, "no SDK", len(root.Modules) == 0}}, rows...), err
}
