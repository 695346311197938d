package schedules_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/reliability/schedules"
)

// spec is the request of every create.
var spec = cgw.CreateRequest{
	IPAddress: netip.MustParseAddr("203.0.113.1"), Name: "office-1", ASN: 64512, Tags: map[string]string{"env": "test"},
}

func gateway(change func(*cgw.Gateway)) cgw.Gateway {
	g := cgw.Gateway{Name: spec.Name, IPAddress: spec.IPAddress, ASN: spec.ASN, Tags: spec.Tags}
	if change != nil {
		change(&g)
	}
	return g
}

func otherName(g *cgw.Gateway) { g.Name = "theirs" }
func noTags(g *cgw.Gateway)    { g.Tags = nil }
func otherTag(g *cgw.Gateway)  { g.Tags = map[string]string{"env": "theirs"} }
func otherASN(g *cgw.Gateway)  { g.ASN = 64999 }
func noASN(g *cgw.Gateway)     { g.ASN = 0 }

// place describes the address: the gateway there before the call, and what other programs do there
// meanwhile.
type place struct {
	name   string
	ready  func(*testing.T, *service, provisioner) // before the call
	others []other
	// strict says that the place needs a service that refuses a second gateway at an address.
	strict bool
}

func held(age time.Duration, change func(*cgw.Gateway)) func(*testing.T, *service, provisioner) {
	return func(_ *testing.T, s *service, _ provisioner) { s.make(foreign, gateway(change), age) }
}

// makes is another program that makes a gateway, unless the service refuses it.
func makes(name string, change func(*cgw.Gateway), life time.Duration) other {
	return other{name, func(s *service) {
		if !s.loose && len(s.held()) > 0 {
			return
		}
		r := s.make(foreign, gateway(change), 0)
		if life > 0 {
			s.late = append(s.late, delayed{s.now().Add(life), func() { s.remove(foreign, r) }})
		}
	}}
}

// leaves is another program that deletes its gateway.
var leaves = other{"the holder deletes its gateway", func(s *service) {
	if r := s.find(func(r *row) bool { return r.by != us }); r != nil {
		s.remove(foreign, r)
		s.left = true
	}
}}

var places = []place{
	{name: "free", others: []other{
		makes("another makes one of another name", otherName, 0),
		makes("another makes the same", nil, 0),
		makes("another makes the same without tags", noTags, 0),
		makes("another makes the same and deletes it", nil, 50*time.Millisecond),
	}},
	{name: "held, another name", ready: held(time.Hour, otherName), others: []other{leaves}},
	{name: "held, another name, made just now", ready: held(300*time.Millisecond, otherName), others: []other{leaves}},
	{name: "held, the same", ready: held(time.Hour, nil), others: []other{leaves}},
	{name: "held, the same, 2.1 s old", ready: held(2100*time.Millisecond, nil), others: []other{leaves}},
	{name: "held, the same without tags, made just now", ready: held(300*time.Millisecond, noTags), others: []other{leaves}},
	{name: "held, another tag, made just now", ready: held(300*time.Millisecond, otherTag), others: []other{leaves}},
	{name: "held, another ASN", ready: held(time.Hour, otherASN), others: []other{leaves}},
	{name: "held, no ASN, made just now", ready: held(300*time.Millisecond, noASN), others: []other{leaves}},
	{name: "held, the same, of another call of the Provisioner", ready: func(t *testing.T, s *service, p provisioner) {
		if err := s.call(t.Context(), p, sibling); err != nil {
			t.Fatal(err)
		}
	}, others: []other{leaves}},
	{name: "held, the same, of another call that found it", strict: true, ready: func(t *testing.T, s *service, p provisioner) {
		s.cut = true
		if err := s.call(t.Context(), p, sibling); err != nil && s.lag < patience && !s.noDate && !s.forms {
			t.Fatal(err)
		}
	}, others: []other{leaves}},
	{name: "held, the same, of another call that ended as unknown", ready: func(t *testing.T, s *service, p provisioner) {
		ctx, cancel := context.WithTimeout(t.Context(), latency*3/4) // after the commit
		defer cancel()
		if err := s.call(ctx, p, unsure); cgw.OutcomeOf(err) != cgw.OutcomeUnknown {
			t.Fatal(err)
		}
	}, others: []other{leaves}},
}

