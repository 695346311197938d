// Package windtest emulates the clouds of packages northwind and southwind, which do not exist.
// It serves the state of a cgwtest.Fake, with the faults of an emulator.Core.
package windtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/internal/operation"
)

// Constants of both services.
const (
	Key     = "windKey/of+tests&a%b" // the key that both services accept
	Region  = "wind-1"               // their only region
	PageCap = 10                     // gateways on a page
)

// Service is an http.Handler that answers as one of the clouds. Its Fake may be set up before it
// is used; it is then safe for concurrent use.
type Service struct {
	emulator.Core
	Fake cgwtest.Fake

	api         api
	codes       []code
	mu          sync.Mutex // also makes a change of tags one step
	connections map[string][]string
	replies     int
}

// api reads the requests of a service and writes its replies.
type api struct {
	action func(*http.Request) string
	key    func(*http.Request) string
	do     func(context.Context, *Service, *http.Request, []byte) (any, error)
	reply  func(requestID string, result any) emulator.Reply
	refuse func(requestID string, c code) emulator.Reply
}

// code is an error code of a service.
type code struct {
	code    string
	status  int
	kind    error
	meaning wire.Meaning
}

func newService(rules cgw.Rules, a api, codes []code) *Service {
	s := &Service{Fake: cgwtest.Fake{Like: rules, Region: Region}, api: a, codes: codes, connections: map[string][]string{}}
	s.Fake.Now = s.Now
	return s
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	action := s.api.action(r)
	if s.api.key(r) != Key {
		s.Refuse(w, action, s.refuse(s.codeOf(cgw.ErrUnauthenticated)))
		return
	}
	ctx := context.WithoutCancel(r.Context()) // a client that is gone does not undo a write
	s.Run(w, r, action, func() emulator.Reply {
		result, err := s.api.do(ctx, s, r, body)
		if err != nil {
			return s.refuse(s.codeOf(err))
		}
		return s.api.reply(s.requestID(), result)
	}, s.refuse)
}

// Action returns the action of a request to either service.
func Action(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/regions/") {
		return southAction(r)
	}
	return northAction(r)
}

// Inject adds faults. It panics if one is wrong.
func (s *Service) Inject(faults ...wire.Fault) {
	codes := emulator.Codes{}
	for _, c := range s.codes {
		codes[c.meaning] = emulator.Code{Code: c.code}
	}
	if err := s.Core.Inject(codes, faults...); err != nil {
		panic(err)
	}
}

// AddConnection adds a connection that uses the gateway, and returns the connection's ID.
func (s *Service) AddConnection(gatewayID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.Fake.Connect(gatewayID)
	s.connections[gatewayID] = append(s.connections[gatewayID], id)
	return id
}

// Gateways returns all gateways, also those that reads do not show yet.
func (s *Service) Gateways() (all []cgw.Gateway) {
	for range s.Fake.ReadLag + 1 {
		all = s.list(context.Background(), cgw.Filter{})
	}
	return all
}

func (s *Service) list(ctx context.Context, f cgw.Filter) []cgw.Gateway {
	all, err := cgw.Collect(s.Fake.List(ctx, f))
	if err != nil {
		panic(fmt.Errorf("windtest: %w", err)) // no faults of the Fake are set
	}
	for i := range all {
		all[i] = shown(all[i])
	}
	return all
}

// shown returns a gateway as replies show it.
func shown(g cgw.Gateway) cgw.Gateway {
	g.Provider, g.Region, g.RequestID = "", "", ""
	return g
}

// changeTags sets and removes tags.
func (s *Service) changeTags(ctx context.Context, id string, set []operation.Tag, remove []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.Fake.Update(ctx, id, cgw.UpdateRequest{})
	if err != nil {
		return err
	}
	tags := map[string]string{}
	for k, v := range g.Tags {
		tags[k] = v
	}
	for _, k := range remove {
		delete(tags, k)
	}
	for _, t := range set {
		tags[t.Key] = t.Value
	}
	_, err = s.Fake.Update(ctx, id, cgw.UpdateRequest{Tags: tags})
	return err
}

func (s *Service) connectionsOf(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.connections[id]...)
}

func (s *Service) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies++
	return fmt.Sprintf("wind-request-%d", s.replies)
}

// codeOf returns the code of an error: the first whose kind it is.
func (s *Service) codeOf(err error) string {
	for _, c := range s.codes {
		if errors.Is(err, c.kind) {
			return c.code
		}
	}
	return s.codeOf(cgw.ErrUnavailable)
}

// message returns the text of a refusal. Like some real services, these repeat the key in one of
// them.
func (c code) message() string {
	if c.meaning == wire.Throttled {
		return "too many requests with the key " + Key
	}
	return "refused with " + c.code
}

// refuse answers a code. One that the service does not have is answered with the status 400.
func (s *Service) refuse(name string) emulator.Reply {
	answer := code{code: name, status: http.StatusBadRequest}
	for _, c := range s.codes {
		if c.code == name {
			answer = c
		}
	}
	return s.api.refuse(s.requestID(), answer)
}
