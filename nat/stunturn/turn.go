//go:build !js

package stunturn

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// realm names the server's accounts, as the protocol wants it.
const realm = "tutti"

// allocationLife is how long an allocation lasts that nobody refreshes; clients
// may ask for up to an hour, but never outlive their credential.
const allocationLife = 10 * time.Minute

// closeTurnWithin bounds how long [Turn.Close] waits.
const closeTurnWithin = time.Second

// Turn relays (TURN, RFC 8656) on the port of a [Server], between UDP and UDP,
// for players with a [Credential]. It owns one goroutine, and one for each
// allocation. Its methods are safe for concurrent use.
type Turn struct {
	cfg    TurnConfig // resolved
	server *Server
	stack  *turn.Server
	conn   *turnConn
	limit  *limiter // of the server's goroutine
	began  time.Time
	public [2]netip.Addr // IPv4, IPv6; zero is none
	bind   [2]string     // the same to listen on
	local  [2]netip.Addr // the same to send to from this machine

	mu      sync.Mutex
	ledger  ledger
	next    *grant                        // who gets the allocation that the stack is about to make
	byOwner map[netip.AddrPort]*relayConn // by the client's address
	byPort  map[relayPort]*relayConn
	ended   chan struct{} // closed after the last allocation, while closing
	ending  sync.Once

	once   sync.Once
	counts turnCounts
}

type turnCounts struct {
	created, refused, overQuota, overRate, denied, dropped, limited, junk, up, down atomic.Int64
}

// TurnStats counts since [Server.Relay].
type TurnStats struct {
	// Allocations are how many there are now, Created how many there were.
	Allocations, Created int64
	// Refused requests came with a wrong or expired credential.
	Refused int64
	// OverQuota allocations were refused, and packets dropped, because of a
	// limit of the user, the source address or the whole server.
	OverQuota int64
	// OverRate packets were dropped because of [TurnConfig.Rate].
	OverRate int64
	// Denied were asked for an address that players may not reach.
	Denied int64
	// Dropped packets found the queue full, or nobody there who owns an
	// allocation.
	Dropped int64
	// Limited requests were above their source's rate and dropped unread.
	Limited int64
	// Junk was broken, or something that we do not do, and dropped.
	Junk int64
	// BytesUp and BytesDown of payload were relayed from and to the clients.
	BytesUp, BytesDown int64
}

// Relay makes s a TURN server, too, until it or the Turn is closed. It answers
// on the same port: Binding requests get answers as before.
//
// Errors: that of [TurnConfig.Validate]; an error that says so if s relays
// already or is closed, or no address to relay from is known.
func (s *Server) Relay(cfg TurnConfig) (*Turn, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	t := &Turn{
		cfg: cfg.resolve(), server: s, began: time.Now(),
		byOwner: map[netip.AddrPort]*relayConn{}, byPort: map[relayPort]*relayConn{}, ended: make(chan struct{}),
	}
	t.ledger = newLedger(t.cfg)
	t.limit = newLimiter(t.cfg.RequestsPerSource)
	t.conn = newTurnConn(t)
	if err := t.choose(); err != nil {
		return nil, err
	}
	quiet := &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	stack, err := turn.NewServer(turn.ServerConfig{
		Realm: realm, AuthHandler: t.key, QuotaHandler: t.grant, AllocationLifetime: allocationLife, LoggerFactory: quiet,
		EventHandler: turn.EventHandler{
			OnAuth: t.checked, OnAllocationDeleted: t.deleted,
			OnChannelCreated: t.channel(1), OnChannelDeleted: t.channel(-1), OnPermissionDeleted: t.forget,
		},
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: t.conn, RelayAddressGenerator: generator{t}, PermissionHandler: t.permit}},
	})
	if err != nil {
		return nil, fmt.Errorf("stunturn: %w", err)
	}
	t.stack = stack
	if !s.turn.CompareAndSwap(nil, t) {
		t.stop()
		return nil, errors.New("stunturn: this server relays already")
	}
	select {
	case <-s.closing:
		_ = t.Close()
		return nil, &ListenError{Addr: s.Addr().String(), Err: net.ErrClosed}
	default:
	}
	t.cfg.Log.Info("stunturn: relaying", "addr", s.Addr().String(), "from", fmt.Sprint(t.Public()))
	return t, nil
}

