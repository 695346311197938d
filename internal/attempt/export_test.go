package attempt

// Addresses returns how many addresses have a call, or are held by mistake.
func (c *Claims) Addresses() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.turns)
}
