//go:build !js

package stunturn

import (
	"fmt"
	"log/slog"
	"net/netip"
)

// NoLimit is the [Config.PerSource] of a server that answers everything: for
// tests and closed networks.
const NoLimit = -1

// Defaults that a zero [Config] stands for, and limits.
const (
	// DefaultPerSource suits several players behind one address.
	DefaultPerSource = 50
	// MaxPerSource is the largest [Config.PerSource].
	MaxPerSource = 1_000_000
	// MaxSockets is the largest number of sockets of one server: two addresses
	// and two ports for each family.
	MaxSockets = 8
	// burst is how many seconds' worth of answers a quiet source has saved up.
	burst = 4
)

// Config tunes a [Server]. The zero value works.
type Config struct {
	// PerSource is how many requests per second one source gets answered in the
	// long run, 1 to [MaxPerSource]; four times as many at once after a
	// silence. 0 is [DefaultPerSource]; [NoLimit] is no limit.
	PerSource int
	// Also are further UDP addresses for [Listen], at most [MaxSockets] less one.
	// With a second port, and better still with both ports on a second address
	// of the machine, players learn all of what their NAT does: RFC 5780. Two
	// ports may be on a wildcard; two addresses must be named.
	Also []string
	// Public is what the sockets are called from outside, in the order of their
	// addresses, for a server that stands behind a NAT of its own; nil is what
	// they are called here.
	Public []netip.AddrPort
	// Log gets one line for the server's start and end, and trouble; nil is
	// silence.
	Log *slog.Logger
}

// Validate reports the first field that is out of range, nil if none is. It
// never changes c.
func (c Config) Validate() error {
	if c.PerSource < NoLimit || c.PerSource > MaxPerSource {
		return fmt.Errorf("stunturn: Config.PerSource is %d; want NoLimit, 0 (choose well) or at most %d a second", c.PerSource, MaxPerSource)
	}
	if len(c.Also) >= MaxSockets {
		return fmt.Errorf("stunturn: Config.Also has %d entries; want at most %d", len(c.Also), MaxSockets-1)
	}
	for i, a := range c.Public {
		if !a.IsValid() || a.Port() == 0 {
			return fmt.Errorf("stunturn: Config.Public[%d] is %v; want an address and a port", i, a)
		}
	}
	return nil
}

// resolve puts the defaults in. c is valid.
func (c Config) resolve() Config {
	if c.PerSource == 0 {
		c.PerSource = DefaultPerSource
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
