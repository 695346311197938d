package main

import (
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

// connectEmulator starts an emulator of the target's cloud in this process.
func (c *clouds) connectEmulator(t target, states states) error {
	where := t.region
	if t.account != "" {
		where = t.account + "/" + t.region
	}
	if t.cloud == cgw.Tencent {
		server := tencenttest.NewServer(tencenttest.Options{Region: t.region, State: kept(states.Tencent, where)})
		c.closers = append(c.closers, func() error { server.Close(); return nil })
		config := server.Config()
		config.Validation = t.validation
		p, err := tencent.New(config)
		return c.add(p, "", err)
	}
	server := alibabatest.NewServer(alibabatest.Options{Region: t.region, State: kept(states.Alibaba, where)})
	c.closers = append(c.closers, func() error { server.Close(); return nil })
	config := server.Config()
	config.Validation = t.validation
	p, err := alibaba.New(config)
	return c.add(p, "", err)
}

// states are the states of the emulators, by region, or by account and region.
type states struct {
	Tencent map[string]*tencenttest.State `json:"tencent"`
	Alibaba map[string]*alibabatest.State `json:"alibaba"`
}

// kept returns the state of a region, a new one if there is none.
func kept[S any](states map[string]*S, where string) *S {
	if states[where] == nil {
		states[where] = new(S)
	}
	return states[where]
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
