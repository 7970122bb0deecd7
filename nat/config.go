package nat

import (
	"fmt"
	"log/slog"
	"time"
)

// Limits of [Config].
const (
	// MaxTime is the longest, and the default, [Config.Timeout].
	MaxTime = 2 * time.Second
	// MaxServers is the largest number of [Config.Servers].
	MaxServers = 8
	// MaxTargets is the largest number of addresses that one family of a probe,
	// or one Survey, asks.
	MaxTargets = 2 * MaxServers
)

// Config says whom [Probe] asks. The zero value works, but asks nobody and says
// so in the verdict.
type Config struct {
	// Servers are STUN servers as "stun:host:port", as the lobby's welcome
	// lists them; the port may be left out and is 3478 then. At most
	// [MaxServers]. With one server on one port the mapping stays unknown, so
	// name two, or one on two ports.
	Servers []string
	// Timeout is how long to wait for answers; 0 is [MaxTime], which is also
	// the most. It ends earlier when everything is known.
	Timeout time.Duration
	// Log gets a line per server that did not answer as it should; nil is
	// silence.
	Log *slog.Logger
}

// Validate reports the first mistake, a [*ServerError] for a server that is not
// written as it should be; nil if there is none. It never changes c.
func (c Config) Validate() error {
	if len(c.Servers) > MaxServers {
		return fmt.Errorf("nat: Config.Servers has %d entries; want at most %d", len(c.Servers), MaxServers)
	}
	for _, s := range c.Servers {
		if _, err := parseServer(s); err != nil {
			return err
		}
	}
	if c.Timeout < 0 || c.Timeout > MaxTime {
		return fmt.Errorf("nat: Config.Timeout is %v; want 0 (choose well) to %v", c.Timeout, MaxTime)
	}
	return nil
}
