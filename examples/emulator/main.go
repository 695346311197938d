// Emulator serves both clouds' APIs on fixed loopback ports, for tools that are not Go.
//
//	go run ./examples/emulator -state clouds.json
//
// It prints the endpoints and the credentials to use. With -state it starts from that JSON file,
// if it is there, and writes it on the way out (interrupt, or the end of standard input with
// -until-eof). -tls serves HTTPS with the certificate that -cert writes.
package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// options are the flags.
type options struct {
	tencentAddr, alibabaAddr string
	state, cert              string
	tls, untilEOF            bool
	latency                  time.Duration
}

// clouds is what the state file holds.
type clouds struct {
	Tencent *tencenttest.State `json:"tencent"`
	Alibaba *alibabatest.State `json:"alibaba"`
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) (err error) {
	var o options
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.StringVar(&o.tencentAddr, "tencent", "127.0.0.1:7301", "`host:port` of the Tencent Cloud API")
	flags.StringVar(&o.alibabaAddr, "alibaba", "127.0.0.1:7302", "`host:port` of the Alibaba Cloud API")
	flags.StringVar(&o.state, "state", "", "JSON `file` to start from and to write at the end")
	flags.BoolVar(&o.tls, "tls", false, "serve HTTPS")
	flags.StringVar(&o.cert, "cert", "", "with -tls: `file` to write the certificate to, as PEM")
	flags.BoolVar(&o.untilEOF, "until-eof", false, "end with standard input")
	flags.DurationVar(&o.latency, "latency", 0, "wait before every reply")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	c, err := load(o.state)
	if err != nil {
		return err
	}

	// A server panics when it cannot listen, as those of net/http/httptest do.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	tc := tencenttest.NewServer(tencenttest.Options{State: c.Tencent, Addr: o.tencentAddr, PlainHTTP: !o.tls, Latency: o.latency})
	defer tc.Close()
	ali := alibabatest.NewServer(alibabatest.Options{State: c.Alibaba, Addr: o.alibabaAddr, PlainHTTP: !o.tls, Latency: o.latency})
	defer ali.Close()
	if o.tls && o.cert != "" {
		// Both use the one certificate of net/http/httptest.
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tc.Certificate().Raw})
		if err := os.WriteFile(o.cert, block, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Tencent Cloud  endpoint %s  region %s  secret ID %s  secret key %s\n", tc.URL, tencenttest.DefaultRegion, tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey)
	fmt.Fprintf(out, "Alibaba Cloud  endpoint %s  region %s  access key ID %s  access key secret %s\n", ali.URL, alibabatest.DefaultRegion, alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret)
	wait(ctx, o, in, func() {
		c.Tencent.ResetRequests()
		c.Alibaba.ResetRequests()
	})
	return save(o.state, c)
}

// wait returns when the program shall end. It calls forget from time to time: the emulators note
// every request, for tests, and this program may run for weeks.
func wait(ctx context.Context, o options, in io.Reader, forget func()) {
	eof := make(chan struct{})
	if o.untilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, in)
			close(eof)
		}()
	}
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-eof:
			return
		case <-minute.C:
			forget()
		}
	}
}

func load(file string) (clouds, error) {
	c := clouds{Tencent: &tencenttest.State{}, Alibaba: &alibabatest.State{}}
	if file == "" {
		return c, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// save replaces the file in one step, so that a crash leaves the old state or the new one.
func save(file string, c clouds) error {
	if file == "" {
		return nil
	}
	b, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(append(b, '\n'))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the error that counts is the first
	}
	return err
}
