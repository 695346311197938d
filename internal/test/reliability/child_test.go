package reliability_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"testing"

	"github.com/cgw-go/cgw"
)

// childEnv names the variable that makes the test binary a program that creates gateways.
const childEnv = "CGW_RELIABILITY_CHILD"

// job is the task of that program.
type job struct {
	Cloud   string              `json:"cloud"`
	URL     string              `json:"url"`
	Creates []cgw.CreateRequest `json:"creates"`
}

// done is its report of one create.
type done struct {
	Address  string `json:"address"`
	ID       string `json:"id"`
	Resolved bool   `json:"resolved"` // the gateway existed already, and is the program's own
	Error    string `json:"error"`
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := child(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child creates the gateways of a job, four at a time.
func child(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	c := tencentCloud()
	if j.Cloud != c.name {
		c = alibabaCloud()
	}
	p, err := c.connect(j.URL, settings{retry: fastPolicy(), limiter: free{}})
	if err != nil {
		return err
	}
	defer p.Close()
	var mu sync.Mutex
	var wg sync.WaitGroup
	requests := make(chan cgw.CreateRequest)
	out := json.NewEncoder(os.Stdout)
	for range 4 {
		wg.Go(func() {
			for req := range requests {
				d := createOrResolve(context.Background(), p, req)
				mu.Lock()
				_ = out.Encode(d) // the parent may be gone
				mu.Unlock()
			}
		})
	}
	for _, req := range j.Creates {
		requests <- req
	}
	close(requests)
	wg.Wait()
	return nil
}

// createOrResolve creates a gateway in the way that docs/reliability.md describes for a program
// that may have been killed during an earlier create. If the address has a gateway,
// createOrResolve reads it. It is the program's own if it has the requested name.
func createOrResolve(ctx context.Context, p cgw.Provisioner, req cgw.CreateRequest) done {
	g, err := p.Create(ctx, req)
	d := done{Address: req.IPAddress.String(), ID: g.ID}
	var e *cgw.Error
	if errors.Is(err, cgw.ErrAlreadyExists) && errors.As(err, &e) && len(e.ConflictingIDs) == 1 {
		there, gerr := p.Get(ctx, e.ConflictingIDs[0])
		if gerr == nil && there.Name == req.Name && there.IPAddress == req.IPAddress {
			d.ID, d.Resolved, err = there.ID, true, nil
		}
	}
	if err != nil {
		d.Error = err.Error()
	}
	return d
}

// creates returns requests for n addresses, with tokens if the cloud has them.
func creates(c *cloud, n int, token string) []cgw.CreateRequest {
	var all []cgw.CreateRequest
	for i := range n {
		req := cgw.CreateRequest{IPAddress: netip.AddrFrom4([4]byte{203, 0, 113, byte(1 + i)}), Name: fmt.Sprintf("office-%d", i), ASN: 64512}
		if c.name == "alibaba" {
			req.ClientToken = fmt.Sprintf("%s-%d", token, i)
		}
		all = append(all, req)
	}
	return all
}
