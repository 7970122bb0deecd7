package simnet

import "time"

// Now returns the virtual time since [New]. It never runs backwards, and within
// one receiver or timer it stands still.
func (n *Net) Now() time.Duration { return n.now }

// After runs f once, d from now; at once, but not before what is due already,
// when d is 0 or less. f runs inside [Net.RunUntil] and its kind. A timer
// belongs to the Net, not to a peer: it also runs when a peer is frozen or has
// crashed. For a peer's own timers there is [Link.After].
func (n *Net) After(d time.Duration, f func()) {
	n.push(event{at: later(n.now, max(d, 0)), kind: evCall, call: f})
}

// Step moves the clock to the next event and runs that one alone: a delivery, a
// timer or an inner one of the network such as a retransmission. It returns
// false, and does nothing, when there is none. It panics when it is called from
// within an event.
func (n *Net) Step() bool {
	n.enter()
	defer n.leave()
	if len(n.events) == 0 {
		return false
	}
	n.run(n.events.pop())
	return true
}

// RunUntil runs everything that is due up to the time t, t included, and leaves
// the clock at t. Nothing happens when t has passed. It panics when it is
// called from within an event. Should an event panic, it counts as run and the
// Net goes on.
func (n *Net) RunUntil(t time.Duration) {
	n.enter()
	defer n.leave()
	for len(n.events) > 0 && n.events[0].at <= t {
		n.run(n.events.pop())
	}
	n.now = max(n.now, t)
}

// RunFor is RunUntil(Now() + d).
func (n *Net) RunFor(d time.Duration) { n.RunUntil(later(n.now, max(d, 0))) }

// enter keeps events from running inside events.
func (n *Net) enter() {
	if n.running {
		panic("simnet: the clock is driven from within an event")
	}
	n.running = true
}

func (n *Net) leave() { n.running = false }

// push schedules e behind everything that is due at its time already.
func (n *Net) push(e event) {
	e.seq = n.seq
	n.seq++
	n.events.push(e)
}

func (n *Net) run(e event) {
	n.now = e.at
	switch e.kind {
	case evCall:
		e.call()
	case evArrive:
		e.packet.dir.arrive(e.packet)
	case evTry:
		e.packet.dir.try(e.packet, e.part)
	case evPart:
		e.packet.dir.arrivePart(e.packet, e.part)
	case evPump:
		e.dir.pumping = false
		e.dir.pump()
	case evTimer:
		e.link.ring(e)
	case evDrain:
		e.link.drained()
	}
}
