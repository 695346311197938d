package reliability_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun/credentials-go/credentials"
	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// keys are credentials that change. It is a provider of keys for the SDK of Tencent.
type keys struct {
	mu    sync.Mutex
	turns int
	set   func(id, secret, token string) // tells the service
	id    string
}

func (k *keys) now() (id, secret, token string) {
	return k.id, secretKey + strconv.Itoa(k.turns), stsToken + strconv.Itoa(k.turns)
}

// rotate makes new keys. Requests on their way with the old ones are refused.
func (k *keys) rotate() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turns++
	k.set(k.now())
}

// GetCredential implements common.Provider.
func (k *keys) GetCredential() (common.CredentialIface, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return common.NewTokenCredential(k.now()), nil
}

// alibabaKeys are keys in the form of the SDK of Alibaba.
type alibabaKeys struct {
	credentials.Credential
	keys *keys
}

func (a alibabaKeys) GetCredential() (*credentials.CredentialModel, error) {
	a.keys.mu.Lock()
	defer a.keys.mu.Unlock()
	id, secret, token := a.keys.now()
	kind := "sts"
	return &credentials.CredentialModel{AccessKeyId: &id, AccessKeySecret: &secret, SecurityToken: &token, Type: &kind}, nil
}

// soakService is a service that runs for a long time: an emulator behind a server that closes
// connections, mutes them, or announces that it will close them.
type soakService struct {
	*service
	*keys
	cloud         *cloud
	handler       atomic.Pointer[http.Handler] // of the service
	server        *httptest.Server
	opened, under atomic.Int64 // open connections, requests in flight
	requests      atomic.Int64
	events        struct{ closed, muted, left, keys atomic.Int64 }
	calm          atomic.Bool // nothing happens to connections
}

// muteConn is a connection. Once it is mute, nothing that is sent on it arrives.
type muteConn struct {
	net.Conn
	mute atomic.Bool
}

func (c *muteConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.mute.Load() {
			return n, err
		}
	}
}

func (c *muteConn) Write(p []byte) (int, error) {
	if c.mute.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

type muteListener struct{ net.Listener }

func (l muteListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &muteConn{Conn: c}, nil
}

type connKey struct{}

// startSoak starts a service over HTTP/2, or over HTTP/1.1 without TLS.
func startSoak(c *cloud, http2 bool) *soakService {
	s := &soakService{cloud: c, keys: &keys{id: tencenttest.DefaultSecretID}}
	if c.name == "alibaba" {
		s.id = alibabatest.DefaultAccessKeyID
	}
	s.use(c.start(options{transport: memory}))
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		s.under.Add(1)
		defer s.under.Add(-1)
		conn := r.Context().Value(connKey{}).(*muteConn)
		if !s.calm.Load() {
			switch rand.IntN(1000) {
			case 0:
				s.events.closed.Add(1)
				_ = conn.Close()
			case 1:
				s.events.muted.Add(1)
				conn.mute.Store(true)
			case 2, 3, 4:
				s.events.left.Add(1)
				w.Header().Set("Connection", "close") // over HTTP/2 this is a GOAWAY
			case 5:
				s.events.muted.Add(1)
				defer conn.mute.Store(true) // the reply may still arrive
			}
		}
		(*s.handler.Load()).ServeHTTP(w, r)
	}))
	s.server.Listener = muteListener{s.server.Listener}
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.server.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if t, ok := conn.(*tls.Conn); ok {
			conn = t.NetConn()
		}
		return context.WithValue(ctx, connKey{}, conn)
	}
	s.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.opened.Add(1)
		case http.StateClosed, http.StateHijacked:
			s.opened.Add(-1)
		}
	}
	if http2 {
		s.server.EnableHTTP2 = true
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	return s
}

// client returns nil over HTTP/1.1: the Provisioner then has a pool of its own.
func (s *soakService) client() *http.Client {
	if !s.server.EnableHTTP2 {
		return nil
	}
	t := s.server.Client().Transport.(*http.Transport).Clone()
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: time.Second, PingTimeout: time.Second}
	return &http.Client{Transport: t}
}

// connect returns a Provisioner with the keys that change.
func (s *soakService) connect(t *testing.T, c *cloud, set settings) provisioner {
	t.Helper()
	if c.name == "alibaba" {
		p, err := alibaba.New(alibaba.Config{
			Region: alibabatest.DefaultRegion, Endpoint: s.server.URL,
			Credentials: alibabaKeys{alibaba.StaticCredentials(s.id, secretKey, stsToken), s.keys},
			HTTPClient:  set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
		})
		require.NoError(t, err)
		return p
	}
	p, err := tencent.New(tencent.Config{
		Region: tencenttest.DefaultRegion, Endpoint: s.server.URL, Credentials: tencent.ProviderCredentials(s.keys),
		HTTPClient: set.client, AttemptTimeout: set.timeout, Retry: set.retry, Limiter: set.limiter,
	})
	require.NoError(t, err)
	return p
}

// rest stops all faults, and waits until no request is in flight.
func (s *soakService) rest(t *testing.T) {
	t.Helper()
	s.calm.Store(true)
	s.ClearFaults()
	require.Eventually(t, func() bool { return s.under.Load() == 0 }, time.Minute, time.Millisecond)
}

// use makes next answer the requests from now on, with new keys. No request may be in flight.
func (s *soakService) use(next *service) {
	s.service = next
	s.set = next.emulator.(interface{ SetCredentials(_, _, _ string) }).SetCredentials
	s.rotate()
	handler := next.base().(direct).handler
	s.handler.Store(&handler)
}

// empty replaces the emulator, which remembers every nonce and token, by a new one. The new one
// continues the count of gateways, so that no ID is used twice.
func (s *soakService) empty(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(s.emulator)
	require.NoError(t, err)
	var state map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &state))
	state["gateways"] = json.RawMessage("[]")
	if _, ok := state["tokens"]; ok {
		state["tokens"] = json.RawMessage("{}")
	}
	text, err = json.Marshal(state)
	require.NoError(t, err)
	next := s.cloud.start(options{transport: memory})
	require.NoError(t, json.Unmarshal(text, next.emulator))
	s.use(next)
	s.calm.Store(false)
}
