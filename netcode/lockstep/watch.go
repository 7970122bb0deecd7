package lockstep

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
)

// gapMost is the longest pause between two calls of Advance after which the
// timers go on: beyond it the page was hidden or the machine slept, and it is us
// who were away. A machine that is always that slow counts this much per call:
// the others cannot drop a dead member without it.
const gapMost = 250 * time.Millisecond

// deafAfter is how long no datagram of a member came until the others are asked
// to pass its moves on.
const deafAfter = 150 * time.Millisecond

// watcher times the others. All its time is polled time: what passed while this
// machine was running.
type watcher struct {
	polled   time.Duration
	began    bool
	gapped   bool
	deaf     uint8 // members whose datagrams do not come
	suspects uint8 // members that hold the match up for too long
	progress [MaxMembers]Frame
	split    bool // those we do not miss are no quorum
}

// watch moves the timers on.
func (c *Core) watch(now time.Duration) {
	d := &c.watcher
	passed := time.Duration(0)
	if d.began {
		passed = now - d.polled
		gap := passed > gapMost
		if gap && !d.gapped {
			c.restartTimers()
		}
		d.gapped = gap
		passed = min(passed, gapMost)
	}
	d.began, d.polled = true, now
	if c.catching() {
		return // nobody waits for us, and we for nobody
	}
	for m := range c.cfg.Members {
		if m == c.cfg.Self || !c.takesPart(m) {
			d.suspects &^= bit(m)
			continue
		}
		c.listen(m)
		c.time(m, passed)
	}
	c.watchQuorum()
}

// restartTimers forgets how long anyone was waited for.
func (c *Core) restartTimers() {
	for m := range c.members {
		c.members[m].blocked = 0
	}
	c.watcher.suspects = 0
}

// takesPart reports whether a member plays or votes.
func (c *Core) takesPart(m int) bool { return c.voters().Has(m) || c.playing().Has(m) }

// voters returns the members of the present epoch.
func (c *Core) voters() epoch.Set {
	if c.machine == nil {
		return epoch.Set(0).With(c.cfg.Self)
	}
	return c.machine.Members()
}

// playing returns the members with a seat whose log goes on.
func (c *Core) playing() epoch.Set {
	var set epoch.Set
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.live() {
			set = set.With(l.holder)
		}
	}
	return set
}

// listen notes whether a member's datagrams come. A match of two has nobody to
// ask for help.
func (c *Core) listen(m int) {
	c.watcher.deaf &^= bit(m)
	if !c.members[m].fresh(c.watcher.polled) && c.cfg.Members > 2 {
		c.watcher.deaf |= bit(m)
	}
}

// fresh reports whether a datagram of the member came a moment ago, so that what
// it said about itself still holds.
func (m *member) fresh(now time.Duration) bool { return m.heard && now-m.heardAt < deafAfter }

// time counts how long a member holds us up: its log does not grow, and either
// a frame is due that waits for it or nothing is heard of it at all.
func (c *Core) time(m int, passed time.Duration) {
	p, d := &c.members[m], &c.watcher
	wrote := c.wrote(m)
	if wrote > d.progress[m] {
		d.progress[m] = wrote
		c.cleared(m)
		return
	}
	head := c.heads(m)
	silent := !p.heard || d.polled-p.heardAt >= c.cfg.DropAfter
	waits := head <= c.confirmed && head <= c.current && c.pace.due(d.polled)
	if !silent && (!waits || c.excused(m)) {
		return
	}
	p.blocked += passed
	if p.blocked >= c.cfg.DropAfter {
		d.suspects |= bit(m)
	}
}

// cleared takes a suspicion back. If we missed so many that it was rather us
// who were cut off, all get their time again.
func (c *Core) cleared(m int) {
	c.members[m].blocked = 0
	if c.watcher.suspects&bit(m) == 0 {
		return
	}
	if c.watcher.split {
		c.restartTimers()
	}
	c.watcher.suspects &^= bit(m)
}

// wrote returns how far a member's log is known to reach, held here or not.
func (c *Core) wrote(m int) Frame {
	far := c.heads(m)
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m && l.live() {
			far = max(far, c.members[m].have[s])
		}
	}
	return far
}

// heads returns the lowest head of a member's seats that go on; if none does,
// forever.
func (c *Core) heads(m int) Frame {
	low := forever
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m && l.live() {
			low = min(low, l.head)
		}
	}
	return low
}

// excused reports whether a member that is heard holds us up only because it
// waits for moves of a third one that are missing here too, or for ours.
func (c *Core) excused(m int) bool {
	p := &c.members[m]
	if !p.fresh(c.watcher.polled) {
		return false
	}
	stuck := forever
	for s := range c.cfg.Seats {
		if c.logs[s].live() {
			stuck = min(stuck, p.have[s])
		}
	}
	if p.frame < stuck {
		return false // it could go on
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.live() && l.holder != m && p.have[s] == stuck && (l.head <= stuck || l.holder == c.cfg.Self) {
			return true
		}
	}
	return false
}

// watchQuorum tells when those we do not miss may not go on without the others.
func (c *Core) watchQuorum() {
	d := &c.watcher
	if c.machine == nil || c.left {
		return
	}
	here := c.voters() &^ epoch.Set(d.suspects)
	split := c.machine.State() != epoch.Out && !c.machine.Quorum(here, c.leftSet())
	if split && !d.split {
		c.events = append(c.events, Split{Members: d.suspects})
	}
	d.split = split
}

// leftSet returns the members that said goodbye.
func (c *Core) leftSet() epoch.Set {
	var set epoch.Set
	for m := range c.cfg.Members {
		if c.members[m].left {
			set = set.With(m)
		}
	}
	return set
}
