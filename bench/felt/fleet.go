package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/peer"
	"github.com/cgw-go/cgw/ensure"
)

// fleet is what became of two runs of ensure.All over the same sites.
type fleet struct {
	Percent         int // of the requests failed
	Sites, Existing int
	First, Second   run
}

// run is one run of ensure.All.
type run struct {
	Took             time.Duration
	Created, Same    int // sites
	Failed           int
	Requests, Writes int
	Heap, Sys        uint64 // most that the process had, its emulators included, in bytes
}

// watch samples the memory until the returned function is called.
func watch() func() (heap, sys uint64) {
	runtime.GC()
	end, most := make(chan struct{}), make(chan [2]uint64)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		var m runtime.MemStats
		var heap uint64
		for {
			runtime.ReadMemStats(&m)
			heap = max(heap, m.HeapInuse)
			select {
			case <-tick.C:
			case <-end:
				most <- [2]uint64{heap, m.Sys}
				return
			}
		}
	}()
	return func() (uint64, uint64) {
		close(end)
		m := <-most
		return m[0], m[1]
	}
}

// ensureAll creates a fleet, half of its regions on each cloud, and then runs again.
func ensureAll(regions, sites, percent int) (f fleet, err error) {
	f = fleet{Percent: percent, Sites: sites}
	var services []*unreliable
	var targets []ensure.Target
	for n := range regions {
		c := peer.Clouds()[n%2]
		u, s := serve(c, percent, uint64(n))
		defer s.Close()
		p, err := c.CGW(peer.Options{URL: s.URL, Trust: s.Certificate()})
		if err != nil {
			return f, err
		}
		defer func() { _ = p.Close() }()
		t := ensure.Target{Name: fmt.Sprintf("%s-%d", c.Name, n/2+1), Provisioner: p}
		for site := range sites / regions {
			t.Specs = append(t.Specs, cgw.CreateRequest{Name: name(site), IPAddress: address(site), Tags: map[string]string{"env": "prod"}})
		}
		services, targets = append(services, u), append(targets, t)
	}
	if f.First, err = f.once(targets, services); err == nil {
		f.Second, err = f.once(targets, services)
	}
	for _, u := range services {
		held, err := u.Gateways()
		if err != nil {
			return f, err
		}
		f.Existing += len(held)
	}
	return f, err
}

func (f fleet) once(targets []ensure.Target, services []*unreliable) (r run, err error) {
	before := len(writes(services, &r))
	asked := r.Requests
	most := watch()
	begin := time.Now()
	results, err := ensure.All(context.Background(), targets, ensure.AllOptions{Options: ensure.Options{Owner: "felt"}})
	if err != nil {
		return r, err
	}
	for one := range results {
		switch {
		case one.Err != nil:
			r.Failed++
		case one.Action == ensure.Unchanged:
			r.Same++
		case one.Action == ensure.Created:
			r.Created++
		}
	}
	r.Took = time.Since(begin)
	r.Heap, r.Sys = most()
	r.Requests = 0
	r.Writes = len(writes(services, &r)) - before
	r.Requests -= asked
	return r, nil
}

// writes returns the actions that change something, and counts all requests.
func writes(services []*unreliable, r *run) (all []string) {
	for _, u := range services {
		for _, q := range u.State.Requests() {
			r.Requests++
			if !strings.HasPrefix(q.Action, "Describe") {
				all = append(all, q.Action)
			}
		}
	}
	return all
}
