package lockstep

import "time"

// maxDue is how many frames one Advance steps at most: a slow page calls rarely,
// down to five times a second, and must keep up, but a game that can't keep up
// must not be buried in frames.
const maxDue = 12

// Advance moves the match on to now, a monotonic time, and returns what the
// driver must do to the game, in order. The slice is valid until the Core is
// used again. It does not allocate once its buffers have grown.
func (c *Core) Advance(now time.Duration) []Request {
	c.reqs = c.reqs[:0]
	c.watch(now)
	c.confirm()
	c.agree(now)
	c.confirm()
	c.noteLeft()
	wrong := c.firstWrong()
	c.publish(wrong)
	c.compare()
	c.witnessed(now)
	c.keep()
	c.serve(now)
	c.sayGoodbye()
	if c.leaving {
		return c.reqs
	}
	if c.catching() {
		c.catchUp(now, wrong)
		return c.reqs
	}
	if wrong < c.current {
		c.repair(wrong)
	}
	c.adaptDelay(now)
	c.pace.begin(now)
	for due := 0; due < maxDue && c.pace.due(now); due++ {
		c.write()
		c.confirm()
		c.noteSlack()
		if !c.canStep() {
			c.stalled(now)
			return c.reqs
		}
		c.step(c.current)
		c.current++
		c.pace.stepped(c.bend())
		c.resumed()
	}
	c.pace.forgive(now)
	return c.reqs
}

// confirm recomputes which frames are held by us, and settled by everybody.
func (c *Core) confirm() {
	for {
		c.confirmed = c.heldBy(func(s int) Frame { return c.logs[s].head })
		done := c.sums.done
		c.sumTo(min(c.confirmed, c.frontier()))
		c.obeyCommands()
		if c.sums.done == done {
			break
		}
	}
	for m := range c.cfg.Members {
		if m != c.cfg.Self && c.began(m) {
			c.infer(m)
		}
	}
	c.readSums()
	c.settle()
}

// frontier bounds what can be confirmed when nobody's moves are waited for any
// more.
func (c *Core) frontier() Frame {
	if c.confirmed < forever {
		return c.confirmed
	}
	return c.current
}

// infer concludes what a member holds from how far its own log has come, by
// whatever path: it cannot have written a frame without holding everything up to
// its delay and its prediction window before. So a member whose acknowledgements
// do not reach us holds nothing up for long.
func (c *Core) infer(m int) {
	holds := c.heads(m) - MaxInputDelay - MaxRollback - 1
	for s := range c.cfg.Seats {
		p := &c.members[m]
		p.have[s] = max(p.have[s], min(holds, c.logs[s].head))
	}
}

// heldBy returns the first frame that someone lacks who holds each seat's log
// up to held.
func (c *Core) heldBy(held func(seat int) Frame) Frame {
	first := forever
	for s := range c.cfg.Seats {
		if h := held(s); h < c.logs[s].end {
			first = min(first, h)
		}
	}
	return first
}

// canStep reports whether the current frame may be stepped: it is confirmed, or
// within the prediction window, and our own log is not too far ahead of what
// the slowest member has of it.
func (c *Core) canStep() bool {
	if c.confirmed != forever && c.current >= c.confirmed+Frame(c.cfg.Rollback) {
		return false
	}
	for m := range c.cfg.Members {
		if m == c.cfg.Self || !c.takesPart(m) || c.playing().Has(m) && !c.began(m) {
			continue // who has just come says later what it has
		}
		for _, s := range c.local {
			if l := &c.logs[s]; l.live() && l.head-max(c.members[m].have[s], l.start) > ringFrames/2 {
				return false
			}
		}
	}
	return true
}

// write puts the held controls into the log of each local seat for the frame
// that is delay after the current one. There is exactly one entry per frame: a
// longer delay repeats the sample, a shorter one skips it.
func (c *Core) write() {
	for i, s := range c.local {
		l := &c.logs[s]
		for l.head <= c.current+Frame(c.delay) && l.head < l.end {
			e := &l.at(l.head).entry // written in place: put copies it onto itself
			e.Move = append(e.Move[:0], c.held[s]...)
			e.Chunk = c.orders[s].take(e.Chunk[:0], c.chunkRoom(s))
			e.Check, e.CheckFrame, e.Sum, e.SumFrame, e.Leave, e.Command = 0, 0, 0, 0, false, Command{}
			if i == 0 {
				e.CheckFrame, e.Check = c.nextCheck(l.head)
				e.SumFrame, e.Sum = c.nextSum(l.head)
				e.Command, c.commands.next = c.commands.next, Command{}
			}
			l.put(l.head, e)
		}
	}
}

// chunkRoom returns how many bytes of orders the next entry may carry, so that
// all that the slowest member lacks still fits one datagram. Where large moves
// alone fill it, orders get a third, or they would wait for ever.
func (c *Core) chunkRoom(seat int) int {
	const budget = 760
	l := &c.logs[seat]
	from := l.head
	for m := range c.cfg.Members {
		if m != c.cfg.Self && c.takesPart(m) {
			from = min(from, c.members[m].have[seat])
		}
	}
	room := budget / len(c.local)
	least := room / 3
	for f := max(from, l.head-ringFrames+1, 0); f < l.head; f++ {
		e := &l.at(f).entry
		room -= entrySize(e)
		least -= len(e.Chunk)
	}
	return max(0, min(max(room, least), maxChunk))
}
