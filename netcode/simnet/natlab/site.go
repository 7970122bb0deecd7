//go:build !js

package natlab

import "net/netip"

// Site is a router and the network behind it. All methods are safe for
// concurrent use.
type Site struct {
	lab     *Lab
	up      *Site // the router it stands behind; nil is the Internet
	index   int
	table   *table // of the outside address
	wall    firewall
	inner   lan
	line    edge
	gateway *Host
}

// Site returns a new router on the Internet. It panics if nat is not valid.
func (l *Lab) Site(nat NAT) *Site { return l.site(nat, nil) }

// Site returns a new router behind s, as a home router stands behind a
// carrier's. It panics if nat is not valid.
func (s *Site) Site(nat NAT) *Site { return s.lab.site(nat, s) }

func (l *Lab) site(nat NAT, up *Site) *Site {
	if err := nat.Validate(); err != nil {
		panic(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	nat = nat.resolve()
	s := &Site{lab: l, up: up, index: l.sites}
	l.sites++
	s.inner.init(nat.LAN)
	s.table = newTable(nat, l.lan(up).add(s), l.seed(siteSeed, s.index, 0))
	return s
}

// Behind returns a host behind new routers of its own, the outermost first; a
// public host without any. See [Kinds].
func (l *Lab) Behind(nats ...NAT) *Host {
	var s *Site
	for _, n := range nats {
		s = l.site(n, s)
	}
	return l.host(s)
}

// lan returns the network behind s; nil is the Internet. l.mu is held.
func (l *Lab) lan(s *Site) *lan {
	if s == nil {
		return &l.net
	}
	return &s.inner
}

// Outside returns the address that s has out there now: a public one, or one of
// the network of the router it stands behind.
func (s *Site) Outside() netip.Addr {
	s.lab.mu.Lock()
	defer s.lab.mu.Unlock()
	return s.table.outside
}

// Renumber gives s another outside address and forgets all mappings, as after a
// new dial-in: whoever is behind it is somewhere else from now on. It returns
// the new address.
func (s *Site) Renumber() netip.Addr {
	l := s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	net := l.lan(s.up)
	net.remove(s.table.outside)
	s.table.outside = net.add(s)
	s.table.forget()
	for _, h := range l.hosts {
		if toward(s, h) != nil {
			l.number6(h)
		}
	}
	return s.table.outside
}

// Reboot forgets all mappings but those made by [Site.Forward].
func (s *Site) Reboot() {
	s.lab.mu.Lock()
	defer s.lab.mu.Unlock()
	s.table.forget()
	s.wall.open = nil
}

// Forward opens an outside port for ever and to everybody, as UPnP and a
// patient parent do: what comes there goes to the inside port of h, and what h
// sends from there leaves by it. false if the port is taken or h is not behind
// s.
func (s *Site) Forward(port uint16, h *Host, inside uint16) bool {
	l := s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	return h.site == s && s.table.forward(l.Now(), port, netip.AddrPortFrom(h.addr, inside))
}

// Unforward takes back what [Site.Forward] did.
func (s *Site) Unforward(port uint16) {
	s.lab.mu.Lock()
	defer s.lab.mu.Unlock()
	s.table.unforward(port)
}

// NAT returns what the router does, defaults filled in.
func (s *Site) NAT() NAT {
	s.lab.mu.Lock()
	defer s.lab.mu.Unlock()
	return s.table.nat
}

// Mappings returns how many outside ports are open now.
func (s *Site) Mappings() int {
	l := s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for port := range s.table.byPort {
		if s.table.at(l.Now(), port) != nil {
			n++
		}
	}
	return n
}

// guess is in lab.mu, as the other two.
func (s *Site) guess(l *Lab, dst netip.AddrPort) *Host {
	if dst.Addr().Is6() {
		return l.six[dst.Addr()]
	}
	if m := s.table.at(l.Now(), dst.Port()); m != nil {
		if nd := s.inner.nodes[m.inside.Addr()]; nd != nil {
			return nd.guess(l, m.inside)
		}
	}
	for _, nd := range s.inner.order {
		if h := nd.guess(l, netip.AddrPort{}); h != nil {
			return h
		}
	}
	return nil
}

func (s *Site) edge() *edge { return &s.line }

// enter takes a packet from outside.
func (s *Site) enter(l *Lab, p *packet) {
	nat := &s.table.nat
	inside, ok := p.dst, false
	if p.dst.Addr().Is6() {
		ok = s.wall.in(l.Now(), nat, p.src, p.dst)
	} else {
		inside, ok = s.table.in(l.Now(), p.src, p.dst.Port())
	}
	switch {
	case nat.Blocked:
		l.drop(p, &p.from.counts.Blocked)
		return
	case p.size() > nat.MTU:
		l.drop(p, &p.from.counts.TooBig)
		return
	case !ok:
		l.drop(p, &p.from.counts.Refused)
		return
	}
	p.dst = inside
	nd := s.inner.nodes[inside.Addr()]
	if inside.Addr().Is6() {
		nd = toward(s, l.six[inside.Addr()])
	}
	if nd == nil {
		l.drop(p, &p.from.counts.NoRoute)
		return
	}
	l.run(l.Now(), event{p: p, step: downStep, node: nd})
}
