package lockstep

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// A datagram is:
//
//	tag        4 bytes: the match
//	flags      1: flagTrouble
//	seq, echo  2 + 2, little endian: this datagram's number; the newest that came
//	held       1: ms since that one came, 255 for none or longer
//	frame      uvarint: the sender's current frame
//	ahead      1, signed: by how much it sees itself ahead, in 1/8 frames
//	slack      1, signed: by how many frames the receiver's moves come early here
//	have       varint per held seat: head of the log here, relative to frame
//	masks      4, with flagTrouble: deaf to, suspects, frozen, dropped
//	sections   to the end; see codec.go
const (
	flagTrouble = 0x01
	heldNone    = 0xff
)

// relayAfter is how long a member may lack moves that we hold before we pass
// them on: its own link to their author usually brings them sooner.
const relayAfter = 80 * time.Millisecond

// Wants reports whether a datagram to a member makes sense now: it is another,
// and it is in the match or has to be told that it is not.
func (c *Core) Wants(m int) bool {
	p := &c.members[m]
	return m != c.cfg.Self && (!p.gone || p.owesWord)
}

// Datagram appends the datagram for a member to dst and returns the longer
// slice; it adds at most [peer.MaxDatagram] bytes. Everything that the member
// has not acknowledged is in it, oldest first, as far as there is room.
func (c *Core) Datagram(now time.Duration, to int, dst []byte) []byte {
	p := &c.members[to]
	p.owesWord = false
	w := writer{b: dst, limit: len(dst) + peer.MaxDatagram, moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	c.header(now, p, &w)
	for _, s := range c.local {
		c.own(p, s, &w)
	}
	for s := range c.cfg.Seats {
		if owner := c.logs[s].owner; owner >= 0 && owner != c.cfg.Self && owner != to {
			c.relay(now, p, s, &w)
		}
	}
	p.datagrams++
	p.bytesOut += int64(len(w.b) - len(dst))
	return w.b
}

func (c *Core) header(now time.Duration, p *member, w *writer) {
	d := &c.drop
	w.b = wire.AppendTag(w.b, c.cfg.Tag)
	flags := byte(0)
	if d.deaf|d.suspects|d.frozen|d.dropped != 0 {
		flags |= flagTrouble
	}
	w.b = append(w.b, flags)
	w.b = binary.LittleEndian.AppendUint16(w.b, p.out)
	p.sentAt[p.out&255] = now
	p.out++
	w.b = binary.LittleEndian.AppendUint16(w.b, p.seq)
	held := byte(heldNone)
	if p.heard {
		held = byte(min((now-p.heardAt)/time.Millisecond, heldNone))
	}
	w.b = append(w.b, held)
	w.b = binary.AppendUvarint(w.b, uint64(c.current))
	ahead := p.aheadAvg / (aheadUnit / aheadWire)
	w.b = append(w.b, byte(int8(max(-127, min(ahead, 127)))), byte(int8(p.slackOf())))
	for s := range c.cfg.Seats {
		if c.logs[s].owner >= 0 {
			w.b = binary.AppendVarint(w.b, int64(c.logs[s].head-c.current))
		}
	}
	if flags&flagTrouble != 0 {
		w.b = append(w.b, d.deaf, d.suspects, d.frozen, d.dropped)
	}
}

// own appends what a member lacks of one of our seats. If that is too much for
// one datagram, entries that were never sent go first, so that each goes out at
// once, and the oldest unacknowledged fill the rest.
func (c *Core) own(p *member, seat int, w *writer) {
	l := &c.logs[seat]
	from := max(p.have[seat], l.head-ringFrames+1, 0)
	mark := len(w.b)
	if w.section(seat, l, c.current, from, l.head) == l.head {
		p.sent[seat] = l.head
		return
	}
	w.b = w.b[:mark]
	fresh := max(from, p.sent[seat])
	p.sent[seat] = w.section(seat, l, c.current, fresh, l.head)
	w.section(seat, l, c.current, from, fresh)
}

// relay appends a third member's moves if this one has lacked them for a while,
// and at once if it does not hear their author or the author is being dropped.
func (c *Core) relay(now time.Duration, p *member, seat int, w *writer) {
	l := &c.logs[seat]
	owner := bit(l.owner)
	if !p.heard || p.have[seat] >= l.head {
		return
	}
	urgent := (p.deaf|p.suspects|p.frozen|c.drop.suspects|c.drop.frozen)&owner != 0
	if urgent || now-p.haveAt[seat] >= relayAfter {
		w.section(seat, l, c.current, max(p.have[seat], l.head-ringFrames+1, 0), l.head)
	}
}
