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
// has not acknowledged is in it, as far as there is room.
func (c *Core) Datagram(now time.Duration, to int, dst []byte) []byte {
	p := &c.members[to]
	p.owesWord = false
	w := writer{b: dst, limit: len(dst) + peer.MaxDatagram, moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	c.header(now, p, &w)
	mark := len(w.b)
	if !c.whole(now, to, &w) {
		w.b = w.b[:mark]
		c.pressed(now, to, &w)
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

// whole appends all that a member lacks, of our own seats and of those to be
// passed on, or reports that there is no room for it.
func (c *Core) whole(now time.Duration, to int, w *writer) bool {
	p := &c.members[to]
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.owner != c.cfg.Self && !c.relays(now, to, s) {
			continue
		}
		if w.section(s, l, c.current, c.lacks(p, s), l.head) < l.head {
			return false
		}
	}
	for _, s := range c.local {
		p.sent[s] = c.logs[s].head
	}
	return true
}

// pressed appends what is most urgent of what a member lacks. Own entries that
// were never sent go first, so that each goes out at once; then in turns our
// oldest unacknowledged ones and what others should have sent.
func (c *Core) pressed(now time.Duration, to int, w *writer) {
	p := &c.members[to]
	var again [MaxMembers]Frame // per own seat: below it all was sent before
	for _, s := range c.local {
		l := &c.logs[s]
		again[s] = max(c.lacks(p, s), p.sent[s])
		p.sent[s] = w.section(s, l, c.current, again[s], l.head)
	}
	for turn := range 2 {
		relays := (turn+int(p.out))&1 == 0
		for i := range c.cfg.Seats {
			s := (i + int(p.out>>1)) % len(c.cfg.Seats)
			l := &c.logs[s]
			switch {
			case relays && c.relays(now, to, s):
				w.section(s, l, c.current, c.lacks(p, s), l.head)
			case !relays && l.owner == c.cfg.Self:
				w.section(s, l, c.current, c.lacks(p, s), again[s])
			}
		}
	}
}

// lacks returns the first frame of a log that a member is not known to hold, of
// those that are still there.
func (c *Core) lacks(p *member, seat int) Frame {
	return max(p.have[seat], c.logs[seat].head-ringFrames+1, 0)
}

// relays reports whether a member shall get a third one's moves from us: if it
// has lacked them for a while, and at once if it does not hear their author or
// the author is being dropped.
func (c *Core) relays(now time.Duration, to, seat int) bool {
	p, l := &c.members[to], &c.logs[seat]
	if l.owner < 0 || l.owner == c.cfg.Self || l.owner == to || !p.heard || p.have[seat] >= l.head {
		return false
	}
	if p.gone && (p.dropped || p.have[seat] < l.head-usedFrames) {
		return false // what it lacks may be overwritten here
	}
	author := bit(l.owner)
	urgent := (p.deaf|p.suspects|p.frozen|c.drop.suspects|c.drop.frozen)&author != 0
	return urgent || now-p.haveAt[seat] >= relayAfter
}
