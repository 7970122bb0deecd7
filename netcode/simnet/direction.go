package simnet

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// direction is everything under way from one peer to another. All channels
// share its path, so a flood on one fills the line of all.
type direction struct {
	net      *Net
	from, to *Link
	path     weather.Path
	// cut since cutAt: nothing gets in at the near end or out at the far end.
	cut   bool
	cutAt time.Duration
	lanes [peer.Channels]lane
	// parked are the parts that wait for Heal, or for the Thaw of a frozen
	// sender; else empty.
	parked []parked
	// pumping: an evPump is scheduled.
	pumping bool
}

// lane is one channel of a direction.
type lane struct {
	count Counters
	// held counts the bytes accepted and not arrived, headers included: at most
	// Config.Queue.
	held int
	// next numbers the next message; newest is one above the highest number
	// that has arrived. newest <= next.
	next, newest uint64
	// The queue, oldest first: on Bulk the messages with sent < parts, on the
	// other reliable channels those not delivered; empty on Moves.
	head, tail *packet
}

func (l *lane) push(p *packet) {
	if l.head == nil {
		l.head = p
	} else {
		l.tail.next = p
	}
	l.tail = p
}

func (l *lane) pop() *packet {
	p := l.head
	l.head, p.next = p.next, nil
	return p
}

// accept takes a message that Send has checked.
func (d *direction) accept(ch peer.Channel, b []byte) {
	l := &d.lanes[ch]
	p := d.net.take(d, ch, l.next, b)
	l.next++
	l.held += len(b) + Overhead
	l.count.Sent++
	l.count.Bytes += int64(len(b))
	d.tell(p, Sent)
	if ch == peer.Moves {
		d.move(p)
	} else {
		d.message(p)
	}
}

// receive takes a packet that has arrived whole and in order: for now, or for
// when the peer gets to it.
func (d *direction) receive(p *packet) {
	if d.to.waits() {
		d.to.keep(p)
		return
	}
	d.deliver(p)
}

// deliver hands a packet to its receiver and takes it back.
func (d *direction) deliver(p *packet) {
	l := &d.lanes[p.ch]
	if p.ch != peer.Moves {
		l.held -= len(p.buf) + Overhead
	}
	l.count.Delivered++
	switch {
	case p.twin:
		l.count.Duplicated++
	case p.seq < l.newest:
		l.count.Reordered++
	default:
		l.newest = p.seq + 1
	}
	if p.twin {
		d.tell(p, Duplicated)
	} else {
		d.tell(p, Delivered)
	}
	if recv := d.to.recv[p.ch]; recv != nil {
		recv(d.from.id, p.buf)
	}
	d.net.put(p)
}
