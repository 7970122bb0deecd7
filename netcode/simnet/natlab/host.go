//go:build !js

package natlab

import (
	"net/netip"

	"github.com/pion/transport/v4"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// Host is a machine with one address. All methods are safe for concurrent use.
type Host struct {
	lab    *Lab
	site   *Site // whose network it is in; nil is the Internet
	index  int
	addr   netip.Addr
	addr6  netip.Addr // zero without IPv6
	socks  map[netip.AddrPort]*socket
	dice   weather.Dice // ports
	line   edge
	gap    gap
	counts Counters
}

// Host returns a new machine with a public address.
func (l *Lab) Host() *Host { return l.host(nil) }

// Host returns a new machine behind s.
func (s *Site) Host() *Host { return s.lab.host(s) }

// Gateway returns the router itself as a machine of the network behind it, with
// its first address: where its hosts look for UPnP and NAT-PMP. It is the same
// one at every call.
func (s *Site) Gateway() *Host {
	l := s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.gateway == nil {
		h := l.newHost(s)
		h.addr = s.table.nat.LAN.Addr().Next()
		s.inner.nodes[h.addr] = h // and not in order: no player lives there
		s.gateway = h
	}
	return s.gateway
}

func (l *Lab) host(s *Site) *Host {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.newHost(s)
	h.addr = l.lan(s).add(h)
	return h
}

func (l *Lab) newHost(s *Site) *Host {
	h := &Host{lab: l, site: s, index: len(l.hosts), socks: map[netip.AddrPort]*socket{}}
	h.dice = weather.NewDice(l.seed(hostSeed, h.index, 0))
	l.hosts = append(l.hosts, h)
	l.number6(h)
	return h
}

// Net returns the network as a program on h sees it: an interface eth0 with the
// address of h, a loopback interface, and UDP sockets.
func (h *Host) Net() transport.Net { return &hostNet{h} }

// Addr returns the address that h has in its own network.
func (h *Host) Addr() netip.Addr {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.addr
}

// Public returns the address on the Internet behind which h is: its own, or that
// of the outermost router.
func (h *Host) Public() netip.Addr {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	if h.site == nil {
		return h.addr
	}
	s := h.site
	for s.up != nil {
		s = s.up
	}
	return s.table.outside
}

// Site returns the router that h is behind; nil for a public host.
func (h *Host) Site() *Site {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.site
}

// Move takes h into the network behind s, nil for the Internet, where it gets
// another address, as a telephone does that leaves the house. Sockets that are
// bound to no address of their own go on working, others send into the void.
func (h *Host) Move(s *Site) {
	l := h.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lan(h.site).remove(h.addr)
	h.site = s
	h.addr = l.lan(s).add(h)
	l.number6(h)
}

// guess is in lab.mu, as the other two.
func (h *Host) guess(*Lab, netip.AddrPort) *Host { return h }

func (h *Host) edge() *edge { return &h.line }

// enter takes a packet that is for h.
func (h *Host) enter(l *Lab, p *packet) {
	now, from := l.Now(), p.from
	if from != h {
		if l.pair(from, h).gap.hits(p.sent, now) || h.gap.hits(p.sent, now) || from.gap.hits(p.sent, now) || l.outage.hits(p.sent, now) {
			l.drop(p, &from.counts.Cut)
			return
		}
	}
	s := h.find(p.dst)
	if s == nil || s.remote.IsValid() && s.remote != p.src {
		l.drop(p, &from.counts.NoPort)
		return
	}
	size := int64(p.size())
	if !s.push(p) {
		l.drop(p, &from.counts.Overflow)
		return
	}
	h.counts.Received++
	h.counts.ReceivedBytes += size
}

// find returns the socket that a datagram to a is for.
func (h *Host) find(a netip.AddrPort) *socket {
	if s := h.socks[a]; s != nil {
		return s
	}
	wild := netip.IPv4Unspecified()
	if a.Addr().Is6() {
		wild = netip.IPv6Unspecified()
	}
	return h.socks[netip.AddrPortFrom(wild, a.Port())]
}
