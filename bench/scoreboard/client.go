package main

import (
	"context"
	"net/netip"

	"github.com/cgw-go/cgw"
)

// The contenders.
const (
	sdk  = "SDK"
	loop = "SDK in a tool's loop"
	ours = "cgw"
)

func contenders() []string { return []string{sdk, loop, ours} }

// order is a gateway to be created.
type order struct {
	name string
	ip   netip.Addr
}

// answer is what a create tells its caller.
type answer struct {
	id      string
	err     error
	unknown bool // the error says that the gateway may exist
}

// client is one way to create gateways. It is used by several goroutines.
type client struct {
	create func(context.Context, order) answer
	read   func(context.Context) error // anything that opens a connection
}

// ofCGW is cgw with all of its defaults.
func ofCGW(p cgw.Provisioner) client {
	return client{
		create: func(ctx context.Context, o order) answer {
			g, err := p.Create(ctx, cgw.CreateRequest{Name: o.name, IPAddress: o.ip})
			return answer{g.ID, err, cgw.OutcomeOf(err) == cgw.OutcomeUnknown}
		},
		read: func(ctx context.Context) error {
			for _, err := range p.List(ctx, cgw.Filter{}) {
				return err
			}
			return nil
		},
	}
}
