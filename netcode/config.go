package netcode

import (
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/tuttiplay/tutti/netcode/internal/greet"
	"github.com/tuttiplay/tutti/netcode/lockstep"
)

// Values of [Config] that say "explicitly none", where zero says "choose well".
const (
	NoDelay    = -1 // Config.InputDelay: a move acts on the very next frame
	NoRollback = -1 // Config.MaxRollback: plain lockstep, nothing predicted
	NoCheck    = -1 // Config.CheckInterval: never compare hashes
)

// Limits of [Config].
const (
	MaxInputDelay = lockstep.MaxInputDelay // frames
	MaxRollback   = lockstep.MaxRollback   // frames
	MaxTickRate   = 240                    // frames per second
)

// Defaults that a zero [Config] stands for.
const (
	DefaultTickRate      = 60              // frames per second
	DefaultRollback      = 8               // frames, for a game with Save and Load
	DefaultCheckInterval = 60              // frames
	DefaultDropAfter     = 3 * time.Second // of silence
)

// Config tunes a [Session]. The zero value works: 0 means "choose well". All
// players of a match need the same TickRate, CheckInterval, DropAfter and
// Build; the handshake refuses others and names the difference.
type Config struct {
	// InputDelay is how many frames pass between reading a move and stepping
	// it. 0 adapts to the measured network during the match; 1 to
	// [MaxInputDelay] fixes it; [NoDelay] fixes it at none. Players of one
	// match may differ.
	InputDelay int
	// MaxRollback is how many frames the session may step on predicted moves.
	// 0 is [DefaultRollback] for a game that is a [Saver] and none for others;
	// 1 to [MaxRollback]; [NoRollback] is plain lockstep. Players may differ.
	MaxRollback int
	// TickRate is the number of frames per second. 0 is [DefaultTickRate]; 1 to
	// [MaxTickRate].
	TickRate int
	// CheckInterval is the number of frames between two compared hashes. 0 is
	// [DefaultCheckInterval]; 1 compares every frame; [NoCheck] none.
	CheckInterval int
	// DropAfter is how long a player may be silent before the others agree to
	// play on without it. 0 is [DefaultDropAfter]; from 250 ms to 10 minutes.
	DropAfter time.Duration
	// Build is the author's own version, at most 128 bytes of UTF-8. Players
	// with different builds refuse each other. A hash of M's fields is always
	// compared as well.
	Build string
	// Clock returns a monotonic time since an arbitrary origin; it is called
	// from every goroutine that calls the session. nil is the machine's
	// monotonic clock. Tests put a virtual one here.
	Clock func() time.Duration
	// Log receives what a developer wants to know. nil is silence.
	Log *slog.Logger
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes cfg.
func (cfg Config) Validate() error {
	between := func(field string, v, lo, hi int) error {
		if v != 0 && (v < lo || v > hi) {
			return fmt.Errorf("netcode: Config.%s is %d; want 0 (choose well) or %d to %d", field, v, lo, hi)
		}
		return nil
	}
	for _, err := range []error{
		between("InputDelay", cfg.InputDelay, NoDelay, MaxInputDelay),
		between("MaxRollback", cfg.MaxRollback, NoRollback, MaxRollback),
		between("TickRate", cfg.TickRate, 1, MaxTickRate),
		between("CheckInterval", cfg.CheckInterval, NoCheck, 1<<16),
	} {
		if err != nil {
			return err
		}
	}
	if d := cfg.DropAfter; d != 0 && (d < 250*time.Millisecond || d > 10*time.Minute) {
		return fmt.Errorf("netcode: Config.DropAfter is %v; want 0 (choose well) or 250ms to 10m", d)
	}
	if len(cfg.Build) > greet.MaxBuild || !utf8.ValidString(cfg.Build) {
		return fmt.Errorf("netcode: Config.Build is %.40q with %d bytes; want UTF-8 of at most %d", cfg.Build, len(cfg.Build), greet.MaxBuild)
	}
	return nil
}

// resolve replaces every "choose well" by what is chosen. saver and checkable
// say what the game can do.
func (cfg Config) resolve(saver, checkable bool) Config {
	if cfg.MaxRollback == 0 && saver {
		cfg.MaxRollback = DefaultRollback
	}
	cfg.MaxRollback = max(cfg.MaxRollback, 0)
	if cfg.TickRate == 0 {
		cfg.TickRate = DefaultTickRate
	}
	if cfg.CheckInterval == 0 {
		cfg.CheckInterval = DefaultCheckInterval
	}
	if !checkable {
		cfg.CheckInterval = 0
	}
	cfg.CheckInterval = max(cfg.CheckInterval, 0)
	if cfg.DropAfter == 0 {
		cfg.DropAfter = DefaultDropAfter
	}
	if cfg.Build == "" {
		cfg.Build = "unversioned"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		origin := time.Now()
		cfg.Clock = func() time.Duration { return time.Since(origin) }
	}
	return cfg
}