// call runs another Create of the Provisioner, with the same fields, before the call under test.
func (s *service) call(ctx context.Context, p provisioner, by maker) error {
	script := s.script
	s.script, s.as = new(schedules.Script), by
	_, err := p.Create(ctx, spec)
	s.script, s.as, s.sent, s.lost, s.failed = script, us, nil, 0, nil
	return err
}

// sites returns all behaviours of a service.
//
// It leaves out combinations that add nothing:
//   - forms and noDate come without a lag: nothing can be proven on such a service, so a look ends
//     in the same way, only later.
//   - loose comes only with lags below the patience: with longer ones, all looks end before reads
//     show the gateway.
//   - forgets and loose do not come together: Alibaba then behaves like a loose Tencent.
//   - A read has no commit: before and after it are the same. So are the end of the context before
//     and after a read's commit.
//   - Another program writes just before a request of the call. The exact time between two
//     requests makes no difference.
//   - A fault of one read in a list of several pages is in the tests of package operation: here
//     there is one gateway at an address, or two.
func sites() (all []site) {
	for _, c := range clouds() {
		for _, lag := range []time.Duration{0, littleLag, 2 * time.Second, 8 * time.Second, 20 * time.Second} {
			all = append(all, site{cloud: c, lag: lag})
		}
		all = append(all, site{cloud: c, loose: true}, site{cloud: c, loose: true, lag: littleLag}, site{cloud: c, loose: true, lag: 2 * time.Second}, site{cloud: c, noDate: true}, site{cloud: c, forms: true})
		if c.Tokens {
			all = append(all, site{cloud: c, forgets: true}, site{cloud: c, forgets: true, lag: 2 * time.Second})
		}
	}
	return all
}

// littleLag, and the 0.1 s by which some requests take effect late, are shorter than the 200 ms
// that cgw waits before it repeats a create without a token. patience is how long it looks at the
// end.
const (
	littleLag = 50 * time.Millisecond
	patience  = 6200 * time.Millisecond
)

func (s site) String() string {
	name := fmt.Sprintf("%s, reads lag %v", s.provider, s.lag)
	for _, p := range []struct {
		is   bool
		text string
	}{{s.loose, ", allows two"}, {s.noDate, ", does not tell its clock"}, {s.forgets, ", forgets tokens"}, {s.forms, ", writes names in its own way"}} {
		if p.is {
			name += p.text
		}
	}
	return name
}

// creation is a create that has run.
type creation struct {
	*service
	place
	start time.Time
	took  time.Duration
	g     cgw.Gateway
	err   error
}

// String returns the schedule and its result.
func (c creation) String() string { return fmt.Sprintf("%v: %q, %v", c.service, c.g.ID, c.err) }

// runCreate runs one schedule of a create. The first fault strikes inRow requests in a row; 0:
// one.
func runCreate(t *testing.T, at site, p place, script *schedules.Script, inRow int) creation {
	now := time.Now()
	time.Sleep(now.Truncate(time.Second).Add(1500 * time.Millisecond).Sub(now)) // so that the call does not begin at a full second
	s := &service{site: at, script: script, tokens: map[string]*row{}, as: us, others: p.others}
	pr := s.connect()
	if p.ready != nil {
		p.ready(t, s, pr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.cancel, s.inRow = cancel, inRow
	c := creation{service: s, place: p, start: time.Now()}
	c.g, c.err = pr.Create(ctx, spec)
	c.took = time.Since(c.start)
	s.finish(ctx, c.err)
	return c
}

// finish checks the end of a call whose context may have ended. Then it lets every late event
// happen.
func (s *service) finish(ctx context.Context, err error) {
	if s.ending != nil {
		s.ending.Stop()
	}
	if ctx.Err() != nil {
		s.ended = s.stopped
	}
	if !s.ended.IsZero() && err != nil {
		if !time.Now().Equal(s.ended) {
			s.faultf("it ended %v after its context", time.Since(s.ended))
		}
		if !errors.Is(err, context.Canceled) {
			s.faultf("the error is not of the context: %v", err)
		}
	}
	s.script = new(schedules.Script)
	s.settle(time.Now().Add(time.Hour))
}
