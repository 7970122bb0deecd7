package mesh

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// DefaultSilence is what a zero [Config.Silence] stands for.
const DefaultSilence = 2 * time.Second

// The range of [Config.Silence].
const (
	MinSilence = 1200 * time.Millisecond // two of our own pings may be lost
	MaxSilence = time.Minute
)

// Config tunes a [Mesh]. The zero value works.
type Config struct {
	// Silence is how long nothing is heard from a linked peer, neither directly nor
	// through a third member, until it counts as Linking. As long after the last
	// direct packet the direct path is mended: where one end is a page by an ICE
	// restart, which finds a new path for the same connection, and otherwise, or if
	// that does not help, by a new connection beside the silent one. 0 is
	// [DefaultSilence]; from [MinSilence] to [MaxSilence].
	Silence time.Duration
	// Loopback gathers addresses of this machine's loopback interface and no
	// others: for tests, and for several programs on a machine. It reaches
	// nobody else. A machine without any other address does so by itself.
	// Without effect in a page.
	Loopback bool
	// RelayBudget is how many bytes a second this member passes on between others
	// that have no connection of their own, and of letters between them. 0 is 256
	// KiB, which carries ten pairs of players; nobody gets more than half of it.
	// [NoRelay] passes nothing on, and tells the others so.
	RelayBudget int
	// Friend says who may learn this player's network address; it is called on
	// the mesh's goroutine and must not block. nil: everybody in the room. With
	// anybody else no connection is made, in either direction, and no address is
	// sent or tried; what the two say to each other goes, sealed, through a member
	// who is a friend here and linked with the other one. While there is none they
	// are not linked. The server of the room and STUN servers see the address of
	// whoever talks to them as ever. Asked whenever a connection is made; one that
	// is there stays.
	Friend func(peer.ID) bool
	// NoPort keeps the mesh from asking the router of this network to open a port
	// (UPnP, NAT-PMP), which it does when it is behind one: so players meet
	// directly whose routers would not let them. Without effect in a page, and on
	// a network that [NewOn] was given.
	NoPort bool
	// Log receives what a developer wants to know. nil is silence.
	Log *slog.Logger

	// noCouriers sends letters by the server alone, for tests of a hostile one.
	noCouriers bool
	// clock is the tests' clock; nil is the machine's monotonic one.
	clock func() time.Duration
}

// NoRelay as [Config.RelayBudget]: this member passes nothing on for others.
const NoRelay = -1

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes cfg.
func (cfg Config) Validate() error {
	if s := cfg.Silence; s != 0 && (s < MinSilence || s > MaxSilence) {
		return fmt.Errorf("mesh: Config.Silence is %v; want 0 (choose well) or %v to %v", s, MinSilence, MaxSilence)
	}
	if b := cfg.RelayBudget; b < NoRelay || b > 1<<30 {
		return fmt.Errorf("mesh: Config.RelayBudget is %d; want 0 (choose well), NoRelay or bytes a second up to 1 GiB", b)
	}
	return nil
}

// resolve puts the defaults in.
func (cfg Config) resolve() Config {
	if cfg.Silence == 0 {
		cfg.Silence = DefaultSilence
	}
	if cfg.RelayBudget == 0 {
		cfg.RelayBudget = route.DefaultRate
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.clock == nil {
		start := time.Now()
		cfg.clock = func() time.Duration { return time.Since(start) }
	}
	return cfg
}
