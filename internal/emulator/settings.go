package emulator

import (
	"log"
	"maps"
	"time"
)

// Settings configure the emulated service. They can change while it serves.
type Settings struct {
	Region      string
	Clock       func() time.Time // nil: time.Now
	Latency     time.Duration    // added to every request, before it takes effect
	Rate        int              // requests a second for each action; 0: any number
	Rates       map[string]int   // rates of single actions, in place of Rate
	Credentials Credentials
	ErrorLog    *log.Logger // of panics in the handler; nil: the standard logger
}

// Credentials are those that requests must be signed with.
type Credentials struct {
	ID, Secret, Token string // Token is "" for permanent ones
}

func (s Settings) clone() Settings {
	s.Rates = maps.Clone(s.Rates)
	return s
}

// Configure sets the settings that the core starts with and that Reset restores.
func (c *Core) Configure(s Settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start, c.settings, c.buckets = s.clone(), s.clone(), nil
}

// current returns the settings as they are. Its map must not be changed.
func (c *Core) current() Settings {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings
}

// change replaces the settings. The rates are copied before f sees them.
func (c *Core) change(f func(*Settings)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.settings.clone()
	f(&next)
	c.settings = next
}

// Now returns the time by the emulated service's clock.
func (c *Core) Now() time.Time {
	if clock := c.current().Clock; clock != nil {
		return clock()
	}
	return time.Now()
}

// Region returns the only region of the service; "" before Configure.
func (c *Core) Region() string { return c.current().Region }

// Latency returns the delay that is added to every request.
func (c *Core) Latency() time.Duration { return c.current().Latency }

// Credentials returns those that requests must be signed with now.
func (c *Core) Credentials() Credentials { return c.current().Credentials }

// SetCredentials changes them for the requests from now on.
func (c *Core) SetCredentials(id, secret, token string) {
	c.change(func(s *Settings) { s.Credentials = Credentials{ID: id, Secret: secret, Token: token} })
}

// SetClock changes the clock; nil: time.Now.
func (c *Core) SetClock(now func() time.Time) { c.change(func(s *Settings) { s.Clock = now }) }

// SetLatency changes the latency for the requests from now on.
func (c *Core) SetLatency(d time.Duration) { c.change(func(s *Settings) { s.Latency = d }) }

// SetRate changes the rate of an action, or, with "", of all that have none of their own. The
// buckets start full.
func (c *Core) SetRate(action string, perSecond int) {
	c.change(func(s *Settings) {
		if action == "" {
			s.Rate = perSecond
			return
		}
		if s.Rates == nil {
			s.Rates = map[string]int{}
		}
		s.Rates[action] = perSecond
	})
	c.refill()
}

// SetRates replaces all rates.
func (c *Core) SetRates(perSecond int, actions map[string]int) {
	c.change(func(s *Settings) { s.Rate, s.Rates = perSecond, maps.Clone(actions) })
	c.refill()
}
