// Demo registers sites on both clouds as they were on the day of the recording: no server, no
// network, no account. It stands for a program of one's own, and main_test.go for its tests.
//
//	go run ./demo
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/recipes/recorded"
	"github.com/cgw-go/cgw/tencent"
)

func main() {
	if err := run(context.Background(), os.Stdout, "demo/testdata"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run replays both cassettes of a folder.
func run(ctx context.Context, out io.Writer, folder string) error {
	for _, provider := range []cgw.Provider{cgw.Tencent, cgw.Alibaba} {
		p, stop, err := open(provider, folder, recorded.Options{}, "nobody", "no-key")
		if err != nil {
			return err
		}
		if err := errors.Join(tour(ctx, out, p), stop()); err != nil {
			return err
		}
	}
	return nil
}

// open returns a Provisioner over a cassette. The credentials matter while it is recorded.
func open(provider cgw.Provider, folder string, o recorded.Options, keyID, key string) (cgw.Provisioner, func() error, error) {
	client, stop, err := recorded.Open(folder+"/"+string(provider), o)
	if err != nil {
		return nil, nil, err
	}
	quick := cgw.RetryPolicy{MinBackoff: time.Millisecond, MaxBackoff: time.Millisecond}
	var p cgw.Provisioner
	if provider == cgw.Tencent {
		p, err = tencent.New(tencent.Config{
			Region: "ap-guangzhou", Credentials: tencent.StaticCredentials(keyID, key, ""), HTTPClient: client, Retry: quick,
		})
	} else {
		p, err = alibaba.New(alibaba.Config{
			Region: "cn-hangzhou", Credentials: alibaba.StaticCredentials(keyID, key, ""), HTTPClient: client, Retry: quick,
		})
	}
	return p, stop, err
}

// authKey is the BGP key of the site on Alibaba: made up, and not to be found in a cassette.
const authKey = "madeUpBGPKey"

// tour is the program under test.
func tour(ctx context.Context, out io.Writer, p cgw.Provisioner) error {
	req := cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "branch-berlin", ASN: 65010, Tags: map[string]string{"site": "berlin"},
	}
	if !cgw.RulesOf(p).AuthKey.Unsupported {
		req.AuthKey = authKey
	}
	g, err := p.Create(ctx, req)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: created %s %s at %s, ASN %s\n", g.Provider, g.ID, g.Name, g.IPAddress, g.ASN)

	var e *cgw.Error
	if _, err = p.Create(ctx, req); !errors.As(err, &e) {
		return fmt.Errorf("a second create returned %w", err)
	}
	fmt.Fprintf(out, "%s: again: %v (%s), held by %v\n", g.Provider, e.Kind, e.Code, e.ConflictingIDs)

	name := "berlin-mitte"
	if g, err = p.Update(ctx, g.ID, cgw.UpdateRequest{Name: &name, Tags: map[string]string{"site": "mitte"}}); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: renamed to %s, tags %v\n", g.Provider, g.Name, g.Tags)
	if err := p.Delete(ctx, g.ID); err != nil {
		return err
	}
	_, err = p.Get(ctx, g.ID)
	fmt.Fprintf(out, "%s: deleted; not found: %t\n", g.Provider, errors.Is(err, cgw.ErrNotFound))
	return nil
}
