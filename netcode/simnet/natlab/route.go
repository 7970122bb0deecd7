//go:build !js

package natlab

import (
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// What packets take that never leave the house.
const (
	cable    = 300 * time.Microsecond // between two hosts behind one router
	loopback = 20 * time.Microsecond  // from a host to itself
)

// pair is one direction between two hosts.
type pair struct {
	path *weather.Path
	gap  gap
}

// pair returns the direction and makes it on first use. l.mu is held.
func (l *Lab) pair(from, to *Host) *pair {
	k := [2]int{from.index, to.index}
	p := l.pairs[k]
	if p == nil {
		p = &pair{path: weather.NewPath(l.seed(pairSeed, from.index, to.index), l.cfg.Weather)}
		l.pairs[k] = p
	}
	return p
}

// send takes a datagram from a socket of h. l.mu is not held.
func (l *Lab) send(h *Host, src, dst netip.AddrPort, b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	now := l.Now()
	p := newPacket(h, src, dst, now, b)
	h.counts.Sent++
	h.counts.SentBytes += int64(p.size())
	switch {
	case l.cfg.Tap != nil && !l.cfg.Tap(h, src, dst, b):
		l.drop(p, &h.counts.Taken)
	case dst.Addr() == h.addr || dst.Addr() == h.addr6 || dst.Addr().IsLoopback():
		l.at(now+loopback, event{p: p, step: enterStep, node: h})
	case src.Addr().IsLoopback():
		l.drop(p, &h.counts.NoRoute)
	case p.size() > ethernet:
		l.drop(p, &h.counts.TooBig)
	case h.gap.hits(now, now):
		l.drop(p, &h.counts.Cut) // its router never sees it
	default:
		l.over(now, h.line.up, event{p: p, step: routeStep, site: h.site})
	}
}

// drop ends a packet and counts why.
func (l *Lab) drop(p *packet, why *int64) {
	*why++
	packets.Put(p)
}

// over sends e over a line, which may be nil, and runs what comes of it.
func (l *Lab) over(now time.Duration, line *weather.Path, e event) {
	if line == nil {
		l.run(now, e)
		return
	}
	times := line.Next(now, e.p.size())
	if len(times) == 0 {
		l.drop(e.p, &e.p.from.counts.Lost)
		return
	}
	if len(times) == 2 {
		p := e.p
		p.from.counts.Duplicated++
		twin := e
		twin.p = newPacket(p.from, p.src, p.dst, p.sent, p.data)
		defer l.at(times[1], twin)
	}
	l.at(times[0], e)
}

// run moves a packet on. l.mu is held.
func (l *Lab) run(now time.Duration, e event) {
	switch e.step {
	case routeStep:
		if e.site == nil {
			l.internet(now, e.p)
		} else {
			e.site.route(l, now, e.p)
		}
	case downStep:
		e.step = enterStep
		l.over(now, e.node.edge().down, e)
	case enterStep:
		e.node.enter(l, e.p)
	}
}

// internet takes a packet that left all routers of its sender.
func (l *Lab) internet(now time.Duration, p *packet) {
	nd := l.net.nodes[p.dst.Addr()]
	if p.dst.Addr().Is6() {
		nd = toward(nil, l.six[p.dst.Addr()])
	}
	if nd == nil {
		l.drop(p, &p.from.counts.NoRoute)
		return
	}
	l.across(now, p, event{p: p, step: downStep, node: nd})
}

// across sends a packet to the host that it seems to be for, under the weather
// between the two.
func (l *Lab) across(now time.Duration, p *packet, e event) {
	to := e.node.guess(l, p.dst)
	switch {
	case to == nil:
		l.drop(p, &p.from.counts.NoRoute)
	case p.from == to, to.site != nil && p.from.site == to.site:
		l.at(now+cable, e)
	case l.outage.hits(now, now) || l.pair(p.from, to).gap.hits(now, now):
		l.drop(p, &p.from.counts.Cut)
	default:
		l.over(now, l.pair(p.from, to).path, e)
	}
}

// route takes a packet in the network behind s.
func (s *Site) route(l *Lab, now time.Duration, p *packet) {
	nat, to := &s.table.nat, p.dst.Addr()
	near := to.Is6() && toward(s, l.six[to]) != nil
	if nat.LAN.Contains(to) || near {
		nd := s.inner.nodes[to]
		if near {
			nd = toward(s, l.six[to])
		}
		if nd == nil {
			l.drop(p, &p.from.counts.NoRoute)
			return
		}
		l.across(now, p, event{p: p, step: downStep, node: nd})
		return
	}
	hairpin := to == s.table.outside
	switch {
	case nat.Blocked:
		l.drop(p, &p.from.counts.Blocked)
		return
	case p.size() > nat.MTU:
		l.drop(p, &p.from.counts.TooBig)
		return
	case hairpin && !nat.Hairpin:
		l.drop(p, &p.from.counts.Refused)
		return
	}
	src, ok := p.src, true
	if to.Is6() {
		s.wall.out(now, nat, p.src, p.dst)
	} else {
		src, ok = s.table.out(now, p.src, p.dst)
	}
	if !ok {
		l.drop(p, &p.from.counts.Refused)
		return
	}
	p.src = src
	if hairpin {
		l.across(now, p, event{p: p, step: enterStep, node: s})
		return
	}
	l.over(now, s.line.up, event{p: p, step: routeStep, site: s.up})
}
