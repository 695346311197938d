package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// clouds are the Provisioners of the targets, in their order.
type clouds struct {
	provisioners []cgw.Provisioner
	closers      []func() error // called in reverse
}

func (c *clouds) close() error {
	var errs []error
	for i := range c.closers {
		errs = append(errs, c.closers[len(c.closers)-1-i]())
	}
	return errors.Join(errs...)
}

// provisioner is what the two clouds' have in common here.
type provisioner interface {
	cgw.Provisioner
	Close() error
}

func (c *clouds) add(p provisioner, err error) error {
	if err != nil {
		return err
	}
	c.provisioners = append(c.provisioners, p)
	c.closers = append(c.closers, p.Close)
	return nil
}

// open makes the Provisioners. An error names the target.
func (o *options) open(ctx context.Context, targets []target) (*clouds, error) {
	c := &clouds{}
	connect := func(t target) error { return c.connectLive(ctx, t) }
	if !o.live {
		states, err := readStates(o.state)
		if err != nil {
			return nil, err
		}
		if o.state != "" {
			c.closers = append(c.closers, func() error { return writeStates(o.state, states) })
		}
		connect = func(t target) error { return c.connectEmulator(t, states) }
	}
	for _, t := range targets {
		if err := connect(t); err != nil {
			return nil, errors.Join(fmt.Errorf("target %q: %w", t.name, err), c.close())
		}
	}
	return c, nil
}

func (c *clouds) connectLive(ctx context.Context, t target) error {
	if t.cloud == cgw.Tencent {
		credentials, err := tencent.DefaultCredentials(ctx)
		if err != nil {
			return err
		}
		p, err := tencent.New(tencent.Config{Region: t.region, Credentials: credentials})
		return c.add(p, err)
	}
	credentials, err := alibaba.DefaultCredentials(ctx)
	if err != nil {
		return err
	}
	p, err := alibaba.New(alibaba.Config{Region: t.region, Credentials: credentials})
	return c.add(p, err)
}

func (c *clouds) connectEmulator(t target, states states) error {
	if t.cloud == cgw.Tencent {
		server := tencenttest.NewServer(tencenttest.Options{Region: t.region, State: kept(states.Tencent, t.region)})
		c.closers = append(c.closers, func() error { server.Close(); return nil })
		p, err := tencent.New(server.Config())
		return c.add(p, err)
	}
	server := alibabatest.NewServer(alibabatest.Options{Region: t.region, State: kept(states.Alibaba, t.region)})
	c.closers = append(c.closers, func() error { server.Close(); return nil })
	p, err := alibaba.New(server.Config())
	return c.add(p, err)
}

// states are what the emulators know, by region.
type states struct {
	Tencent map[string]*tencenttest.State `json:"tencent"`
	Alibaba map[string]*alibabatest.State `json:"alibaba"`
}

// kept returns the state of a region, a new one where there is none.
func kept[S any](states map[string]*S, region string) *S {
	if states[region] == nil {
		states[region] = new(S)
	}
	return states[region]
}

func readStates(file string) (states, error) {
	var s states
	if file != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &s)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s, fmt.Errorf("%s: %w", file, err)
		}
	}
	if s.Tencent == nil {
		s.Tencent = map[string]*tencenttest.State{}
	}
	if s.Alibaba == nil {
		s.Alibaba = map[string]*alibabatest.State{}
	}
	return s, nil
}

func writeStates(file string, s states) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o600)
}
