package emulator

import "time"

// bucket is a token bucket that holds one second's worth of requests.
type bucket struct {
	tokens float64
	last   time.Time
}

// Rate returns how many requests a second of the action are allowed; 0: any number.
func (c *Core) Rate(action string) int {
	s := c.current()
	if rate, ok := s.Rates[action]; ok {
		return rate
	}
	return s.Rate
}

// Allow reports whether one more request of the action is within its rate, by the emulated
// clock.
func (c *Core) Allow(action string) bool {
	rate, now := c.Rate(action), c.Now()
	if rate <= 0 {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.buckets[action]
	if b == nil {
		b = &bucket{tokens: float64(rate), last: now}
		if c.buckets == nil {
			c.buckets = map[string]*bucket{}
		}
		c.buckets[action] = b
	}
	if now.After(b.last) { // a clock that is set back takes no tokens away
		b.tokens += now.Sub(b.last).Seconds() * float64(rate)
	}
	b.tokens = min(float64(rate), b.tokens)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// refill fills all buckets.
func (c *Core) refill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buckets = nil
}
