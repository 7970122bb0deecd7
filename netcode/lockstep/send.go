package lockstep

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// A datagram is:
//
//	tag        2 bytes: the beginning of the match's tag
//	flags      1: flagDeaf, flagAgreement, flagWide, flagSole, and the low 4 bits
//	           of the epoch
//	seq        2, little endian: this datagram's number
//	echo       1: the low bits of the newest number that came
//	held       1: ms since that one came, 255 for none or longer
//	frame      2: the low bits of the sender's current frame; 4 with flagWide
//	ahead      1, signed, if seq is even: by how much it sees itself ahead, in 1/8
//	           frames; if seq is odd, by how many frames the receiver's moves come
//	           early here
//	have       varint per held seat: head of the log here, relative to frame
//	deaf       1, with flagDeaf: members whose datagrams do not come
//	agreement  uvarint length and bytes, with flagAgreement: see package epoch
//	sections   to the end; with flagSole one alone, of the sender's first seat:
//	           see codec.go
const (
	flagDeaf      = 0x01
	flagAgreement = 0x02
	flagWide      = 0x04
	flagSole      = 0x08
	flagEpoch     = 0xf0
	epochShift    = 4
	heldNone      = 0xff

	// shortTag is how many bytes of the tag a datagram carries: links are
	// authenticated, so it need only tell a match from those before it.
	shortTag = 2
	// narrow is how far apart two members are at most, in frames, that tell
	// each other frames in two bytes.
	narrow = 1 << 13
)

// Wants reports whether a datagram to a member makes sense now: it is another,
// and it is in the match or has to be told that it is not.
func (c *Core) Wants(m int) bool {
	p := &c.members[m]
	switch {
	case m == c.cfg.Self:
		return false
	case c.catching() && !c.guest.admitted:
		return m == c.guest.sponsor
	}
	return c.takesPart(m) || p.owesWord || c.hosting(m) || c.machine != nil && c.machine.Wants(m)
}

// Datagram appends the datagram for a member to dst and returns the longer
// slice; it adds at most [peer.MaxDatagram] bytes. Everything that the member
// has not acknowledged is in it, as far as there is room.
func (c *Core) Datagram(now time.Duration, to int, dst []byte) []byte {
	p := &c.members[to]
	p.owesWord = false
	w := writer{b: dst, limit: len(dst) + peer.MaxDatagram, moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	c.header(now, to, &w)
	mark := len(w.b)
	w.sole = c.lacksOwn(now, to)
	if !c.whole(now, to, &w) {
		w.b, w.sole = w.b[:mark], false
		c.pressed(now, to, &w)
	}
	if w.sole && len(w.b) > mark {
		w.b[len(dst)+shortTag] |= flagSole
	}
	p.datagrams++
	p.bytesOut += int64(len(w.b) - len(dst))
	return w.b
}

func (c *Core) header(now time.Duration, to int, w *writer) {
	p := &c.members[to]
	w.b = append(w.b, c.cfg.Tag[:shortTag]...)
	flags := byte(c.Epoch()) << epochShift
	deaf := c.watcher.deaf | c.watcher.suspects
	if c.catching() {
		deaf = 0xff
	}
	if deaf != 0 {
		flags |= flagDeaf
	}
	c.words = c.words[:0]
	if c.machine != nil && !c.left && c.machine.Wants(to) {
		c.words = c.machine.Append(c.words, to)
	}
	if len(c.words) > 0 {
		flags |= flagAgreement
	}
	// Two bytes tell the frame to who is not far from it.
	if apart := c.current - p.frame; !p.heard || c.catching() || !c.takesPart(to) || !c.began(to) || apart > narrow || apart < -narrow {
		flags |= flagWide
	}
	w.b = append(w.b, flags)
	seq := p.out
	w.b = binary.LittleEndian.AppendUint16(w.b, seq)
	p.sentAt[p.out&255] = now
	p.out++
	w.b = append(w.b, byte(p.seq))
	held := byte(heldNone)
	if p.heard {
		held = byte(min((now-p.heardAt)/time.Millisecond, heldNone))
	}
	w.b = append(w.b, held)
	if flags&flagWide != 0 {
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(c.current))
	} else {
		w.b = binary.LittleEndian.AppendUint16(w.b, uint16(c.current))
	}
	if seq&1 == 0 {
		ahead := p.aheadAvg / (aheadUnit / aheadWire)
		w.b = append(w.b, byte(int8(max(-127, min(ahead, 127)))))
	} else {
		w.b = append(w.b, byte(int8(p.slackOf())))
	}
	for s := range c.cfg.Seats {
		if c.logs[s].holder >= 0 {
			w.b = binary.AppendVarint(w.b, int64(c.claim(p, s)-c.current))
		}
	}
	if deaf != 0 {
		w.b = append(w.b, deaf)
	}
	if len(c.words) > 0 {
		w.b = binary.AppendUvarint(w.b, uint64(len(c.words)))
		w.b = append(w.b, c.words...)
	}
}

