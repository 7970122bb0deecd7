package simnet

import (
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Shape changes the weather of one direction for the packets to come; what is
// under way arrives as it would have. Both peers may be named before they have
// a link. The error is [weather.Weather.Validate]'s, and then nothing changes.
// It panics on the zero ID.
func (n *Net) Shape(from, to peer.ID, w weather.Weather) error {
	return n.direction(n.link(from), n.link(to)).path.Shape(w)
}

// Cut severs two peers in both directions; see [Net.CutOneWay].
func (n *Net) Cut(a, b peer.ID) {
	n.CutOneWay(a, b)
	n.CutOneWay(b, a)
}

// CutOneWay severs one direction from now on, what is under way included: moves
// are lost, the other channels wait for [Net.Heal]. Neither peer is told before
// [Config.Notice] has passed. Both may be named before they have a link. It
// panics on the zero ID.
func (n *Net) CutOneWay(from, to peer.ID) {
	d := n.direction(n.link(from), n.link(to))
	if !d.cut {
		d.cut, d.cutAt = true, n.now
	}
}

// Heal ends the cuts between two peers in both directions. The reliable
// channels send what waited at once.
func (n *Net) Heal(a, b peer.ID) {
	x, y := n.link(a), n.link(b)
	n.direction(x, y).heal()
	n.direction(y, x).heal()
}

func (d *direction) heal() {
	if d.cut {
		d.cut = false
		d.release()
	}
}

// release sends on what waited for Heal or Thaw, unless it waits for the other
// one too.
func (d *direction) release() {
	if d.cut || d.from.frozen {
		return
	}
	for _, w := range d.parked {
		d.net.push(event{at: d.net.now, kind: evTry, packet: w.packet, part: w.part})
	}
	clear(d.parked)
	d.parked = d.parked[:0]
	d.pump()
}

// Crash ends a peer without a word, for good: from now on nothing reaches it
// and nothing leaves it. What it had put on the wire before still arrives; what
// a reliable channel would have had to send again does not. Others notice after
// [Config.Notice]. Its timers of [Link.After] never run, those of [Net.After]
// do. Crashing twice is crashing once. It panics on the zero ID.
func (n *Net) Crash(id peer.ID) {
	l := n.link(id)
	if !l.crashed {
		l.crashed, l.crashedAt, l.frozen = true, n.now, false
		l.bury()
	}
}
