//go:build !js

package rendezvous

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// The numbers that zero stands for in a [Config].
const (
	DefaultGrace            = 30 * time.Second
	DefaultMaxRooms         = 10_000
	DefaultMaxConns         = 20_000
	DefaultMaxConnsPerHost  = 1_000
	DefaultWrongCodes       = 20
	DefaultRoomsPerHost     = 200
	DefaultMessagesPerSec   = 100
	DefaultBytesPerSec      = 256 << 10
	DefaultBeat             = 5 * time.Second
	DefaultTURNLife         = 6 * time.Hour
	DefaultHandshakeTimeout = 10 * time.Second
)

// Config says how a [Server] serves. The zero Config works: rooms in memory,
// no ICE servers. "Host" is a source address; for IPv6 a /64.
type Config struct {
	// Store keeps the rooms; nil is a [Memory] of its own. Only one server at a
	// time may use a store.
	Store Store
	// ICEServers are told to everyone who enters a room, as "stun:host:port";
	// at most 7.
	ICEServers []string
	// STUNPort is the UDP port of a STUN server on this machine. It is told to
	// clients under the host name by which they reached this server. 0 is none.
	STUNPort int
	// STUNOther is a second port of it, told likewise: with two, players see
	// whether their NAT gives everyone another port, and which. 0 is none.
	STUNOther int
	// TURNPort is the UDP port of a TURN server on this machine, told like
	// STUNPort. 0 is none.
	TURNPort int
	// TURNServers are TURN servers elsewhere, as "host:port". All that are told
	// are 8 at most, STUN servers included.
	TURNServers []string
	// TURNSecret is what the TURN servers know, too: everyone who enters a room
	// gets an account of his own, made with it. See stunturn.Mint. At least 16
	// bytes if there are TURN servers.
	TURNSecret []byte
	// TURNLife is how long an account is good for; 0 is [DefaultTURNLife], 1
	// minute to 7 days. Members get a new one when half of it has passed.
	TURNLife time.Duration
	// Grace is how long a member that lost its connection keeps its place; 0 is
	// [DefaultGrace], at most 10 minutes.
	Grace time.Duration
	// MaxRooms is the largest number of rooms; 0 is [DefaultMaxRooms].
	MaxRooms int
	// MaxConns is the largest number of connections, MaxConnsPerHost from one
	// host; 0 is [DefaultMaxConns] and [DefaultMaxConnsPerHost].
	MaxConns, MaxConnsPerHost int
	// WrongCodes is how many wrong codes a host may try at once; they come back
	// at the same number per minute. 0 is [DefaultWrongCodes].
	WrongCodes int
	// RoomsPerHost is how many rooms a host may make at once; they come back at
	// the same number per minute. 0 is [DefaultRoomsPerHost].
	RoomsPerHost int
	// MessagesPerSec and BytesPerSec is what one connection may send in the long
	// run, four times as much at once; what is more waits in the sender. 0 is
	// [DefaultMessagesPerSec] and [DefaultBytesPerSec].
	MessagesPerSec, BytesPerSec int
	// Beat is the time between two signs of life of the server; a client that
	// is silent for four of them is lost. 0 is [DefaultBeat]; 50 ms to 10 s.
	Beat time.Duration
	// BehindProxy takes the source address from the last entry of the header
	// X-Forwarded-For, which a proxy of yours must set: without one, anybody
	// could say anything.
	BehindProxy bool
	// Log gets what an operator wants to know; nil is silence.
	Log *slog.Logger
}

// Validate reports the first field that is out of range, nil if none is. It
// never changes c.
func (c Config) Validate() error {
	for _, f := range []struct {
		name string
		v    int
	}{
		{"MaxRooms", c.MaxRooms},
		{"MaxConns", c.MaxConns},
		{"MaxConnsPerHost", c.MaxConnsPerHost},
		{"WrongCodes", c.WrongCodes},
		{"RoomsPerHost", c.RoomsPerHost},
		{"MessagesPerSec", c.MessagesPerSec},
		{"BytesPerSec", c.BytesPerSec},
	} {
		if f.v < 0 {
			return fmt.Errorf("rendezvous: Config.%s is %d; want 0 (choose well) or more", f.name, f.v)
		}
	}
	switch {
	case c.Grace < 0 || c.Grace > 10*time.Minute:
		return fmt.Errorf("rendezvous: Config.Grace is %v; want 0 (choose well) to 10m", c.Grace)
	case c.Beat < 0 || c.Beat > 0 && c.Beat < 50*time.Millisecond || c.Beat > 10*time.Second:
		return fmt.Errorf("rendezvous: Config.Beat is %v; want 0 (choose well) or 50ms to 10s", c.Beat)
	case c.STUNPort < 0 || c.STUNPort > 65535:
		return fmt.Errorf("rendezvous: Config.STUNPort is %d; want 0 (none) to 65535", c.STUNPort)
	case c.STUNOther < 0 || c.STUNOther > 65535:
		return fmt.Errorf("rendezvous: Config.STUNOther is %d; want 0 (none) to 65535", c.STUNOther)
	case c.TURNPort < 0 || c.TURNPort > 65535:
		return fmt.Errorf("rendezvous: Config.TURNPort is %d; want 0 (none) to 65535", c.TURNPort)
	case (c.TURNPort > 0 || len(c.TURNServers) > 0) && len(c.TURNSecret) < stunturn.MinSecret:
		return fmt.Errorf("rendezvous: Config.TURNSecret has %d bytes; TURN servers want %d or more", len(c.TURNSecret), stunturn.MinSecret)
	case c.TURNLife != 0 && (c.TURNLife < time.Minute || c.TURNLife > 7*24*time.Hour):
		return fmt.Errorf("rendezvous: Config.TURNLife is %v; want 0 (choose well) or 1m to 168h", c.TURNLife)
	case len(c.ICEServers)+len(c.TURNServers)+min(c.STUNPort, 1)+min(c.STUNOther, 1)+min(c.TURNPort, 1) > 8:
		return fmt.Errorf("rendezvous: Config.ICEServers and TURNServers have %d entries; with those on this machine at most 8", len(c.ICEServers)+len(c.TURNServers))
	case len(c.ICEServers) > 7:
		return fmt.Errorf("rendezvous: Config.ICEServers has %d entries; at most 7", len(c.ICEServers))
	}
	for _, server := range c.TURNServers {
		if _, err := nat.ParseICE("turn:user:password@" + server); err != nil {
			return fmt.Errorf("rendezvous: Config.TURNServers has %.100q; want host:port", server)
		}
	}
	return nil
}

func (c Config) resolve() Config {
	or := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	or(&c.MaxRooms, DefaultMaxRooms)
	or(&c.MaxConns, DefaultMaxConns)
	or(&c.MaxConnsPerHost, DefaultMaxConnsPerHost)
	or(&c.WrongCodes, DefaultWrongCodes)
	or(&c.RoomsPerHost, DefaultRoomsPerHost)
	or(&c.MessagesPerSec, DefaultMessagesPerSec)
	or(&c.BytesPerSec, DefaultBytesPerSec)
	if c.Grace == 0 {
		c.Grace = DefaultGrace
	}
	if c.Beat == 0 {
		c.Beat = DefaultBeat
	}
	if c.TURNLife == 0 {
		c.TURNLife = DefaultTURNLife
	}
	if c.Store == nil {
		c.Store = NewMemory()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
