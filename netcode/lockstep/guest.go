package lockstep

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// A guest is this peer while it is not in the match: it was dropped, or its
// process started when the match was running. It asks to be let in, gets the
// moves that it lacks from one member, steps them as fast as it may, and plays
// again from the frame that a join command in the log names.

const (
	askAgain   = 400 * time.Millisecond // between two requests
	askElse    = 2 * time.Second        // without progress until another member is asked
	askMost    = 6 * time.Second        // from one that does not let us in though we have caught up
	catchUpMax = 60                     // frames stepped by one Advance
)

type guest struct {
	active   bool
	nonce    uint32 // our incarnation from now on; never 0
	admitted bool   // a join command named our nonce
	barred   bool   // and none ever will
	asked    bool
	askedAt  time.Duration
	sponsor  int
	since    time.Duration // of the sponsor, or of its newest help
	chosen   time.Duration // when it was chosen
	frame    Frame         // how far we had come then
	sig      []byte        // over our wish
	signed   Frame         // where our log ended, in that wish
}

// catching reports whether this peer is a guest.
func (c *Core) catching() bool { return c.guest.active }

// Guest reports whether this peer is out of the match and on its way back.
func (c *Core) Guest() bool { return c.guest.active }

// cutOff makes us a guest: a decree dropped us. Who is one already learns here
// what became of its earlier self, and keeps the name under which it asked to be
// let in.
func (c *Core) cutOff(rec *epoch.Record) {
	restart := c.redo < c.current && !c.cfg.Snapshots
	if c.catching() && !c.guest.admitted && !restart {
		return
	}
	at := forever
	for _, s := range c.local {
		at = min(at, c.logs[s].end)
	}
	c.becomeGuest()
	c.machine.Reborn(c.guest.nonce)
	c.events = append(c.events, CutOff{Frame: at, Restart: restart})
}

func (c *Core) becomeGuest() {
	c.nonces++
	nonce := c.cfg.Nonce + c.nonces
	if nonce == 0 {
		c.nonces++
		nonce = 1
	}
	c.guest = guest{active: true, nonce: nonce, sponsor: -1}
	c.restartTimers()
	c.stall = staller{}
	c.commands.next = Command{}
	c.evidence.disputes, c.evidence.guilty, c.evidence.forkSeat = [MaxMembers]dispute{}, c.evidence.proven, -1
	for _, s := range c.local {
		c.orders[s].breakOff()
	}
}

// catchUp steps what is confirmed, and returns to the match when all of it is
// stepped and our seats are ours again. What was stepped wrongly from some frame
// on, before we were cut off, is stepped again.
func (c *Core) catchUp(now time.Duration, wrong Frame) {
	c.ask(now)
	if wrong < c.current {
		base := c.load(wrong)
		if base < 0 {
			c.lost(wrong)
			return
		}
		c.current = base
		for s := range c.cfg.Seats {
			c.verified[s] = min(c.verified[s], base)
		}
	}
	c.redo = forever
	for n := 0; n < catchUpMax && c.current < min(c.confirmed, c.sums.done); n++ {
		c.step(c.current)
		c.current++
		c.pace.wrote = true
	}
	c.confirm()
	if !c.guest.admitted && !c.guest.barred && c.hopeless() {
		c.guest.barred = true
		c.events = append(c.events, Barred{})
	}
	if c.guest.admitted && c.current+catchUpMax/4 > min(c.confirmed, c.localStart()) {
		c.guest.active = false
		c.restartTimers()
		c.align(now)
	}
}

// hopeless reports whether the log that we hold says that we may not come back.
func (c *Core) hopeless() bool {
	for _, s := range c.local {
		if l := &c.logs[s]; !l.live() && l.status(max(c.current, l.end)) == Gone {
			return true
		}
	}
	return false
}

// localStart returns the frame from which our seats play.
func (c *Core) localStart() Frame { return c.logs[c.local[0]].start }

// align sets the clock so that frames fall due when they do at the sponsor.
func (c *Core) align(now time.Duration) {
	c.pace.running, c.pace.next = true, now
	p := &c.members[max(c.guest.sponsor, 0)]
	if p.fresh(now) {
		there := time.Duration(p.frame-c.current)*c.cfg.Frame + now - p.heardAt + p.rtt/2
		c.pace.next = now - min(max(there, 0), maxDue*c.cfg.Frame)
	}
	for m := range c.members {
		c.members[m].received = 0 // what was measured before is of another time
	}
}

// ask sends our request to all members, one of whom shall let us in. Those who
// still take our old process for us learn from it that it is dead.
func (c *Core) ask(now time.Duration) {
	g := &c.guest
	if g.frame != c.current {
		g.frame, g.since = c.current, now
	}
	tired := now-g.since >= askElse || now-g.chosen >= askMost && c.current+Alpha > c.members[max(g.sponsor, 0)].frame
	if g.sponsor < 0 || tired && !g.admitted {
		g.sponsor, g.since, g.chosen = c.nextSponsor(now), now, now
	}
	if g.asked && now-g.askedAt < askAgain || g.admitted {
		return
	}
	g.asked, g.askedAt = true, now
	for m := range c.cfg.Members {
		if m != c.cfg.Self {
			b := c.letter(m, letterAsk)
			b.Text = binary.LittleEndian.AppendUint32(b.Text, g.nonce)
			b.Text = append(b.Text, byte(g.sponsor), byte(c.machine.Epoch()))
			b.Text = append(b.Text, c.signWish()...)
		}
	}
}

// signWish returns our signature over our wish to join, as far as we know where
// our log ended.
func (c *Core) signWish() []byte {
	g := &c.guest
	end := c.logs[c.local[0]].end
	if g.sig == nil || g.signed != end {
		g.sig, g.signed = make([]byte, sigSize), end
		if !c.cfg.Key.IsZero() {
			copy(g.sig, c.cfg.Key.Sign(c.wish(c.cfg.Self, g.nonce)))
		}
	}
	return g.sig
}

// nextSponsor returns the member to ask now: first one that is heard, if there is
// one, and then each in its turn.
func (c *Core) nextSponsor(now time.Duration) int {
	next := -1
	for i := 1; i <= c.cfg.Members; i++ {
		m := (max(c.guest.sponsor, 0) + i) % c.cfg.Members
		if m == c.cfg.Self {
			continue
		}
		if next < 0 {
			next = m
		}
		if c.guest.sponsor < 0 && c.members[m].heard && now-c.members[m].heardAt < askElse {
			return m
		}
	}
	return next
}

// readAsk takes another one's request.
func (c *Core) readAsk(now time.Duration, from int, r *wire.Reader) {
	nonce, sponsor, low := r.U32(), int(r.U8()), r.U8()
	sig := r.Bytes(sigSize)
	if r.Err() != nil || nonce == 0 || c.catching() || c.left {
		return
	}
	c.machine.Saw(from, low&15)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder == from && l.live() {
			if l.incarnation != nonce {
				c.reborn |= bit(from)
			}
			return
		}
	}
	if sponsor != c.cfg.Self || c.evidence.proven&bit(from) != 0 {
		return
	}
	h := &c.hosts[from]
	if h.nonce != nonce {
		*h = host{nonce: nonce}
		p := &c.members[from]
		p.heard, p.bad = false, 0
	}
	h.at = now
	h.sig = append(h.sig[:0], sig...)
}
