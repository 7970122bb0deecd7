//go:build !js

package stunturn

import (
	"fmt"
	"log/slog"
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
	// burst is how many seconds' worth of answers a quiet source has saved up.
	burst = 4
)

// Config tunes a [Server]. The zero value works.
type Config struct {
	// PerSource is how many requests per second one source gets answered in the
	// long run, 1 to [MaxPerSource]; four times as many at once after a
	// silence. 0 is [DefaultPerSource]; [NoLimit] is no limit.
	PerSource int
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
