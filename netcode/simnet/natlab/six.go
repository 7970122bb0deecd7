//go:build !js

package natlab

import (
	"net/netip"
	"time"
)

// IPv6 knows no translation: every host has an address of its own that holds
// everywhere, and a router is a firewall that lets in what was asked for.

// firewall remembers who may send to whom, as [NAT.Filtering] says. It is pure.
type firewall struct {
	open  map[passage]time.Duration // until when
	swept time.Duration
}

// passage is a socket inside, and as much of the other end as filtering depends
// on.
type passage struct{ inside, far netip.AddrPort }

// out takes a packet that leaves.
func (f *firewall) out(now time.Duration, nat *NAT, inside, far netip.AddrPort) {
	if now-f.swept >= nat.Lifetime || f.open == nil {
		f.swept = now
		if f.open == nil {
			f.open = map[passage]time.Duration{}
		}
		for p, until := range f.open {
			if until <= now {
				delete(f.open, p)
			}
		}
	}
	f.open[passage{inside, part(nat.Filtering, far)}] = now + nat.Lifetime
}

// in says whether a packet that comes is let in.
func (f *firewall) in(now time.Duration, nat *NAT, far, inside netip.AddrPort) bool {
	return f.open[passage{inside, part(nat.Filtering, far)}] > now
}

// toward returns the node of the network behind s (nil is the Internet) that is
// h or leads to it; nil if h is not there.
func toward(s *Site, h *Host) node {
	if h == nil {
		return nil
	}
	if h.site == s {
		return h
	}
	for x := h.site; x != nil; x = x.up {
		if x.up == s {
			return x
		}
	}
	return nil
}

// number6 gives h another IPv6 address, if the Lab has any. l.mu is held.
func (l *Lab) number6(h *Host) {
	if !l.cfg.IPv6 {
		return
	}
	delete(l.six, h.addr6)
	l.next6++
	a := netip.MustParseAddr("2001:db8::").As16()
	if h.site != nil {
		a[6], a[7] = byte((h.site.index+1)>>8), byte(h.site.index+1)
	}
	a[13], a[14], a[15] = byte(l.next6>>16), byte(l.next6>>8), byte(l.next6)
	h.addr6 = netip.AddrFrom16(a)
	l.six[h.addr6] = h
}

// Addr6 returns the IPv6 address of h, the same inside and outside; the zero Addr
// without [Config.IPv6].
func (h *Host) Addr6() netip.Addr {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.addr6
}
