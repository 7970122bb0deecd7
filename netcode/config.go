package netcode

import (
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/tuttiplay/tutti/netcode/internal/greet"
	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Values of [Config] that say "explicitly none", where zero says "choose well".
const (
	NoDelay    = -1 // Config.InputDelay: a move acts on the very next frame
	NoRollback = -1 // Config.MaxRollback: plain lockstep, nothing predicted
	NoCheck    = -1 // Config.CheckInterval: never compare hashes
	NoGrace    = -1 // Config.Grace: who is dropped is gone for good
)

// AwayPolicy is what the match does while a dropped player may come back.
type AwayPolicy uint8

// What the match does while a player is away.
const (
	PlayOn AwayPolicy = iota // its seats get zero moves, Status is Away
	Pause                    // Step is not called; frames are counted on
)

// AlonePolicy is what the last of two players does when the other vanishes. It
// cannot know which of the two is cut off. (Who leaves says so, and the other
// plays on in any case.)
type AlonePolicy uint8

// What the last of two players does.
const (
	// Wait stops and waits, for the grace time; then the session ends with
	// [ErrAlone]. So there is never a second result.
	Wait AlonePolicy = iota
	// BreakTie lets one of the two play on, fixed beforehand by their keys; the
	// other one waits and comes back into its match.
	BreakTie
	// Continue lets each play on by itself. That is another match from there
	// on: [Alone] tells its ID, Stats.Unilateral is set, and there is no way
	// back.
	Continue
)

// Limits of [Config].
const (
	MaxInputDelay = lockstep.MaxInputDelay // frames
	MaxRollback   = lockstep.MaxRollback   // frames
	MaxTickRate   = 240                    // frames per second
	MaxSaveEvery  = lockstep.MaxSaveEvery  // frames
)

// Defaults that a zero [Config] stands for.
const (
	DefaultTickRate      = 60              // frames per second
	DefaultRollback      = 8               // frames, for a game with Save and Load
	DefaultCheckInterval = 60              // frames
	DefaultDropAfter     = 3 * time.Second // of silence
	DefaultGrace         = time.Minute     // after a drop
	DefaultArchive       = 16 << 20        // bytes
)

// Config tunes a [Session]. The zero value works: 0 means "choose well". All
// players of a match need the same TickRate, CheckInterval, DropAfter, Grace,
// WhenAway, WhenAlone and Build; the handshake refuses others and names the difference.
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
	// Grace is for how long a dropped player may come back: its seats are Away
	// until then, and Gone from then on. 0 is [DefaultGrace]; up to an hour;
	// [NoGrace] is none.
	Grace time.Duration
	// WhenAway says what happens in the grace time; the zero value plays on.
	WhenAway AwayPolicy
	// WhenAlone says what the last of two players does; the zero value waits.
	WhenAlone AlonePolicy
	// SaveEvery is how many frames lie between two states saved for a rollback.
	// 0 is 1; up to [MaxSaveEvery]. For a game whose Save is dearer than its
	// Step, more saves less and steps more again after a wrong prediction.
	SaveEvery int
	// ArchiveBytes bounds the log that latecomers are served from. 0 is
	// [DefaultArchive]; at least 64 KiB. A game that is no [Saver] refuses
	// latecomers once its match has outgrown it.
	ArchiveBytes int
	// Key signs what this player writes, so that cheating can be proven. The
	// zero Key means: ask the link (the mesh knows it), and sign nothing if it
	// does not know either. All players of a match sign or none does.
	Key peer.Key
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
		between("SaveEvery", cfg.SaveEvery, 1, MaxSaveEvery),
		between("ArchiveBytes", cfg.ArchiveBytes, 64<<10, 1<<30),
	} {
		if err != nil {
			return err
		}
	}
	if d := cfg.DropAfter; d != 0 && (d < 250*time.Millisecond || d > 10*time.Minute) {
		return fmt.Errorf("netcode: Config.DropAfter is %v; want 0 (choose well) or 250ms to 10m", d)
	}
	if d := cfg.Grace; d != NoGrace && (d < 0 || d > time.Hour) {
		return fmt.Errorf("netcode: Config.Grace is %v; want NoGrace, 0 (choose well) or at most 1h", d)
	}
	if cfg.WhenAway > Pause || cfg.WhenAlone > Continue {
		return fmt.Errorf("netcode: Config.WhenAway is %d and WhenAlone %d; want at most %d and %d", cfg.WhenAway, cfg.WhenAlone, Pause, Continue)
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
	switch cfg.Grace {
	case 0:
		cfg.Grace = DefaultGrace
	case NoGrace:
		cfg.Grace = 0
	}
	if cfg.SaveEvery == 0 {
		cfg.SaveEvery = 1
	}
	if cfg.ArchiveBytes == 0 {
		cfg.ArchiveBytes = DefaultArchive
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
