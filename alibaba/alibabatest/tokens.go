package alibabatest

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// token is a ClientToken that was used.
type token struct {
	hash    string // of the parameters
	running bool
	at      time.Time // when the request took effect
	gateway Gateway   // the result, without the AuthKey
}

// claim is the hold of one request on its token. The zero claim holds nothing.
type claim struct {
	key     string   // "" when nothing is held
	replay  *Gateway // the result of the request that used the token
	refusal *refusal
	hash    string
}

// claim takes the token of a write. The same token in different actions counts as different
// tokens; no document says whether that is so.
func (h *handler) claim(op operation, req *request) *claim {
	text := req.params["ClientToken"]
	if op.write == nil || text == "" || !fits(h.rules.ClientToken, text) {
		return &claim{}
	}
	return h.state.claim(req.action+" "+text, fingerprint(op, req.params), h.Now(), h.TokenLife)
}

// fingerprint identifies the parameters of a request, independent of its signature and form. It
// is a hash, so that the state does not keep an AuthKey for longer than its gateway.
func fingerprint(op operation, p params) string {
	asked := params{"RegionId": p["RegionId"]}
	for name, value := range p {
		for _, known := range op.params {
			if pattern(name) == known {
				asked[name] = value
			}
		}
	}
	sum := sha256.Sum256([]byte(asked.canonical()))
	return hex.EncodeToString(sum[:])
}

func (s *State) claim(key, hash string, now time.Time, life time.Duration) *claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[key]
	if t != nil && !t.running && life > 0 && now.Sub(t.at) > life {
		t = nil
	}
	switch {
	case t == nil:
		if s.tokens == nil {
			s.tokens = map[string]*token{}
		}
		s.tokens[key] = &token{hash: hash, running: true}
		return &claim{key: key, hash: hash}
	case t.hash != hash:
		return &claim{refusal: refuse("IdempotentParameterMismatch")}
	case t.running:
		return &claim{refusal: refuse("LastTokenProcessing")}
	}
	g := t.gateway
	return &claim{replay: &g}
}

// settle keeps the result of the request that holds the token.
func (s *State) settle(c *claim, g Gateway, now time.Time) {
	if c.key == "" {
		return
	}
	g.AuthKey, g.Tags = "", nil // no reply to a write has them
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[c.key] = &token{hash: c.hash, at: now, gateway: g}
}

// release frees the token if the request had no effect.
func (s *State) release(c *claim) {
	if c.key == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[c.key]; t != nil && t.running {
		delete(s.tokens, c.key)
	}
}
