// Unittest is a small controller, as a user of cgw may write it, with tests that need no cloud.
// It keeps one customer gateway for each site.
//
//	go test ./examples/unittest
package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
)

// Site is an office with a VPN device.
type Site struct {
	Name string
	IP   netip.Addr
}

// Cloud has only those methods of a cgw.Provisioner that the controller needs.
type Cloud interface {
	cgw.Creator
	cgw.Lister
	cgw.Deleter
}

// Result says what Reconcile did about a site.
type Result string

// The results of Reconcile.
const (
	Created Result = "created"
	Present Result = "present"
	Later   Result = "later"  // nothing is wrong with the site: try again
	Broken  Result = "broken" // somebody has to fix the site
)

// Controller keeps one gateway for each site.
type Controller struct{ Cloud Cloud }

// Reconcile creates the gateway of a site, if there is none.
func (c Controller) Reconcile(ctx context.Context, s Site) (Result, error) {
	have, err := cgw.Collect(c.Cloud.List(ctx, cgw.Filter{IPAddress: s.IP}))
	if err != nil {
		return verdict(err), fmt.Errorf("site %s: %w", s.Name, err)
	}
	if len(have) > 0 {
		if have[0].Name != s.Name {
			return Broken, fmt.Errorf("site %s: its address belongs to %s (%s)", s.Name, have[0].Name, have[0].ID)
		}
		return Present, nil
	}
	_, err = c.Cloud.Create(ctx, cgw.CreateRequest{IPAddress: s.IP, Name: s.Name})
	if err != nil {
		return verdict(err), fmt.Errorf("site %s: %w", s.Name, err)
	}
	return Created, nil
}

// Remove deletes the gateway of a site, if there is one.
func (c Controller) Remove(ctx context.Context, s Site) error {
	for g, err := range c.Cloud.List(ctx, cgw.Filter{IPAddress: s.IP, Name: s.Name}) {
		if err != nil {
			return fmt.Errorf("site %s: %w", s.Name, err)
		}
		if err := cgw.DeleteIfExists(ctx, c.Cloud, g.ID); err != nil {
			return fmt.Errorf("site %s: %w", s.Name, err)
		}
	}
	return nil
}

// verdict returns Later if another try may succeed, and Broken if not. After a create with an
// unknown outcome, the next Reconcile looks for the gateway.
func verdict(err error) Result {
	if cgw.IsRetryable(err) || errors.Is(err, cgw.ErrOutcomeUnknown) {
		return Later
	}
	return Broken
}

func main() {
	c := Controller{Cloud: &cgwtest.Fake{}}
	site := Site{Name: "berlin", IP: netip.MustParseAddr("203.0.113.7")}
	for range 2 {
		result, err := c.Reconcile(context.Background(), site)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(site.Name, result)
	}
}
