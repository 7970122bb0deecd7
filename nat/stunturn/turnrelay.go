//go:build !js

package stunturn

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pion/turn/v5"
)

// grant is the leave that a user got to make one allocation.
type grant struct {
	client       netip.AddrPort
	user, source *account
	until        time.Time
}

// relayConn is the socket of one allocation, and what it has used.
type relayConn struct {
	net.PacketConn
	turn         *Turn
	client       *net.UDPAddr
	owner        netip.AddrPort // client, for maps
	port         uint16
	family       int
	user, source *account

	// Under turn.mu.
	peers    map[netip.Addr]struct{}
	channels int
	once     sync.Once
}

// key returns the key that the stack checks a request with. The stack calls it
// and the next four on its one goroutine that reads.
func (t *Turn) key(ra *turn.RequestAttributes) (user string, key []byte, ok bool) {
	name, until, ok := splitUser(ra.Username)
	if !ok || !until.After(time.Now()) || ra.Realm != realm {
		t.counts.refused.Add(1)
		return "", nil, false
	}
	return name, turn.GenerateAuthKey(ra.Username, ra.Realm, password(t.cfg.Secret, ra.Username)), true
}

// checked notes the verdict about a credential: an allocation lasts as long as
// the newest one that its owner showed.
func (t *Turn) checked(from, _ net.Addr, _, username, _ string, _ string, good bool) {
	if !good {
		t.counts.refused.Add(1)
		return
	}
	_, until, _ := splitUser(username)
	client := addrPort(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byOwner[client]; r != nil {
		_ = r.SetReadDeadline(until)
		return
	}
	t.next = &grant{client: client, until: until}
}

// grant decides whether a user may have one more allocation.
func (t *Turn) grant(user, _ string, from net.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	client := addrPort(from)
	u, s := t.ledger.of(user, client.Addr(), time.Now())
	if u == nil || s == nil || !u.room() || !s.room() || t.ledger.total >= t.cfg.MaxAllocations || t.next == nil || t.next.client != client {
		t.counts.overQuota.Add(1)
		return false
	}
	t.next.user, t.next.source = u, s
	return true
}

// permit decides whether a client may talk to a host.
func (t *Turn) permit(from net.Addr, peer net.IP) bool {
	addr, ok := netip.AddrFromSlice(peer)
	if !ok || !t.mayReach(addr) {
		t.counts.denied.Add(1)
		return false
	}
	addr = addr.Unmap()
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.byOwner[addrPort(from)]
	if r == nil {
		return false
	}
	if _, known := r.peers[addr]; !known && len(r.peers) >= maxPeers {
		t.counts.overQuota.Add(1)
		return false
	}
	r.peers[addr] = struct{}{}
	return true
}

// forget takes back a permission that has run out.
func (t *Turn) forget(from, _ net.Addr, _, _, _ string, _ net.Addr, peer net.IP) {
	addr, _ := netip.AddrFromSlice(peer)
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byOwner[addrPort(from)]; r != nil {
		delete(r.peers, addr.Unmap())
	}
}

// channel counts the channels of an allocation.
func (t *Turn) channel(n int) func(from, _ net.Addr, _, _, _ string, _, _ net.Addr, _ uint16) {
	return func(from, _ net.Addr, _, _, _ string, _, _ net.Addr, _ uint16) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if r := t.byOwner[addrPort(from)]; r != nil {
			r.channels += n
		}
	}
}

// crowded reports whether b asks for one more channel than there may be. Those
// that the client renews pass as long as there is room for others.
func (r *relayConn) crowded(b []byte) bool {
	r.turn.mu.Lock()
	defer r.turn.mu.Unlock()
	return binary.BigEndian.Uint16(b) == channelRequest && r.channels >= maxPeers
}

// deleted notes that an allocation's goroutine has done all but its last step.
func (t *Turn) deleted(_, _ net.Addr, _, _, _ string) {
	t.mu.Lock()
	t.ledger.total--
	t.mu.Unlock()
	t.emptied()
}

// generator opens the sockets of allocations for the stack.
type generator struct{ turn *Turn }

// Validate implements turn.RelayAddressGenerator.
func (generator) Validate() error { return nil }

var errNoTCP = errors.New("stunturn: only UDP is relayed")

// AllocateListener implements turn.RelayAddressGenerator.
func (generator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCP
}

