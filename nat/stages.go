//go:build !js

package nat

import (
	"net/netip"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// gather is how long a server that has no other address waits for one that has.
const gather = 60 * time.Millisecond

// padding makes a request as large as [LargeSize].
const padding = LargeSize - 24

// advance begins the next stage when its time has come.
func (e *exam) advance(now time.Duration) {
	if e.stage == finding {
		e.find(now)
	}
	if e.stage == examining {
		e.loop(now)
	}
}

// find chooses the server that the rest is asked: one with two addresses before
// one with two ports before others.
func (e *exam) find(now time.Duration) {
	open := false
	e.base = nil
	for _, q := range e.queries {
		if q.public.IsValid() && (e.base == nil || worth(q) > worth(e.base)) {
			e.base = q
		}
		open = open || !q.done()
	}
	if e.base == nil {
		return
	}
	if worth(e.base) == bestWorth || !open || now >= e.base.first+e.base.rtt+gather {
		for _, q := range e.queries {
			q.cut = q.cut || q.sent == 0 // a server in reserve
		}
		e.stage = examining
		e.examine(now)
	}
}

const bestWorth = 3

func worth(q *query) int {
	switch {
	case !q.other.IsValid() || q.other == q.to:
		return 0
	case q.other.Addr() == q.to.Addr():
		return 1 // two ports
	case q.other.Port() == q.to.Port():
		return 2 // two addresses
	}
	return bestWorth
}

// examine asks the base server everything else. The mapper comes first, so that
// its ports follow each other.
func (e *exam) examine(now time.Duration) {
	to, other := e.base.to, e.base.other
	w := worth(e.base)
	ask := func(sock int, to netip.AddrPort) *query {
		for _, q := range e.queries {
			if q.sock == sock && q.to == to && q.wish == (stunmsg.Wish{}) {
				return q // named as a server of its own
			}
		}
		return e.add(&query{sock: sock, to: to, tries: filterTries}, now)
	}
	if w == bestWorth {
		e.farPort = ask(mapper, netip.AddrPortFrom(to.Addr(), other.Port()))
	}
	if w > 0 {
		e.farBoth = ask(mapper, other)
	}
	e.control = ask(filter, to)
	if w >= 2 {
		wish := stunmsg.Wish{ChangeIP: true, ChangePort: w == bestWorth}
		e.fromOther = e.add(&query{sock: filter, to: to, wish: wish, expect: other, tries: filterTries}, now)
	}
	if w == bestWorth || w == 1 {
		from := netip.AddrPortFrom(to.Addr(), other.Port())
		e.fromPort = e.add(&query{sock: filter, to: to, wish: stunmsg.Wish{ChangePort: true}, expect: from, tries: filterTries}, now)
	}
	if w > 0 {
		e.large = e.add(&query{sock: mapper, to: to, wish: stunmsg.Wish{Padding: padding}, tries: filterTries}, now)
	}
}

// loop sends packets from one socket to the public address of the other, when
// both are known.
func (e *exam) loop(now time.Duration) {
	p := e.patience()
	wait := []*query{e.control, e.farPort, e.farBoth}
	for _, q := range wait {
		if q != nil && !q.settled(now, p) {
			return
		}
	}
	e.stage = looping
	if !e.control.public.IsValid() || e.mapping() == MappingNone {
		return
	}
	e.hairpinAsked = true
	m, f := e.base.public, e.control.public
	send := func(sock int, to netip.AddrPort, tries []time.Duration) {
		if to.Port() != 0 {
			e.hairpins = append(e.hairpins, e.add(&query{sock: sock, to: to, tries: tries}, now))
		}
	}
	if !e.mapping().Dependent() {
		// Each opens the filter for the other.
		send(mapper, f, hairpinTries)
		send(filter, m, hairpinTries)
		return
	}
	// What the mapper sends to our own address leaves by the next port, and the
	// packet after by the one after that at most: the first opens the filter
	// for the second, which goes to the port of the first.
	if step, ok := e.step(); ok {
		e.predicted = true
		last := e.lastPort(step)
		send(mapper, netip.AddrPortFrom(m.Addr(), shift(last, 2*step)), once)
		send(mapper, netip.AddrPortFrom(m.Addr(), shift(last, step)), hairpinTries)
	}
	send(filter, m, hairpinTries) // whoever filters nothing lets this in
}

func shift(port uint16, by int) uint16 { return port + uint16(by) }

// lastPort is the port that the NAT gave last: the mapper's or, where sockets
// share one sequence, the filter's.
func (e *exam) lastPort(step int) uint16 {
	mapped := e.mapped()
	last := mapped[len(mapped)-1].public.Port()
	if d := int(int16(e.control.public.Port() - last)); d != 0 && abs(d) <= 4*abs(step) && d*step > 0 {
		return e.control.public.Port()
	}
	return last
}

// mapped returns the mapper's answered queries in the order of sending.
func (e *exam) mapped() []*query {
	var out []*query
	for _, q := range e.queries {
		if q.sock == mapper && q.public.IsValid() && q.wish == (stunmsg.Wish{}) && !e.isHairpin(q) {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b *query) int { return a.order - b.order })
	return out
}
