package simnet

import "github.com/tuttiplay/tutti/netcode/peer"

// inbox keeps in order what reached a peer that could not take it: while it is
// frozen, and until it has worked off the rest after that.
type inbox struct {
	head, tail *packet // the oldest and the newest
	// bytes counts the moves in it, headers included: at most Config.Buffer.
	// What is reliable counts against its sender's Config.Queue instead.
	bytes int
}

// Freeze stops the process of a peer, as SIGSTOP or a hidden page do, while its
// clock goes on: none of its timers and receivers runs and [Link.Send] returns
// [ErrFrozen]. What arrives waits in order up to [Config.Buffer]; moves beyond
// that are lost, the other channels wait with their senders. The others notice
// the silence after [Config.Notice].
//
// A peer that is suspended stays stopped, and its clock goes on from now. A
// frozen or crashed peer stays as it is. Timers of [Net.After] are nobody's and
// run on; what plays a peer uses [Link.After]. It panics on the zero ID.
func (n *Net) Freeze(id peer.ID) { n.stop(n.link(id), false) }

// Suspend is [Net.Freeze] with a clock that stands, as most have it while a
// laptop sleeps: at [Net.Thaw] the peer finds that no time has passed. A radio
// that sleeps too is a cut on top; see [Net.Split].
//
// A peer that is frozen stays stopped, and its clock stands from now. A
// suspended or crashed peer stays as it is. It panics on the zero ID.
func (n *Net) Suspend(id peer.ID) { n.stop(n.link(id), true) }

// Thaw lets a peer go on after [Net.Freeze] or [Net.Suspend]. What waited runs
// in events of its own at this very time: first the timers that fell due, in
// their order, so that a peer thinks of the time that passed before it hears
// what was said meanwhile; then the receivers, with everything in the order in
// which it arrived; then its reliable channels send on. Nothing happens to a
// peer that runs or has crashed. It panics on the zero ID.
func (n *Net) Thaw(id peer.ID) {
	l := n.link(id)
	if !l.frozen {
		return
	}
	l.frozen = false
	l.thaws++
	l.clock.set(n.now)
	l.clock.stands = false
	n.resume(l)
	l.drain()
	for _, d := range l.out {
		if d != nil {
			d.release()
		}
	}
}

// Frozen tells whether the peer is stopped by [Net.Freeze] or [Net.Suspend].
func (l *Link) Frozen() bool { return l.frozen }

func (n *Net) stop(l *Link, stands bool) {
	if l.crashed {
		return
	}
	if !l.frozen {
		l.frozen, l.frozenAt = true, n.now
		n.halt(l)
	}
	l.clock.set(n.now)
	l.clock.stands = stands
}

// waits tells whether what arrives now has to wait.
func (l *Link) waits() bool { return l.frozen || l.inbox.head != nil }

// fits tells whether a move that arrives now finds room.
func (l *Link) fits(p *packet) bool {
	return !l.waits() || l.inbox.bytes+len(p.buf)+Overhead <= l.net.cfg.Buffer
}

// keep puts a packet at the end of the inbox.
func (l *Link) keep(p *packet) {
	if p.ch == peer.Moves {
		l.inbox.bytes += len(p.buf) + Overhead
	}
	if l.inbox.head == nil {
		l.inbox.head = p
	} else {
		l.inbox.tail.next = p
	}
	l.inbox.tail = p
}

// next takes the oldest packet out of the inbox, which must not be empty.
func (l *Link) next() *packet {
	p := l.inbox.head
	l.inbox.head, p.next = p.next, nil
	if p.ch == peer.Moves {
		l.inbox.bytes -= len(p.buf) + Overhead
	}
	return p
}

// drain schedules the hand-over of the next packet that waited, if there is
// one.
func (l *Link) drain() {
	if l.inbox.head != nil {
		l.net.push(event{at: l.net.now, kind: evDrain, link: l, part: l.thaws})
	}
}

// drained hands over one packet that waited, after the thaw of that number. The
// peer may have been frozen again, or have died, since this was scheduled.
func (l *Link) drained(thaw int) {
	if l.frozen || l.thaws != thaw || l.inbox.head == nil {
		return
	}
	p := l.next()
	p.dir.deliver(p)
	l.drain()
}

// bury ends what waited for a peer that has crashed, its timers included.
func (l *Link) bury() {
	for l.inbox.head != nil {
		p := l.next()
		if p.ch == peer.Moves {
			p.dir.mourn(p)
		} else {
			l.net.put(p)
		}
	}
	l.late = nil
}
