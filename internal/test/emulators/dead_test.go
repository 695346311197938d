package emulators

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// relay passes connections on to a server, until it is told to swallow what those that exist bring.
type relay struct {
	net.Listener
	to string

	mu    sync.Mutex
	mute  int // connections up to this number are dead
	conns int
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // for the time of the test
	require.NoError(t, err)
	r := &relay{Listener: l, to: strings.TrimPrefix(to, "http://")}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns++
			n := r.conns
			r.mu.Unlock()
			go r.pass(c, n)
		}
	}()
	return r
}

func (r *relay) pass(c net.Conn, n int) {
	defer c.Close()
	out, err := net.Dial("tcp", r.to) //nolint:noctx // as above
	if err != nil {
		return
	}
	defer out.Close()
	go func() { _, _ = io.Copy(c, out) }()
	buf := make([]byte, 64<<10)
	for {
		k, err := c.Read(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		dead := n <= r.mute
		r.mu.Unlock()
		if dead {
			continue // without a word
		}
		if _, err := out.Write(buf[:k]); err != nil {
			return
		}
	}
}

func (r *relay) killAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mute = r.conns
}

// TestCreateOverADeadConnection: a connection that is dead without a word costs one attempt, on the
// Provisioner's own pool. The create makes one gateway, and calls after it do not meet the dead one.
func TestCreateOverADeadConnection(t *testing.T) {
	var repeats []string // of Get
	observe := func(_ context.Context, a cgw.Attempt) {
		if a.Op == cgw.OpGet && a.Number > 1 {
			repeats = append(repeats, a.Action)
		}
	}
	const timeout = 500 * time.Millisecond
	each(t, options{}, func(t *testing.T, server cgwtest.Emulator) {
		r := newRelay(t, server.Endpoint())
		endpoint := "http://" + r.Addr().String()
		var p cgw.Provisioner
		var err error
		switch s := server.(type) {
		case *tencenttest.Server:
			cfg := s.Config()
			cfg.Endpoint, cfg.HTTPClient, cfg.AttemptTimeout, cfg.Observe = endpoint, nil, timeout, observe
			p, err = tencent.New(cfg)
		case *alibabatest.Server:
			cfg := s.Config()
			cfg.Endpoint, cfg.HTTPClient, cfg.AttemptTimeout, cfg.Observe = endpoint, nil, timeout, observe
			p, err = alibaba.New(cfg)
		}
		require.NoError(t, err)
		req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"}
		first, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		r.killAll()

		req.IPAddress = req.IPAddress.Next()
		_, err = p.Create(t.Context(), req)
		require.NoError(t, err)
		_, err = p.Get(t.Context(), first.ID)
		require.NoError(t, err)
		require.Empty(t, repeats, "it met the dead connection again")
		require.Len(t, server.ListGateways(), 2)
	})
}
