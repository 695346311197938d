package operation

// addresses returns how many addresses have a call, or are held by mistake.
func (c *claims) addresses() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.turns)
}
