package lockstep

import "time"

// The input delay follows what the others report: by how many frames our moves
// reach them before they are needed, the least over the last 350 to 700 ms.
// That number holds everything that matters (path, jitter, loss and its repair,
// their clock against ours) and needs no clock to be compared. Up fast, because
// a late move hurts at once; down slowly, because a quiet second proves little.
const (
	slackWindow = 350 * time.Millisecond
	slackSettle = 2 * slackWindow // a change shows in the reports after this and a round trip
	slackEasy   = 3 * time.Second // of ample slack before the delay shrinks
	slackMend   = 5 * time.Second // at most, until the members are together again after an outage
	noSlack     = 127             // nothing measured
)

type adapter struct {
	rotated   time.Duration
	holdUntil time.Duration
	tightAt   time.Duration // when the slack was last not ample
	now       time.Duration // of this Advance
	broken    bool          // there was an outage
	brokeAt   time.Duration // when it was seen last
}

// noteSlack measures how early the newest moves of each other seat are, at the
// moment when the current frame is to be stepped.
func (c *Core) noteSlack() {
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 || l.holder == c.cfg.Self || l.head >= l.end {
			continue
		}
		m := &c.members[l.holder]
		slack := int(l.head-c.current) - 1
		if slack < 0 {
			slack -= c.stall.ticks
			if c.outage(m) {
				c.adapt.broken, c.adapt.brokeAt = true, c.adapt.now
			}
		}
		if c.mending(m) {
			m.slackLow, m.slackPrev = noSlack, noSlack
			continue
		}
		m.slackLow = min(m.slackLow, slack)
	}
}

// outage reports whether the match has stood still for longer than any input
// delay towards this member explains, which is a round trip: then the path was
// broken and not long.
func (c *Core) outage(m *member) bool {
	return time.Duration(c.stall.ticks)*c.cfg.Frame > waitingAfter+m.rtt
}

// mending reports whether what is measured of a member still comes from an
// outage. Afterwards the members play again one after the other and up to a window
// apart, which their pace mends and no delay should; or every outage would leave
// the players with a delay that bridges nothing.
func (c *Core) mending(m *member) bool {
	a := &c.adapt
	since := a.now - a.brokeAt
	apart := m.offset() > aheadUnit || m.offset() < -aheadUnit
	return a.broken && (since < slackSettle || since < slackMend && apart)
}

// slackOf returns what to report to a member about its moves.
func (m *member) slackOf() int { return max(-127, min(m.slackLow, m.slackPrev)) }

func (c *Core) adaptDelay(now time.Duration) {
	a := &c.adapt
	a.now = now
	if now-a.rotated >= slackWindow {
		a.rotated = now
		for m := range c.cfg.Members {
			p := &c.members[m]
			p.slackPrev, p.slackLow = p.slackLow, noSlack
		}
	}
	if !c.cfg.Adapt {
		return
	}
	worst, rtt := noSlack, time.Duration(0)
	for m := range c.cfg.Members {
		p := &c.members[m]
		if m != c.cfg.Self && p.fresh(now) && c.takesPart(m) {
			worst, rtt = min(worst, p.slack), max(rtt, p.rtt)
		}
	}
	goal := -min(3, c.cfg.Rollback/2) // predicting a few frames is cheaper than feeling them
	if worst <= goal+1 || worst == noSlack {
		a.tightAt = now
	}
	switch {
	case worst == noSlack || now < a.holdUntil:
		return
	case worst < goal:
		// What the path explains at once; beyond it, as after an outage that no
		// delay would have bridged, a little.
		most := max(2, int(rtt/c.cfg.Frame)+2-c.delay)
		c.delay = min(c.delay+min(goal-worst, most), MaxInputDelay)
	case now-a.tightAt >= slackEasy && c.delay > 1:
		c.delay--
		a.tightAt = now
	default:
		return
	}
	a.holdUntil = now + slackSettle + rtt
}
