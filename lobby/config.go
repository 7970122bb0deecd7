package lobby

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/peer/keyring"
)

// The limits of a [Config].
const (
	MaxGame  = msg.MaxGame  // bytes of Config.Game
	MaxBuild = msg.MaxBuild // bytes of Config.Build
	MaxName  = msg.MaxName  // bytes of Config.Name; what is shown is shorter
)

// DefaultReachWithin is what 0 in [Config.ReachWithin] stands for.
const DefaultReachWithin = 5 * time.Second

// Config says which room [Join] makes or enters. Game is needed, and Server
// unless Room is a link that names one.
type Config struct {
	// Server is the rendezvous server: "wss://host", "ws://host:port" or
	// "host:port", which is ws. A path is kept: "wss://host/lobby".
	Server string
	// Game names the game and its version of rules, as in "pong/1": 1 to
	// [MaxGame] bytes of UTF-8. Rooms of different games do not mix.
	Game string
	// Build is the author's own version, at most [MaxBuild] bytes of UTF-8.
	// Only players with the same build meet.
	Build string
	// Room is the code or the invite link of the room to enter, as people type
	// it. "" makes a new room.
	Room string
	// Name is the player's own, at most [MaxName] bytes. Others see at most 24
	// characters of it, without what is invisible. "" is "Player".
	Name string
	// Seats of a new room, 1 to [peer.MaxSeats]. 0 is AutoStart if that is set,
	// else the most.
	Seats int
	// AutoStart makes a new room start by itself as soon as so many players are
	// in it, 1 to Seats. For a rematch they have to say [Ready]. 0: the owner
	// does [Start].
	AutoStart int
	// Page is the address of the game's own page, to which invite links lead;
	// "" leads to the server, which tells what to do with the code.
	Page string
	// Key is who we are; the zero Key is the player's stored key, or a fresh one
	// if another instance on this machine uses that: see package keyring.
	Key peer.Key
	// KeyDir and KeyName say where the stored key is, as [keyring.Config] does
	// in Dir and Name; "" is the usual place.
	KeyDir, KeyName string
	// ReachWithin is how long the first contact with the server may take until
	// the room ends with an [*UnreachableError]; 0 is [DefaultReachWithin], at
	// most 10 minutes. Later the room tries for ever.
	ReachWithin time.Duration
	// Log receives what a developer wants to know. nil is silence.
	Log *slog.Logger

	ctx context.Context // what the room's is made from, for tests; nil is the background
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes c. Errors to tell apart:
// [ErrNoServer]; [ErrWrongCode] for a Room that is neither a code nor a link.
func (c Config) Validate() error {
	for _, f := range []struct {
		name, text string
		most       int
	}{{"Game", c.Game, MaxGame}, {"Build", c.Build, MaxBuild}, {"Name", c.Name, MaxName}} {
		if len(f.text) > f.most || !utf8.ValidString(f.text) {
			return fmt.Errorf("lobby: Config.%s is %.40q with %d bytes; want UTF-8 of at most %d", f.name, f.text, len(f.text), f.most)
		}
	}
	switch {
	case c.Game == "":
		return errors.New(`lobby: Config.Game is empty; name the game and its version, as in "pong/1"`)
	case c.Seats < 0 || c.Seats > peer.MaxSeats:
		return fmt.Errorf("lobby: Config.Seats is %d; want 0 (choose well) or 1 to %d", c.Seats, peer.MaxSeats)
	case c.AutoStart < 0 || c.AutoStart > peer.MaxSeats || c.Seats > 0 && c.AutoStart > c.Seats:
		return fmt.Errorf("lobby: Config.AutoStart is %d; want 0 (the owner starts) or 1 to Seats, at most %d", c.AutoStart, peer.MaxSeats)
	case c.ReachWithin < 0 || c.ReachWithin > 10*time.Minute:
		return fmt.Errorf("lobby: Config.ReachWithin is %v; want 0 (choose well) or up to 10m", c.ReachWithin)
	}
	if err := (keyring.Config{Name: c.KeyName}).Validate(); err != nil {
		return fmt.Errorf("lobby: Config.KeyName is %.40q: %w", c.KeyName, err)
	}
	_, err := c.target()
	return err
}

// target is where c leads.
type target struct {
	server string // ws://host/path, without /ws
	code   string // "" makes a room
	member string // invitation by a member; "" is none
}

func (c Config) target() (target, error) {
	var t target
	if c.Room != "" {
		var err error
		if t, err = parseInvite(c.Room); err != nil {
			return target{}, err
		}
	}
	if c.Server != "" {
		server, err := parseServer(c.Server)
		if err != nil {
			return target{}, err
		}
		t.server = server
	}
	if t.server == "" {
		return target{}, ErrNoServer
	}
	return t, nil
}

func (c Config) resolve() Config {
	if c.Seats == 0 {
		c.Seats = c.AutoStart
	}
	if c.Seats == 0 {
		c.Seats = peer.MaxSeats
	}
	if c.ReachWithin == 0 {
		c.ReachWithin = DefaultReachWithin
	}
	if c.ctx == nil {
		c.ctx = context.Background()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