// AllocateConn implements turn.RelayAddressGenerator.
func (generator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNoTCP }

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (g generator) AllocatePacketConn(cfg turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	t := g.turn
	i := 0
	if cfg.Network == "udp6" {
		i = 1
	}
	t.mu.Lock()
	who := t.next
	t.next = nil
	t.mu.Unlock()
	if who == nil || who.user == nil || t.bind[i] == "" {
		return nil, nil, errors.New("stunturn: no relay in this family")
	}
	conn, err := t.open(cfg.Network, t.bind[i])
	if err != nil {
		t.cfg.Log.Warn("stunturn: no socket for an allocation", "err", err)
		return nil, nil, err
	}
	_ = conn.SetReadDeadline(who.until)
	port := addrPort(conn.LocalAddr()).Port()
	r := &relayConn{
		PacketConn: conn, turn: t, client: net.UDPAddrFromAddrPort(who.client), owner: who.client, port: port, family: i,
		user: who.user, source: who.source, peers: map[netip.Addr]struct{}{},
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ledger.total++
	r.user.allocations++
	r.source.allocations++
	t.byOwner[r.owner], t.byPort[r.name()] = r, r
	t.counts.created.Add(1)
	return r, net.UDPAddrFromAddrPort(netip.AddrPortFrom(t.public[i], port)), nil
}

// relayPort names a relay: IPv4 and IPv6 have ports of their own.
type relayPort struct {
	family int // 0 is IPv4, 1 is IPv6
	port   uint16
}

func portOf(a netip.AddrPort) relayPort {
	if a.Addr().Is4() {
		return relayPort{0, a.Port()}
	}
	return relayPort{1, a.Port()}
}

func (r *relayConn) name() relayPort { return relayPort{r.family, r.port} }

// open listens on a port of the range.
func (t *Turn) open(network, host string) (conn net.PacketConn, err error) {
	tries, span := 1, 0
	if t.cfg.MaxPort > 0 {
		tries, span = 64, int(t.cfg.MaxPort-t.cfg.MinPort)+1
	}
	for range tries {
		port := 0
		if span > 0 {
			port = int(t.cfg.MinPort) + rand.IntN(span)
		}
		if conn, err = t.cfg.Listen(network, net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// WriteTo sends a client's payload to a peer, if it has the quota for it.
func (r *relayConn) WriteTo(b []byte, to net.Addr) (int, error) {
	peer := addrPort(to)
	if r.turn.isOurs(peer.Addr()) {
		r.turn.mu.Lock()
		relay := r.turn.byPort[portOf(peer)] != nil
		r.turn.mu.Unlock()
		switch {
		case relay:
			// Another relay of ours, which is here whatever it is called outside.
			to = net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.turn.local[r.family], peer.Port()))
		case !within(peer.Addr(), r.turn.cfg.Allow):
			// Not what else this machine serves.
			r.turn.counts.denied.Add(1)
			return len(b), nil
		}
	}
	if !r.charge(len(b)) {
		return len(b), nil
	}
	r.turn.counts.up.Add(int64(len(b)))
	return r.PacketConn.WriteTo(b, to)
}

// ReadFrom reads what a peer sent. Another relay goes by its name outside.
func (r *relayConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := r.PacketConn.ReadFrom(b)
	if err != nil {
		return n, from, err
	}
	if peer := addrPort(from); peer.Addr() == r.turn.local[r.family] && peer.Addr() != r.turn.public[r.family] {
		r.turn.mu.Lock()
		relay := r.turn.byPort[portOf(peer)] != nil
		r.turn.mu.Unlock()
		if relay {
			from = net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.turn.public[r.family], peer.Port()))
		}
	}
	return n, from, nil
}

// charge takes n bytes from the quota, and says whether they may go. Without
// quota the allocation ends; what is above the rate is lost alone.
func (r *relayConn) charge(n int) bool {
	r.turn.mu.Lock()
	defer r.turn.mu.Unlock()
	switch r.turn.ledger.charge(r.user, r.source, n, time.Now()) {
	case pass:
		return true
	case slow:
		r.turn.counts.overRate.Add(1)
		return false
	}
	r.turn.counts.overQuota.Add(1)
	_ = r.SetReadDeadline(time.Unix(1, 0))
	return false
}

// Close implements net.PacketConn.
func (r *relayConn) Close() error {
	r.once.Do(func() {
		r.turn.mu.Lock()
		defer r.turn.mu.Unlock()
		if r.turn.byOwner[r.owner] == r {
			delete(r.turn.byOwner, r.owner)
		}
		delete(r.turn.byPort, r.name())
		r.user.allocations--
		r.source.allocations--
	})
	return r.PacketConn.Close()
}
