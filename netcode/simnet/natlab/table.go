//go:build !js

package natlab

import (
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// table is what a router remembers. It is pure: time is an argument, and its
// dice are seeded.
type table struct {
	nat     NAT // resolved
	outside netip.Addr
	dice    weather.Dice
	byKey   map[key]*mapping
	byPort  map[uint16]*mapping
	fixed   map[netip.AddrPort]*mapping // forwarded by hand, by inside address
	last    uint16                      // the port that Sequential gave last
	swept   time.Duration               // when expired mappings were last removed
}

// key names a mapping from inside.
type key struct {
	inside netip.AddrPort
	far    netip.AddrPort // as much of it as the mapping depends on
}

// mapping is one open outside port.
type mapping struct {
	key
	port    uint16
	expires time.Duration
	fixed   bool // forwarded by hand: open to all, for ever
	// allowed is who may send, as much of them as filtering depends on, and
	// until when.
	allowed map[netip.AddrPort]time.Duration
}

func newTable(nat NAT, outside netip.Addr, seed uint64) *table {
	t := &table{nat: nat, outside: outside, dice: weather.NewDice(seed), fixed: map[netip.AddrPort]*mapping{}}
	t.last = uint16(20_000 + t.dice.Below(20_000))
	t.forget()
	return t
}

// forget drops all mappings but those made by hand.
func (t *table) forget() {
	t.byKey, t.byPort = map[key]*mapping{}, map[uint16]*mapping{}
	for _, m := range t.fixed {
		t.byPort[m.port] = m
	}
}

// part returns as much of an endpoint as d depends on.
func part(d Dependence, a netip.AddrPort) netip.AddrPort {
	switch d {
	case EndpointIndependent:
		return netip.AddrPort{}
	case AddressDependent:
		return netip.AddrPortFrom(a.Addr(), 0)
	}
	return a
}

// out takes a packet from inside and returns the source it has outside; false
// when no port is free.
func (t *table) out(now time.Duration, src, dst netip.AddrPort) (netip.AddrPort, bool) {
	m := t.fixed[src]
	if m == nil {
		k := key{src, part(t.nat.Mapping, dst)}
		if m = t.byKey[k]; m == nil || m.expires <= now {
			t.remove(m)
			t.sweep(now)
			port, ok := t.choose(now, src.Port())
			if !ok {
				return netip.AddrPort{}, false
			}
			m = &mapping{key: k, port: port, allowed: map[netip.AddrPort]time.Duration{}}
			t.byKey[k], t.byPort[port] = m, m
		}
	}
	m.expires = now + t.nat.Lifetime
	if m.fixed {
		return netip.AddrPortFrom(t.outside, m.port), true
	}
	m.allowed[part(t.nat.Filtering, dst)] = m.expires
	return netip.AddrPortFrom(t.outside, m.port), true
}

// in takes a packet that came to an outside port and returns where it goes
// inside; false when it is not let in.
func (t *table) in(now time.Duration, src netip.AddrPort, port uint16) (netip.AddrPort, bool) {
	m := t.at(now, port)
	if m == nil {
		return netip.AddrPort{}, false
	}
	if !m.fixed && m.allowed[part(t.nat.Filtering, src)] <= now {
		return netip.AddrPort{}, false
	}
	return m.inside, true
}

// at returns the mapping at an outside port, nil if there is none.
func (t *table) at(now time.Duration, port uint16) *mapping {
	if m := t.byPort[port]; m != nil && (m.fixed || m.expires > now) {
		return m
	}
	return nil
}

// forward opens a port by hand; false when it is taken, or the inside address
// has another one.
func (t *table) forward(now time.Duration, port uint16, inside netip.AddrPort) bool {
	if m := t.at(now, port); m != nil {
		return m.fixed && m.inside == inside
	}
	if t.fixed[inside] != nil {
		return false
	}
	t.remove(t.byPort[port])
	m := &mapping{key: key{inside: inside}, port: port, fixed: true}
	t.byPort[port], t.fixed[inside] = m, m
	return true
}

// unforward closes a port that was opened by hand.
func (t *table) unforward(port uint16) {
	if m := t.byPort[port]; m != nil && m.fixed {
		delete(t.byPort, port)
		delete(t.fixed, m.inside)
	}
}

func (t *table) remove(m *mapping) {
	if m == nil {
		return
	}
	if t.byPort[m.port] == m {
		delete(t.byPort, m.port)
	}
	if t.byKey[m.key] == m {
		delete(t.byKey, m.key)
	}
}

// sweep removes what expired, now and then, so that the table stays small.
func (t *table) sweep(now time.Duration) {
	if now-t.swept < t.nat.Lifetime {
		return
	}
	t.swept = now
	for _, m := range t.byKey {
		if m.expires <= now {
			t.remove(m)
			continue
		}
		for who, until := range m.allowed {
			if until <= now {
				delete(m.allowed, who)
			}
		}
	}
}

// lowest is the first port that is given out.
const lowest = 1024

// choose finds a free port for a host that sends from the port want.
func (t *table) choose(now time.Duration, want uint16) (uint16, bool) {
	const span = 1<<16 - lowest
	step, start := 1, int(want)-lowest
	switch t.nat.Ports {
	case Sequential:
		step = t.nat.Step
		start = int(t.last) - lowest + step
	case Random:
		start = int(t.dice.Below(span))
	}
	for i := range span {
		port := uint16(mod(start+i*step, span) + lowest)
		if t.at(now, port) == nil {
			t.remove(t.byPort[port])
			t.last = port
			return port, true
		}
	}
	return 0, false
}

func mod(a, n int) int { return (a%n + n) % n }
