package simnet

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// parked is a part of a message that waits for a cut to heal or for its sender
// to be thawed.
type parked struct {
	packet *packet
	part   int
}

// message sends a packet on a reliable channel, in parts. Bulk yields the line
// to everyone else; the others send at once.
func (d *direction) message(p *packet) {
	d.lanes[p.ch].push(p)
	if p.ch == peer.Bulk {
		d.pump()
		return
	}
	for p.sent < p.parts {
		p.sent++
		d.try(p, p.sent-1)
	}
}

// pump sends parts of Bulk as long as the line is free, and comes back when it
// is free again.
func (d *direction) pump() {
	n, l := d.net, &d.lanes[peer.Bulk]
	for l.head != nil && !d.cut && !d.from.frozen && !d.from.crashed {
		if free := d.path.Free(); free > n.now {
			if !d.pumping {
				d.pumping = true
				n.push(event{at: free, kind: evPump, dir: d})
			}
			return
		}
		p := l.head
		p.sent++
		part := p.sent - 1
		if p.sent == p.parts {
			l.pop()
		}
		d.try(p, part)
	}
}

// try sends one part and schedules what follows: its arrival, or the next try.
// A dead sender tries no more, and for a dead receiver nobody does; what was
// under way of such a message is left to the garbage collector.
func (d *direction) try(p *packet, part int) {
	n, l := d.net, &d.lanes[p.ch]
	switch {
	case d.from.crashed || d.to.crashed:
		return
	case d.cut || d.from.frozen:
		d.parked = append(d.parked, parked{p, part})
		return
	}
	size := p.size(part) + Overhead
	l.count.Wire += int64(size)
	at := d.path.Next(n.now, size)
	if len(at) == 0 {
		l.count.Lost++
		d.tell(p, Lost)
		n.push(event{at: n.now + d.timeout(), kind: evTry, packet: p, part: part})
		return
	}
	// A second copy would be filtered out by its number.
	n.push(event{at: at[0], kind: evPart, packet: p, part: part})
}

// timeout is how long the sender waits for an acknowledgement.
func (d *direction) timeout() time.Duration {
	there, back := d.path.Weather(), d.net.direction(d.to, d.from).path.Weather()
	return max(d.net.cfg.Retry, there.Latency+there.Jitter+back.Latency+back.Jitter)
}

// arrivePart ends the way of one part, and with the last part that of its
// message. On an ordered channel a message also waits for those before it.
func (d *direction) arrivePart(p *packet, part int) {
	if d.to.crashed {
		return
	}
	l := &d.lanes[p.ch]
	if d.cut {
		l.count.Lost++
		d.tell(p, Lost)
		d.try(p, part)
		return
	}
	p.missing--
	if p.missing > 0 {
		return
	}
	if p.ch == peer.Bulk {
		d.receive(p)
		return
	}
	for l.head != nil && l.head.missing == 0 && !d.to.crashed {
		d.receive(l.pop())
	}
}
