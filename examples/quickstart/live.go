package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/tencent"
)

// closer is a Provisioner that has to be closed.
type closer interface {
	cgw.Provisioner
	io.Closer
}

// dialer returns a Provisioner for a region of a cloud.
type dialer func(ctx context.Context, cloud cgw.Provider, region string) (closer, error)

// The variables that a new user sets. DefaultCredentials looks in more places.
const (
	tencentVariables = "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY"
	alibabaVariables = "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET"
)

// live does the job on a real cloud. It first prints what it will do.
func live(ctx context.Context, out io.Writer, connect dialer, cloud cgw.Provider, region, ip, name string) error {
	if cloud != cgw.Tencent && cloud != cgw.Alibaba {
		return fmt.Errorf("-live %s: there are tencent and alibaba", cloud)
	}
	var missing []error
	for _, f := range []struct{ flag, value string }{{"-region", region}, {"-ip", ip}, {"-name", name}} {
		if f.value == "" {
			missing = append(missing, fmt.Errorf("-live needs %s", f.flag))
		}
	}
	if missing != nil {
		return errors.Join(missing...)
	}
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return fmt.Errorf("-ip: %w", err)
	}
	fmt.Fprintf(out, `On %s in %s, with the credentials of this environment, this
  1. creates the customer gateway %q at %s,
  2. asks for the same address again, which the cloud should refuse,
  3. asks for a gateway at 127.0.0.1, which is refused before it is sent,
  4. deletes what it created, and nothing else.

`, cloud, region, name, address)
	p, err := connect(ctx, cloud, region)
	if err != nil {
		return err
	}
	defer p.Close()
	return tour(ctx, out, []cgw.Provisioner{p}, cgw.CreateRequest{IPAddress: address, Name: name})
}

// dial finds credentials and makes a Provisioner with them. It writes nothing.
func dial(ctx context.Context, cloud cgw.Provider, region string) (closer, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // a metadata service may not answer
	defer cancel()
	if cloud == cgw.Tencent {
		cred, err := tencent.DefaultCredentials(ctx)
		if err != nil {
			return nil, fmt.Errorf("nothing was done: no credentials, set %s: %w", tencentVariables, err)
		}
		return tencent.New(tencent.Config{Region: region, Credentials: cred})
	}
	cred, err := alibaba.DefaultCredentials(ctx)
	if err != nil {
		return nil, fmt.Errorf("nothing was done: no credentials, set %s: %w", alibabaVariables, err)
	}
	return alibaba.New(alibaba.Config{Region: region, Credentials: cred})
}