// choose finds the addresses to relay from.
func (t *Turn) choose() error {
	local := t.server.Addr().Addr()
	for i, network := range []string{"udp4", "udp6"} {
		if !local.IsUnspecified() && local.Is4() != (i == 0) {
			continue
		}
		for _, a := range t.cfg.Public {
			if a.Unmap().Is4() == (i == 0) {
				t.public[i] = a.Unmap()
			}
		}
		if local.IsUnspecified() {
			if t.public[i].IsValid() || t.outward(i, network) {
				t.bind[i] = [2]string{"0.0.0.0", "::"}[i]
				t.local[i] = [2]netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}[i]
			}
			continue
		}
		t.bind[i], t.local[i] = local.String(), local
		if !t.public[i].IsValid() {
			t.public[i] = local
		}
	}
	if !t.public[0].IsValid() && !t.public[1].IsValid() {
		return errors.New("stunturn: no address to relay from is known; set TurnConfig.Public to this machine's public address")
	}
	return nil
}

// outward finds the address that this machine reaches the internet with. It
// sends nothing.
func (t *Turn) outward(i int, network string) bool {
	c, err := net.Dial(network, [2]string{"192.0.2.1:9", "[2001:db8::1]:9"}[i])
	if err != nil {
		return false
	}
	defer c.Close()
	t.public[i] = c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone("")
	if within(t.public[i], special) {
		t.cfg.Log.Warn("stunturn: relaying from an address that is not public; set TurnConfig.Public unless players are in this network",
			"addr", t.public[i].String())
	}
	return true
}

// Public returns the addresses that are relayed from, one per family.
func (t *Turn) Public() []netip.Addr {
	var all []netip.Addr
	for _, a := range t.public {
		if a.IsValid() {
			all = append(all, a)
		}
	}
	return all
}

// Stats returns the counters.
func (t *Turn) Stats() TurnStats {
	t.mu.Lock()
	now := int64(t.ledger.total)
	t.mu.Unlock()
	c := &t.counts
	return TurnStats{
		Allocations: now, Created: c.created.Load(), Refused: c.refused.Load(), OverQuota: c.overQuota.Load(), OverRate: c.overRate.Load(), Denied: c.denied.Load(),
		Dropped: c.dropped.Load(), Limited: c.limited.Load(), Junk: c.junk.Load(), BytesUp: c.up.Load(), BytesDown: c.down.Load(),
	}
}

// Close ends all allocations and waits for it, a second at most. It may be
// called again; the error is always nil. Closing the [Server] closes it, too.
func (t *Turn) Close() error {
	t.once.Do(func() {
		t.server.turn.CompareAndSwap(t, nil)
		t.stop()
		t.cfg.Log.Info("stunturn: no longer relaying", "addr", t.server.Addr().String())
	})
	return nil
}

func (t *Turn) stop() {
	_ = t.stack.Close() // closes t.conn, and that makes its goroutine close all
	late := time.NewTimer(closeTurnWithin)
	defer late.Stop()
	for _, done := range []<-chan struct{}{t.conn.left, t.ended} {
		select {
		case <-done:
			t.emptied()
		case <-late.C:
			return
		}
	}
}

// emptied notes that there is no allocation any more, and will be none.
func (t *Turn) emptied() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.conn.left:
	default:
		return // the stack may be about to make one
	}
	if t.ledger.total == 0 {
		t.ending.Do(func() { close(t.ended) })
	}
}

// take handles a datagram that the server read, on its goroutine; false if it
// is no business of ours. b is not kept.
func (t *Turn) take(b []byte, from netip.AddrPort) bool {
	kind := sortTurn(b)
	if kind == notTurn {
		return false
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	if kind != turnData && !t.limit.allow(from.Addr(), time.Since(t.began)) {
		t.counts.limited.Add(1)
		return true
	}
	if kind == turnBad || from.Port() == 0 {
		t.counts.junk.Add(1)
		return true
	}
	t.mu.Lock()
	owner := t.byOwner[from]
	t.mu.Unlock()
	if kind != turnRequest && owner == nil || kind == turnOwner && owner.crowded(b) {
		t.counts.dropped.Add(1)
		return true
	}
	if !t.conn.put(b, from, owner) {
		t.counts.dropped.Add(1)
	}
	return true
}