// claim returns up to where we tell a member to hold a seat's log.
func (c *Core) claim(p *member, s int) Frame {
	head := c.logs[s].head
	if mutantReack && p.claimed[s] == head {
		return 0
	}
	p.claimed[s] = head
	return head
}

// whole appends all that a member lacks, of our own seats and of those to be
// passed on, or reports that there is no room for it.
func (c *Core) whole(now time.Duration, to int, w *writer) bool {
	p := &c.members[to]
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 || l.holder != c.cfg.Self && !c.relays(now, to, s) {
			continue
		}
		from, until := c.lacks(p, s)
		if l.holder == c.cfg.Self && c.sparing(now, p) {
			from = min(max(from, p.sent[s]), until)
		}
		if w.section(s, l, c.current, from, until, from == p.have[s]) < until {
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
		from, until := c.lacks(p, s)
		again[s] = max(from, min(p.sent[s], until))
		p.sent[s] = w.section(s, &c.logs[s], c.current, again[s], until, again[s] == p.have[s])
	}
	for turn := range 2 {
		relays := (turn+int(p.out))&1 == 0
		for i := range c.cfg.Seats {
			s := (i + int(p.out>>1)) % len(c.cfg.Seats)
			l := &c.logs[s]
			from, until := c.lacks(p, s)
			switch {
			case relays && c.relays(now, to, s):
				w.section(s, l, c.current, from, until, from == p.have[s])
			case !relays && l.holder == c.cfg.Self:
				w.section(s, l, c.current, from, again[s], from == p.have[s])
			}
		}
	}
}

// sparing reports whether a member gets only what it was never sent: nothing
// comes from it, so it cannot say what it has, and probably hears nothing
// either. Every eighth datagram holds everything all the same.
func (c *Core) sparing(now time.Duration, p *member) bool {
	return p.heard && !p.fresh(now) && p.out&7 != 0 && c.cfg.Members > 2
}

// lacksOwn reports whether entries of our first seat, and no others, are to be
// sent to a member.
func (c *Core) lacksOwn(now time.Duration, to int) bool {
	for s := range c.cfg.Seats {
		if len(c.local) > 0 && s != c.local[0] && (c.logs[s].holder == c.cfg.Self || c.relays(now, to, s)) {
			return false
		}
	}
	from, until := Frame(0), Frame(0)
	if len(c.local) > 0 {
		from, until = c.lacks(&c.members[to], c.local[0])
	}
	return until > from
}

// lacks returns the frames of a log that a member is not known to hold: the
// next piece without a gap, of those that are still there.
func (c *Core) lacks(p *member, seat int) (from, to Frame) {
	l := &c.logs[seat]
	top := l.head
	if l.frozen { // what is staged is passed on too: its first holder may be dead
		for top < l.head+Alpha && l.holds(top) {
			top++
		}
	}
	from = l.from(max(p.have[seat], top-ringFrames+1, 0))
	if from < l.start {
		top = l.before.end
	}
	return min(from, top), top
}

// relays reports whether a member shall get a third one's moves from us: if it
// does not hear their author, or we do not either, or the author is being
// dropped. A guest that we feed gets everything.
func (c *Core) relays(now time.Duration, to, seat int) bool {
	p, l := &c.members[to], &c.logs[seat]
	if l.holder < 0 || l.holder == c.cfg.Self || !p.heard {
		return false
	}
	if from, top := c.lacks(p, seat); from >= top || !l.holds(from) || c.current-from > ringFrames {
		return false
	}
	if c.hosting(to) {
		return p.have[seat] >= c.settled-usedFrames
	}
	if l.holder == to || !c.takesPart(to) {
		return false
	}
	if c.sparing(now, p) {
		return false
	}
	author := bit(l.holder)
	return l.frozen || (p.deaf|c.watcher.suspects)&author != 0 || !l.live()
}
