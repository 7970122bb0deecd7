package lockstep

import "time"

// How a dead member is dropped, the simple way. A member that holds up the
// match for DropAfter is suspected. When all others that are not suspected say
// the same, they freeze it: from then on they take its moves only from members
// that froze it too, so the most that any of them holds is fixed. When all have
// frozen it and told what they hold, the cut is the highest of that; who lacks
// moves below the cut gets them relayed, and from the cut on the seat is Gone.
//
// Only a majority drops, or exactly half with the lowest-numbered member. The
// last two are excepted: whoever of them is left plays on.
//
// This is right for one death at a time. When a second member dies while the
// others agree on the first, and alone held some of its last moves, the
// survivors may cut at different frames; the hashes then tell a desync.

// gapMost is the most that one pause between two calls of Advance counts for the
// timers: the page was hidden or the machine slept, and it is us who were away. A
// machine that is always slow counts slowly, but it counts: the others cannot drop
// a dead member without it.
const gapMost = 250 * time.Millisecond

// deafAfter is how long no datagram of a member came until the others are asked
// to pass its moves on.
const deafAfter = 150 * time.Millisecond

type dropper struct {
	polled   time.Duration
	began    bool
	deaf     uint8 // members whose datagrams do not come
	suspects uint8 // members we miss
	frozen   uint8 // members of which we take nothing any more
	dropped  uint8 // members cut by agreement
	cutOff   bool  // the others froze us
	progress [MaxMembers]Frame
}

// watch moves the timers on and takes the next step of a drop, if there is one.
func (c *Core) watch(now time.Duration) {
	d := &c.drop
	passed := time.Duration(0)
	if d.began {
		passed = min(now-d.polled, gapMost)
	}
	d.began, d.polled = true, now
	for m := range c.cfg.Members {
		if m == c.cfg.Self || c.members[m].gone {
			continue
		}
		c.listen(m)
		c.time(m, passed)
		if c.shallFreeze(m) {
			d.frozen |= bit(m)
		}
	}
	for m := range c.cfg.Members {
		if d.frozen&bit(m) != 0 && !c.members[m].gone {
			c.cut(m)
		}
	}
	c.noteLeft()
}

// listen notes whether a member's datagrams come. A match of two has nobody to
// ask for help.
func (c *Core) listen(m int) {
	c.drop.deaf &^= bit(m)
	if !c.members[m].fresh(c.drop.polled) && c.cfg.Members > 2 {
		c.drop.deaf |= bit(m)
	}
}

// fresh reports whether a datagram of the member came a moment ago, so that what
// it said about itself still holds.
func (m *member) fresh(now time.Duration) bool { return m.heard && now-m.heardAt < deafAfter }

// time counts how long a member holds us up: its log does not grow, and either
// a frame is due that waits for it or nothing is heard of it at all.
func (c *Core) time(m int, passed time.Duration) {
	p, d := &c.members[m], &c.drop
	head := c.heads(m)
	if head > d.progress[m] {
		d.progress[m], p.blocked = head, 0
		d.suspects &^= bit(m)
		return
	}
	silent := !p.heard || d.polled-p.heardAt >= c.cfg.DropAfter
	waits := head <= c.confirmed && head <= c.current && c.pace.due(d.polled)
	if !waits && !silent {
		return
	}
	p.blocked += passed
	if p.blocked >= c.cfg.DropAfter {
		d.suspects |= bit(m)
	}
}

// heads returns the lowest head of a member's seats.
func (c *Core) heads(m int) Frame {
	low := forever
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.owner == m {
			low = min(low, l.head)
		}
	}
	return low
}

// shallFreeze reports whether the time has come to take nothing more of a
// member: someone froze it already, or all who are not suspected miss it.
func (c *Core) shallFreeze(m int) bool {
	d := &c.drop
	all := d.suspects&bit(m) != 0 && c.quorum()
	for o := range c.cfg.Members {
		p := &c.members[o]
		if o == m || o == c.cfg.Self || p.gone || d.frozen&bit(o) != 0 {
			continue
		}
		if p.frozen&bit(m) != 0 {
			return true
		}
		if d.suspects&bit(o) == 0 && p.suspects&bit(m) == 0 {
			all = false
		}
	}
	return all
}

// quorum reports whether those we do not miss may go on without the others.
func (c *Core) quorum() bool {
	alive, here, lowest := 0, 0, -1
	for m := range c.cfg.Members {
		if c.members[m].gone {
			continue
		}
		alive++
		if lowest < 0 {
			lowest = m
		}
		if (c.drop.suspects|c.drop.frozen)&bit(m) == 0 {
			here++
		}
	}
	lowestHere := (c.drop.suspects|c.drop.frozen)&bit(lowest) == 0
	return 2*here > alive || 2*here == alive && (alive == 2 || lowestHere)
}

// cut ends the log of a frozen member if every other one froze it too, or said
// where it cut, and we hold all up to there.
func (c *Core) cut(m int) {
	d := &c.drop
	ready := true
	var told uint8 // those who cut already: what they hold is the cut
	for o := range c.cfg.Members {
		p := &c.members[o]
		if o == m || o == c.cfg.Self || p.gone || d.frozen&bit(o) != 0 {
			continue
		}
		if p.cut&bit(m) != 0 {
			told |= bit(o)
		}
		ready = ready && p.frozen&bit(m) != 0
	}
	if !ready && told == 0 {
		return
	}
	var ends [MaxMembers]Frame
	for s := range c.cfg.Seats {
		if c.logs[s].owner != m {
			continue
		}
		ends[s] = c.cutFrame(s, told)
		if c.logs[s].head < ends[s] {
			return // a relay is on its way
		}
		if c.logs[s].head > ends[s] {
			c.cutSelf() // they cut without asking us
			return
		}
	}
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.owner == m {
			l.end = min(l.end, ends[s])
		}
	}
	d.dropped |= bit(m)
	c.members[m].gone, c.members[m].dropped = true, true
}

// cutSelf ends the match for us: the others play on without us.
func (c *Core) cutSelf() {
	if !c.drop.cutOff {
		c.drop.cutOff = true
		c.events = append(c.events, CutOff{})
	}
}

// cutFrame returns the first frame without the seat: the most that anyone holds
// of its log, or what those hold who cut it already.
func (c *Core) cutFrame(seat int, told uint8) Frame {
	cut := Frame(0)
	if told == 0 {
		cut = c.logs[seat].head
	}
	for o := range c.cfg.Members {
		p := &c.members[o]
		counts := told == 0 && !p.gone && c.drop.frozen&bit(o) == 0 || told&bit(o) != 0
		if o != c.cfg.Self && counts {
			cut = max(cut, p.have[seat])
		}
	}
	return cut
}

// noteLeft tells of members whose logs have ended.
func (c *Core) noteLeft() {
	for m := range c.cfg.Members {
		p := &c.members[m]
		if m == c.cfg.Self || p.noted {
			continue
		}
		end := Frame(0)
		for s := range c.cfg.Seats {
			if l := &c.logs[s]; l.owner == m {
				if l.head < l.end {
					end = forever
				}
				end = max(end, min(l.end, l.head))
			}
		}
		if end < forever {
			p.gone, p.noted = true, true
			c.events = append(c.events, Left{Member: m, Frame: end, Dropped: p.dropped})
		}
	}
}
