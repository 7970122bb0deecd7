package nat

import (
	"context"
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
	// MaxLifetime is the longest [Config.Lifetime].
	MaxLifetime = 10 * time.Minute
	// leastLifetime is the shortest.
	leastLifetime = 10 * time.Second
	// MaxTargets is the largest number of addresses that one family of a probe,
	// or one Survey, asks.
	MaxTargets = 2 * MaxServers
)

// Config says whom [Probe] asks. The zero value works, but asks nobody and says
// so in the verdict.
type Config struct {
	// Servers are STUN servers as "stun:host:port", as the lobby's welcome
	// lists them; the port may be left out and is 3478 then. At most
	// [MaxServers], of which the first three are asked at first. One with two
	// addresses (RFC 5780, as nat/stunturn has it) tells everything; with one
	// server on one port mapping and filtering stay unknown.
	Servers []string
	// Timeout is how long to wait for answers; 0 is [MaxTime], which is also
	// the most. It ends earlier when everything is known.
	Timeout time.Duration
	// Lifetime is up to which silence the NAT's memory is tried out, 10 s to
	// [MaxLifetime]; it takes that long, and two seconds more. 0 leaves it out. It
	// needs a server that knows RESPONSE-PORT (RFC 5780).
	Lifetime time.Duration
	// Router asks the home router what it is, within the time of ctx; nil leaves
	// that out, and then a second NAT before it is rarely seen.
	Router func(ctx context.Context) Router
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
	if c.Lifetime != 0 && (c.Lifetime < leastLifetime || c.Lifetime > MaxLifetime) {
		return fmt.Errorf("nat: Config.Lifetime is %v; want 0 (leave it out) or %v to %v", c.Lifetime, leastLifetime, MaxLifetime)
	}
	return nil
}
