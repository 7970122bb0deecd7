package simnet

import "github.com/tuttiplay/tutti/netcode/peer"

// move sends a packet on Moves: once, whatever becomes of it.
func (d *direction) move(p *packet) {
	n, l := d.net, &d.lanes[peer.Moves]
	if d.cut || d.to.crashed {
		d.lose(p)
		return
	}
	size := len(p.buf) + Overhead
	l.count.Wire += int64(size)
	at := d.path.Next(n.now, size)
	if len(at) == 0 {
		d.lose(p)
		return
	}
	n.push(event{at: at[0], kind: evArrive, packet: p})
	if len(at) > 1 {
		// A copy of its own, because a receiver may scribble on what it gets.
		twin := n.take(d, p.ch, p.seq, p.buf)
		twin.twin = true
		n.push(event{at: at[1], kind: evArrive, packet: twin})
	}
}

// arrive ends the way of one copy of a move.
func (d *direction) arrive(p *packet) {
	if d.cut || d.to.crashed || !d.to.fits(p) {
		d.lose(p)
		return
	}
	if !p.twin {
		d.lanes[peer.Moves].held -= len(p.buf) + Overhead
	}
	d.receive(p)
}

// lose ends the way of a move that does not arrive. A lost second copy is not a
// lost message.
func (d *direction) lose(p *packet) {
	if !p.twin {
		d.lanes[peer.Moves].held -= len(p.buf) + Overhead
	}
	d.mourn(p)
}

// mourn is lose for a move that its sender's queue no longer holds.
func (d *direction) mourn(p *packet) {
	if !p.twin {
		d.lanes[peer.Moves].count.Lost++
		d.tell(p, Lost)
	}
	d.net.put(p)
}
