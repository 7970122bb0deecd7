package lockstep

import (
	"errors"
	"time"

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
	if r.Tag() != c.cfg.Tag {
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
	seq, echo uint16
	held      uint8
	frame     Frame
	ahead     int
	slack     int
	have      [MaxMembers]Frame
	deaf      uint8
	suspects  uint8
	frozen    uint8
	dropped   uint8
}

func (c *Core) readHead(r *wire.Reader) (h head) {
	flags := r.U8()
	if flags&^flagTrouble != 0 {
		r.Fail(wire.ErrRange)
	}
	h.seq, h.echo, h.held = r.U16(), r.U16(), r.U8()
	h.frame = Frame(r.Uvarint(uint64(forever / 2)))
	h.ahead, h.slack = int(int8(r.U8())), int(int8(r.U8()))
	for s := range c.cfg.Seats {
		if c.logs[s].owner >= 0 {
			have := int64(h.frame) + r.Varint(-int64(forever), int64(forever))
			if have < 0 || have >= int64(forever) {
				r.Fail(wire.ErrRange)
				have = 0
			}
			h.have[s] = Frame(have)
		}
	}
	if flags&flagTrouble != 0 {
		h.deaf, h.suspects, h.frozen, h.dropped = r.U8(), r.U8(), r.U8(), r.U8()
	}
	return h
}

func (c *Core) receive(now time.Duration, from int, r *wire.Reader, size int) error {
	h := c.readHead(r)
	if err := r.Err(); err != nil {
		return err
	}
	for _, s := range c.local {
		if h.have[s] > c.logs[s].head {
			return ErrClaim
		}
	}
	p := &c.members[from]
	p.owesWord = p.gone // it waits for our acknowledgement, or came back and must be told
	if p.dropped {
		return nil
	}
	if p.arrived(now, h.seq, size) {
		c.believe(now, from, &h)
	}
	for r.Err() == nil && r.Len() > 0 {
		if err := c.readEntries(from, &h, r); err != nil {
			return err
		}
	}
	return r.Err()
}

// believe takes over the status of a member's newest datagram.
func (c *Core) believe(now time.Duration, from int, h *head) {
	p := &c.members[from]
	p.frame, p.ahead, p.slack = h.frame, h.ahead, h.slack
	for s := range c.cfg.Seats {
		if h.have[s] > p.have[s] || h.have[s] >= c.logs[s].head {
			p.haveAt[s] = now
		}
		p.have[s] = max(p.have[s], h.have[s])
	}
	p.deaf = h.deaf
	p.suspects, p.frozen, p.cut = h.suspects, p.frozen|h.frozen, p.cut|h.dropped
	if h.held != heldNone {
		p.echoed(now, h.echo, time.Duration(h.held)*time.Millisecond)
	}
	c.measure(now, p)
	if (h.frozen|h.dropped)&bit(c.cfg.Self) != 0 {
		c.cutSelf()
	}
}

// readEntries takes one section into the log it belongs to.
func (c *Core) readEntries(from int, h *head, r *wire.Reader) error {
	sec := readSection(r, h.frame)
	if r.Err() == nil && (sec.seat >= len(c.cfg.Seats) || c.logs[sec.seat].owner < 0) {
		r.Fail(wire.ErrRange)
	}
	l := &c.logs[sec.seat]
	take := r.Err() == nil && c.takes(from, l.owner)
	reach := c.reach(sec.seat)
	for sec.next(r, c.cfg.MoveMin, c.cfg.MoveMax) {
		if f := sec.frame - 1; take && f < reach && !l.put(f, &sec.entry) {
			if from == l.owner {
				return ErrOrders
			}
			take = false // who passes it on is not to blame
		}
	}
	return r.Err()
}

// takes reports whether entries of owner's seats are taken from this member: no
// one writes in our name, and of a frozen member only what others who froze it
// too hand on.
func (c *Core) takes(from, owner int) bool {
	if owner == c.cfg.Self || c.members[owner].gone && c.members[owner].dropped {
		return false
	}
	return c.drop.frozen&bit(owner) == 0 || c.members[from].frozen&bit(owner) != 0
}

// reach returns the first frame of a seat that has no place in its log yet: the
// slots of frames that are still to be stepped, compared or relayed stay.
func (c *Core) reach(seat int) Frame {
	low := min(c.logs[seat].head, c.current, c.settled)
	return low + ringFrames - usedFrames
}
