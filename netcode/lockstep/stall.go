package lockstep

import "time"

// waitingAfter is how long the match stands still before the players are told.
const waitingAfter = 250 * time.Millisecond

// staller notices that frames are due and cannot be stepped.
type staller struct {
	ticks int           // in a row
	since time.Duration // the first of them
	told  bool
}

func (c *Core) stalled(now time.Duration) {
	t := &c.stall
	if t.ticks == 0 {
		t.since = now
	}
	if c.pace.next+c.pace.frame <= now || t.ticks == 0 {
		t.ticks++ // count frame times, not calls
		c.stats.StalledTicks++
		c.pace.next = now // the time is lost; the frame steps as soon as it can
	}
	if !t.told && now-t.since >= waitingAfter {
		t.told = true
		c.events = append(c.events, Waiting{Members: c.blockers()})
	}
}

func (c *Core) resumed() {
	if c.stall.told {
		c.events = append(c.events, Resumed{})
	}
	c.stall = staller{}
}

// blockers returns the members whose moves the first unconfirmed frame lacks.
func (c *Core) blockers() uint8 {
	var mask uint8
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder >= 0 && l.holder != c.cfg.Self && l.head < l.end && l.head == c.confirmed {
			mask |= bit(l.holder)
		}
	}
	return mask
}

// Blockers returns, by bit, the members whose moves the next frame waits for;
// 0 while nothing waits.
func (c *Core) Blockers() uint8 {
	if c.stall.ticks == 0 {
		return 0
	}
	return c.blockers()
}
