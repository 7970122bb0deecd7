//go:build !js

package stunturn

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Defaults that a zero [TurnConfig] stands for, and limits.
const (
	// DefaultQuota in bytes is 20 hours of a game of four at 60 Hz.
	DefaultQuota = 2 << 30
	// DefaultQuotaEvery is how long a quota lasts.
	DefaultQuotaEvery = 24 * time.Hour
	// DefaultPerUser is one allocation for each of 15 other players, and the
	// same again while they reconnect.
	DefaultPerUser = 32
	// DefaultMaxAllocations is how many a server holds.
	DefaultMaxAllocations = 2000
	// MinRate is the lowest [TurnConfig.Rate]: below that a large datagram may
	// wait a second for its turn.
	MinRate = 2000
	// perHost is how many users' worth of quota and allocations one source
	// address has, for those who share a router, or make up names.
	perHost = 8
	// requestsPerSource is what one source may ask in a second, four times as
	// much at once: 15 players with ten addresses each take 300 requests.
	requestsPerSource = 200
	// maxPeers bounds the addresses that one allocation may talk to, and its
	// channels: the stack below looks through them for each packet.
	maxPeers = 128
	// maxAccounts bounds the users and sources that are remembered.
	maxAccounts = 100_000
)

// TurnConfig says how a [Turn] relays. Only Secret has no default.
type TurnConfig struct {
	// Secret is shared with whoever mints credentials: see [Mint]. At least
	// [MinSecret] bytes.
	Secret []byte
	// Public are the addresses that relayed packets come from as others see
	// them, at most one IPv4 and one IPv6 address. None is the address that is
	// listened on, or for a server on all addresses the one that this machine
	// reaches the internet with. Name them where the machine does not know
	// them itself, as in most clouds.
	Public []netip.Addr
	// MinPort and MaxPort are the UDP ports to relay from; both 0 is any free
	// one. A firewall must let them in.
	MinPort, MaxPort uint16
	// Allow are networks that players may reach although they are not public.
	// By default nobody is relayed to loopback, private, link-local, shared
	// and other special addresses, so that the server's own network cannot be
	// scanned with it. From one relayed address to another is always allowed.
	Allow []netip.Prefix
	// Quota is how many bytes of payload are relayed for one user per
	// QuotaEvery, both directions together; 0 is [DefaultQuota]. What is above
	// is dropped, and the user's allocations end. One source address (an IPv6
	// /64) has eight times as much.
	Quota int64
	// QuotaEvery is after how long a user's quota is whole again; 0 is
	// [DefaultQuotaEvery].
	QuotaEvery time.Duration
	// Rate is how many bytes of payload a second are relayed for one user in the
	// long run, both directions together, and as many at once; 0 is no limit,
	// else at least [MinRate]. What is above is dropped. One source address has
	// eight times as much. A player in a game of four at 60 Hz needs some 30 KB/s.
	Rate int64
	// PerUser is how many allocations one user may hold; 0 is
	// [DefaultPerUser]. One source address may hold eight times as many.
	PerUser int
	// MaxAllocations is how many the server holds, each a socket, a goroutine
	// and some 20 KiB; 0 is [DefaultMaxAllocations].
	MaxAllocations int
	// RequestsPerSource is how many requests a second one source gets handled
	// in the long run; 0 is 200, [NoLimit] is no limit. Data is not a request.
	RequestsPerSource int
	// Listen opens the sockets to relay from, as net.ListenPacket does, which
	// nil stands for: laboratories have networks of their own. The server must
	// listen on a named address then, or Public be set.
	Listen func(network, address string) (net.PacketConn, error)
	// Log gets start, end and trouble; nil is silence. No secret is logged.
	Log *slog.Logger
}

// Validate reports the first field that is out of range, nil if none is. It
// never changes c.
func (c TurnConfig) Validate() error {
	var families [2]bool
	for _, a := range c.Public {
		family := 0
		if a.Unmap().Is6() {
			family = 1
		}
		if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || families[family] {
			return fmt.Errorf("stunturn: TurnConfig.Public is %v; want at most one IPv4 and one IPv6 address", c.Public)
		}
		families[family] = true
	}
	for _, p := range c.Allow {
		if !p.IsValid() {
			return fmt.Errorf("stunturn: TurnConfig.Allow is %v; want networks such as 192.168.0.0/16", c.Allow)
		}
	}
	switch {
	case len(c.Secret) < MinSecret:
		return fmt.Errorf("stunturn: TurnConfig.Secret has %d bytes; want %d or more", len(c.Secret), MinSecret)
	case c.MinPort > c.MaxPort || c.MinPort == 0 && c.MaxPort != 0:
		return fmt.Errorf("stunturn: TurnConfig.MinPort and MaxPort are %d and %d; want both 0 (any), or the lower one first", c.MinPort, c.MaxPort)
	case c.Quota < 0:
		return fmt.Errorf("stunturn: TurnConfig.Quota is %d; want 0 (choose well) or more bytes", c.Quota)
	case c.QuotaEvery < 0:
		return fmt.Errorf("stunturn: TurnConfig.QuotaEvery is %v; want 0 (choose well) or more", c.QuotaEvery)
	case c.Rate < 0 || c.Rate > 0 && c.Rate < MinRate || c.Rate > 1<<40:
		return fmt.Errorf("stunturn: TurnConfig.Rate is %d; want 0 (no limit) or %d bytes a second or more", c.Rate, MinRate)
	case c.PerUser < 0:
		return fmt.Errorf("stunturn: TurnConfig.PerUser is %d; want 0 (choose well) or more", c.PerUser)
	case c.MaxAllocations < 0:
		return fmt.Errorf("stunturn: TurnConfig.MaxAllocations is %d; want 0 (choose well) or more", c.MaxAllocations)
	case c.RequestsPerSource < NoLimit || c.RequestsPerSource > MaxPerSource:
		return fmt.Errorf("stunturn: TurnConfig.RequestsPerSource is %d; want NoLimit, 0 (choose well) or at most %d a second", c.RequestsPerSource, MaxPerSource)
	}
	return nil
}

// resolve puts the defaults in. c is valid.
func (c TurnConfig) resolve() TurnConfig {
	if c.Quota == 0 {
		c.Quota = DefaultQuota
	}
	if c.QuotaEvery == 0 {
		c.QuotaEvery = DefaultQuotaEvery
	}
	if c.PerUser == 0 {
		c.PerUser = DefaultPerUser
	}
	if c.MaxAllocations == 0 {
		c.MaxAllocations = DefaultMaxAllocations
	}
	if c.RequestsPerSource == 0 {
		c.RequestsPerSource = requestsPerSource
	}
	if c.Listen == nil {
		c.Listen = net.ListenPacket
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
