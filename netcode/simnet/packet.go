package simnet

import "github.com/tuttiplay/tutti/netcode/peer"

// packet is one message under way. It lives from Send to its last event and is
// then used again.
type packet struct {
	dir  *direction
	ch   peer.Channel
	twin bool   // the second copy of a duplicated move
	seq  uint64 // counts the messages of this direction and channel
	buf  []byte
	// A reliable message travels in parts of at most peer.MaxDatagram bytes:
	// 0 <= sent <= parts counts those tried once or more, 0 <= missing <= parts
	// those that have not arrived.
	parts, sent, missing int
	next                 *packet // in a lane's queue or in the pool
}

// size is the payload of one part in bytes.
func (p *packet) size(part int) int {
	return min(len(p.buf)-part*peer.MaxDatagram, peer.MaxDatagram)
}

// poison overwrites a buffer that its receiver may not keep, so that one who
// does is found out in a test and not in a match.
const poison = 0xdd

// take returns a packet with a copy of b in it.
func (n *Net) take(d *direction, ch peer.Channel, seq uint64, b []byte) *packet {
	pool := &n.pool[poolOf(ch)]
	p := *pool
	if p == nil {
		p = &packet{buf: make([]byte, 0, peer.MaxDatagram)}
	} else {
		*pool = p.next
	}
	parts := max(1, (len(b)+peer.MaxDatagram-1)/peer.MaxDatagram)
	*p = packet{dir: d, ch: ch, seq: seq, buf: append(p.buf[:0], b...), parts: parts, missing: parts}
	return p
}

// put takes back a packet that no event and no queue refers to any more.
func (n *Net) put(p *packet) {
	for i := range p.buf {
		p.buf[i] = poison
	}
	pool := &n.pool[poolOf(p.ch)]
	p.dir, p.next = nil, *pool
	*pool = p
}

func poolOf(ch peer.Channel) int {
	if ch == peer.Moves {
		return 0
	}
	return 1
}
