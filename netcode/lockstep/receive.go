package lockstep

import (
	"errors"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Errors of [Core.Receive] beside those of package wire. The datagram is
// counted and dropped; nothing has to be done.
var (
	// ErrForeign: the datagram belongs to another match.
	ErrForeign = errors.New("lockstep: datagram of another match")
	// ErrMuted: the member sent too much that was malformed and is not heard
	// any more; it will be dropped as if it were silent.
	ErrMuted = errors.New("lockstep: member is muted for malformed datagrams")
	// ErrClaim: the member claims to hold what was never written.
	ErrClaim = errors.New("lockstep: member claims what it cannot hold")
	// ErrOrders: the seat's stream of orders is malformed; its log ends there.
	ErrOrders = errors.New("lockstep: malformed orders")
)

// Receive takes a datagram from another member. b may hold anything: it is
// checked before a bit of it is believed, up to the first thing that is wrong.
// It does not keep b and does not allocate once its buffers have grown.
func (c *Core) Receive(now time.Duration, from int, b []byte) error {
	p := &c.members[from]
	if p.bad >= maxBad {
		return ErrMuted
	}
	r := wire.NewReader(b)
	if tag := r.Bytes(shortTag); string(tag) != string(c.cfg.Tag[:shortTag]) {
		c.stats.BadDatagrams++
		return ErrForeign
	}
	err := c.receive(now, from, &r, len(b))
	if err != nil {
		p.bad++
		c.stats.BadDatagrams++
	}
	return err
}

// head is the fixed part of a datagram.
type head struct {
	seq       uint16
	echo      uint8
	held      uint8
	frame     Frame
	ahead     int // with an even seq
	slack     int // with an odd one
	sole      bool
	blind     bool // its frames cannot be told
	have      [MaxMembers]Frame
	epoch     uint8
	deaf      uint8
	agreement []byte // of package epoch
}

func (c *Core) readHead(r *wire.Reader) (h head) {
	flags := r.U8()
	if flags&^(flagDeaf|flagAgreement|flagWide|flagSole|flagEpoch) != 0 {
		r.Fail(wire.ErrRange)
	}
	h.epoch, h.sole = flags>>epochShift, flags&flagSole != 0
	h.seq, h.echo, h.held = r.U16(), r.U8(), r.U8()
	if flags&flagWide != 0 {
		h.frame = Frame(r.U32())
	} else {
		h.frame = c.current + Frame(int16(r.U16()-uint16(c.current)))
		h.blind = c.catching() && !c.guest.admitted // it may be for who we were before
	}
	if h.frame < 0 || h.frame > forever/2 {
		r.Fail(wire.ErrRange)
		h.frame = 0
	}
	h.ahead = int(int8(r.U8()))
	h.slack = h.ahead
	for s := range c.cfg.Seats {
		if c.logs[s].holder >= 0 {
			have := int64(h.frame) + r.Varint(-int64(forever), int64(forever))
			if have < 0 || have >= int64(forever) {
				r.Fail(wire.ErrRange)
				have = 0
			}
			h.have[s] = Frame(have)
		}
	}
	if flags&flagDeaf != 0 {
		h.deaf = r.U8()
	}
	if flags&flagAgreement != 0 {
		h.agreement = r.Bytes(r.Int(peer.MaxDatagram))
	}
	return h
}

func (c *Core) receive(now time.Duration, from int, r *wire.Reader, size int) error {
	h := c.readHead(r)
	if h.blind {
		return nil
	}
	if err := r.Err(); err != nil {
		return err
	}
	c.now = now
	for _, s := range c.local {
		if l := &c.logs[s]; h.have[s] > l.head && l.live() && !c.catching() {
			return ErrClaim
		}
	}
	p := &c.members[from]
	p.owesWord = !c.takesPart(from) // it waits for our acknowledgement, or came back and must be told
	if p.arrived(now, h.seq, size) {
		c.believe(now, from, &h)
	}
	if c.machine != nil && !c.left {
		c.machine.Saw(from, h.epoch)
		if len(h.agreement) > 0 {
			err := c.machine.Receive(from, h.agreement)
			if err != nil && !errors.Is(err, epoch.ErrBusy) && !errors.Is(err, epoch.ErrConflict) {
				return err
			}
			c.answer()
		}
	}
	if h.sole {
		return c.takeEntries(from, readSole(r, c.firstSeat(from), h.frame), r)
	}
	for r.Err() == nil && r.Len() > 0 {
		if err := c.takeEntries(from, readSection(r, h.frame), r); err != nil {
			return err
		}
	}
	return r.Err()
}

// firstSeat returns the first seat that a member holds.
func (c *Core) firstSeat(m int) int { return slices.Index(c.cfg.Seats, m) }

// believe takes over the status of a member's newest datagram.
func (c *Core) believe(now time.Duration, from int, h *head) {
	p := &c.members[from]
	p.frame, p.epoch, p.deaf = h.frame, h.epoch, h.deaf
	if h.seq&1 == 0 {
		p.ahead = h.ahead
	} else {
		p.slack = h.slack
	}
	fell := c.hosting(from) // who comes back holds less than it said once
	for s := range c.cfg.Seats {
		if fell {
			p.have[s] = h.have[s]
		}
		p.have[s] = max(p.have[s], h.have[s])
	}
	if h.held != heldNone {
		p.echoed(now, h.echo, time.Duration(h.held)*time.Millisecond)
	}
	c.measure(now, p)
}

// takeEntries takes one section into the log it belongs to.
func (c *Core) takeEntries(from int, sec sectionReader, r *wire.Reader) error {
	if r.Err() == nil && (sec.seat >= len(c.cfg.Seats) || c.logs[sec.seat].holder < 0) {
		r.Fail(wire.ErrRange)
	}
	l := &c.logs[sec.seat]
	take := r.Err() == nil && c.takes(from, l)
	reach := c.reach(sec.seat)
	if before := sec.frame - 1; take && before >= l.start && l.holds(before) {
		sec.follow(l.at(before).entry.Move)
	}
	for sec.next(r, c.cfg.MoveMin, c.cfg.MoveMax) {
		if f := sec.frame - 1; take && !sec.loose && f < reach && !l.put(f, &sec.entry) {
			if from == l.holder {
				return ErrOrders
			}
			take = false // who passes it on is not to blame
		}
	}
	return r.Err()
}

// takes reports whether entries of a log are taken from this member: no one
// writes in our name, and of a frozen member only what others hand on.
func (c *Core) takes(from int, l *seatLog) bool {
	switch {
	case l.holder == c.cfg.Self:
		return c.catching() && !(l.live() && c.guest.admitted)
	case c.catching():
		return from == l.holder || from == c.guest.sponsor || c.guest.admitted
	case l.frozen:
		return from != l.holder && c.takesPart(from) && (l.only < 0 || l.only == from)
	case from != l.holder && c.members[l.holder].fresh(c.now):
		return false // we hear it from its author, or nobody wrote it
	}
	return c.takesPart(from)
}

// reach returns the first frame of a seat that has no place in its log yet: the
// slots of frames that are still to be stepped, compared or relayed stay.
func (c *Core) reach(seat int) Frame {
	low := min(c.logs[seat].head, c.current)
	if !c.catching() {
		low = min(low, c.settled)
	}
	return low + ringFrames - usedFrames
}
