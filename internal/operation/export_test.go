package operation

// Remembered returns how many gateways the Engine remembers writes of.
func (e *Engine) Remembered() int { return len(e.recent.older) + len(e.recent.newest) }
