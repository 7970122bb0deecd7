package lobby

import "time"

// DenyFor makes cfg's room heed a server sooner that refuses a guest.
func (c *Config) DenyFor(d time.Duration) { c.deniedFor = d }
