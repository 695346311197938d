// Emulator serves both clouds' APIs on fixed loopback ports, for programs in other languages.
//
//	go run ./examples/emulator -state clouds.json -control
//
// It prints the endpoints and the credentials to use; -h lists the flags. With -state it reads
// the state from that JSON file, if it exists, and writes it when it ends (on an interrupt, or
// with -until-eof at the end of standard input). With -control it serves the control interface
// of docs/testing.md. -tls serves HTTPS with the certificate that -cert writes.
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
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/internal/emulator"
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

// clouds is the content of the state file.
type clouds struct {
	Tencent *tencenttest.State `json:"tencent"`
	Alibaba *alibabatest.State `json:"alibaba"`
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	o, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := load(o.state)
	if err != nil {
		return err
	}
	o.tencent.State, o.alibaba.State = c.Tencent, c.Alibaba
	tc, err := listen("tencent", o.tencent.Addr, func() *tencenttest.Server { return tencenttest.NewServer(o.tencent) })
	if err != nil {
		return err
	}
	defer tc.Close()
	ali, err := listen("alibaba", o.alibaba.Addr, func() *alibabatest.Server { return alibabatest.NewServer(o.alibaba) })
	if err != nil {
		return err
	}
	defer ali.Close()
	if o.cert != "" {
		// Both servers use the same certificate: that of net/http/httptest.
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tc.Certificate().Raw})
		if err := os.WriteFile(o.cert, block, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Tencent Cloud  endpoint %s  region %s  secret ID %s  secret key %s\n", tc.URL, tc.Location().Region, o.tencent.SecretID, o.tencent.SecretKey)
	fmt.Fprintf(out, "Alibaba Cloud  endpoint %s  region %s  access key ID %s  access key secret %s\n", ali.URL, ali.Location().Region, o.alibaba.AccessKeyID, o.alibaba.AccessKeySecret)
	wait(ctx, o, in, func() {
		for _, cloud := range []cgwtest.Emulator{tc, ali} {
			// With the control interface, a test may still read the requests.
			if !o.tencent.Control || len(cloud.Requests()) > maxRequests {
				cloud.ResetRequests()
			}
		}
	})
	return save(o.state, c)
}

// maxRequests is how many requests are kept for the control interface. If there are more, all are
// dropped.
const maxRequests = 100_000

// listen starts a server. If a server cannot listen, it panics, like those of net/http/httptest;
// listen returns that as an error.
func listen[S any](name, addr string, start func() S) (s S, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("-%s %s: %v; choose another address with the flag -%s, such as 127.0.0.1:0 for a free port", name, addr, p, name)
		}
	}()
	return start(), nil
}

// wait returns when the program has to end. It calls forget from time to time, because the
// emulators record every request, and this program may run for weeks.
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
	if err := emulator.Decode(b, &c); err != nil { // the error names the field, also if the file was cut
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
		_ = os.Remove(tmp.Name()) // err is the error to report
	}
	return err
}
