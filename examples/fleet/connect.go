package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/tencent"
)

// clouds are the Provisioners of the targets, in their order.
type clouds struct {
	provisioners []cgw.Provisioner
	keys         []string       // the IDs of the keys that they use, as far as they are known
	closers      []func() error // called in reverse
}

func (c *clouds) close() error {
	var errs []error
	for _, closer := range slices.Backward(c.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// provisioner has the methods of both clouds' Provisioners that are needed here.
type provisioner interface {
	cgw.Provisioner
	Close() error
}

func (c *clouds) add(p provisioner, key string, err error) error {
	if err != nil {
		return err
	}
	c.provisioners = append(c.provisioners, p)
	c.keys = append(c.keys, key)
	c.closers = append(c.closers, p.Close)
	return nil
}

// targetError adds the target to an error.
type targetError struct {
	File         string
	Line         int // of the file; 0: there is no file
	Target, Text string
	Err          error
}

func (e *targetError) Error() string {
	text := fmt.Sprintf("%s: %s: %v", e.Target, e.Text, e.Err)
	if e.Line > 0 {
		return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, text)
	}
	return text
}

func (e *targetError) Unwrap() error { return e.Err }

func (f fleet) failed(target int, text string, err error) error {
	return &targetError{f.file, f.lines[place{target, -1, ""}], f.targets[target].name, text, err}
}

// open makes the Provisioners. Its error names every target that cannot be reached.
func (o *options) open(ctx context.Context, f fleet) (*clouds, error) {
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
	var errs []error
	for i, t := range f.targets {
		if err := connect(t); err != nil {
			errs = append(errs, f.failed(i, "cannot be reached", err))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, c.sameKeys(f))
	}
	if err := joinLines(errs); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// sameKeys returns a fault if two accounts have the same key.
func (c *clouds) sameKeys(f fleet) error {
	found := faults{lines: f.lines}
	for i, t := range f.targets {
		for j, o := range f.targets[:i] {
			if c.keys[i] != "" && c.keys[i] == c.keys[j] && t.cloud == o.cloud && t.account != o.account && t.account != "" && o.account != "" {
				found.fault(place{i, -1, "credentials"}, "hold the same key as those of %s, which has another account: accounts %q and %q need their own",
					o.name, o.account, t.account)
			}
		}
	}
	return found.err(f.file, f.form)
}

func (c *clouds) connectLive(ctx context.Context, t target) error {
	if t.cloud == cgw.Tencent {
		cred, key, err := tencentCredentials(ctx, t.credentials)
		if err != nil {
			return err
		}
		p, err := tencent.New(tencent.Config{Region: t.region, Credentials: cred, Endpoint: t.endpoint, Validation: t.validation})
		return c.add(p, key, err)
	}
	cred, key, err := alibabaCredentials(ctx, t.credentials)
	if err != nil {
		return err
	}
	p, err := alibaba.New(alibaba.Config{Region: t.region, Credentials: cred, Endpoint: t.endpoint, Validation: t.validation})
	return c.add(p, key, err)
}
