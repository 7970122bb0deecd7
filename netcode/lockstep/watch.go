package lockstep

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
)

// gapMost is what a pause between two calls of Advance counts at most: beyond it
// the page was hidden or the machine slept, and it is us who were away. After a
// pause in which the others may have dropped us all timers begin again. Not after
// a shorter one, and not after each of many: the others cannot drop a dead member
// without a machine that often stands still.
const gapMost = 250 * time.Millisecond

// deafAfter is how long no datagram of a member came until the others are asked
// to pass its moves on.
const deafAfter = 150 * time.Millisecond

// endless is more than any patience.
const endless = time.Duration(1<<63 - 1)

// pardonEvery is how often half of a member's malformed messages are forgiven.
const pardonEvery = time.Minute

// watcher times the others. All its time is polled time: what passed while this
// machine was running.
type watcher struct {
	polled   time.Duration
	began    bool
	pardoned time.Duration // when bad messages were forgiven last
	away     bool          // the newest pause was one in which we may have been dropped
	deaf     uint8         // members whose datagrams do not come
	suspects uint8         // members that hold the match up for too long
	progress [MaxMembers]Frame
	reach    epoch.Set     // who is heard now, by us or by somebody whom we hear
	cut      time.Duration // polled time for which those were no quorum
	split    bool          // that went on for too long
}

// watch moves the timers on.
func (c *Core) watch(now time.Duration) {
	d := &c.watcher
	passed := time.Duration(0)
	if d.began {
		passed = now - d.polled
		away := passed > gapMost && passed >= c.cfg.DropAfter
		if away && !d.away {
			c.restartTimers()
		}
		d.away = away
		passed = min(passed, gapMost)
	}
	d.began, d.polled = true, now
	if now-d.pardoned >= pardonEvery {
		d.pardoned = now
		for m := range c.members {
			c.members[m].bad /= 2
		}
	}
	if c.catching() {
		return // nobody waits for us, and we for nobody
	}
	for m := range c.cfg.Members {
		if m != c.cfg.Self && c.takesPart(m) {
			c.listen(m)
		}
	}
	c.watchQuorum(passed)
	for m := range c.cfg.Members {
		if m == c.cfg.Self || !c.takesPart(m) {
			d.suspects &^= bit(m)
			continue
		}
		c.time(m, passed)
	}
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

// goneSet returns the members whose process takes no part in anything any more:
// it said goodbye, or another process of the same player says that it is dead.
func (c *Core) goneSet() epoch.Set { return c.leftSet() | epoch.Set(c.reborn) }

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
// a frame is due that waits for it, or the match stands though it could go on
// itself, or nothing is heard of it at all.
func (c *Core) time(m int, passed time.Duration) {
	p, d := &c.members[m], &c.watcher
	wrote := c.wrote(m)
	if wrote > d.progress[m] {
		d.progress[m] = wrote
		if !c.frozenLately(m) {
			c.cleared(m)
			return
		}
	}
	head := c.heads(m)
	if head > c.current && !c.began(m) {
		return // it plays from a later frame on and may not even know yet
	}
	silent := !p.fresh(d.polled)
	waits := (head <= c.confirmed && head <= c.current || c.stall.ticks > 0) && c.pace.due(d.polled)
	patience := c.patience(m)
	if !silent && (!waits || patience == endless) {
		return
	}
	if c.mayMiss(m) {
		p.blocked += passed
	}
	if p.blocked >= patience {
		d.suspects |= bit(m)
	}
}

// cleared takes a suspicion back.
func (c *Core) cleared(m int) {
	c.members[m].blocked = 0
	c.watcher.suspects &^= bit(m)
}

// forgiveWait gives those who are heard their time again: an agreement is over
// that all waited for.
func (c *Core) forgiveWait() {
	for m := range c.cfg.Members {
		if p := &c.members[m]; p.fresh(c.watcher.polled) {
			p.blocked = 0
			c.watcher.suspects &^= bit(m)
		}
	}
}

// thaw is for how long after a member was frozen here what others pass on of it
// is taken for its last moves, not for a sign of life.
const thaw = 300 * time.Millisecond

// frozenLately reports whether a member was frozen a moment ago.
func (c *Core) frozenLately(m int) bool {
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m && l.frozen && c.watcher.polled-l.frozenAt < thaw {
			return true
		}
	}
	return false
}

// wrote returns how far a member's log is known to reach, held here or not.
func (c *Core) wrote(m int) Frame {
	far := c.heads(m)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder != m || !l.live() {
			continue
		}
		far = max(far, min(c.members[m].have[s], l.head+Alpha)) // a claim proves little
		for o := range c.cfg.Members {
			if l.frozen && c.members[o].fresh(c.watcher.polled) {
				far = max(far, min(c.members[o].have[s], l.head+Alpha))
			}
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

// patience returns for how long a member may hold us up. Who is heard and only
// waits for moves of a third one that are missing here too is not to blame. Once
// the third one is missed, or if we hold more of it, the member has twice the
// time: it may have promised to take no more of those moves, and the agreement
// that will release it takes a while; while one is open here it has even more.
// Who waits for ours, though we and others
// send them all the time, hears nobody or we are not heard: the quorum tells
// which.
func (c *Core) patience(m int) time.Duration {
	p, most := &c.members[m], c.cfg.DropAfter
	if !p.fresh(c.watcher.polled) {
		return most
	}
	if state := c.Agreement(); state == epoch.Promised || state == epoch.Voted {
		return 4 * c.cfg.DropAfter // all stand still until it is over
	}
	stuck := forever
	for s := range c.cfg.Seats {
		if c.logs[s].live() {
			stuck = min(stuck, p.have[s])
		}
	}
	if p.frame < stuck || c.heads(m) <= stuck {
		return most // it could go on, or it is its own moves that do not come
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if !l.live() || l.holder == m || l.holder == c.cfg.Self || p.have[s] != stuck {
			continue
		}
		if l.head <= stuck && c.watcher.suspects&bit(l.holder) == 0 {
			return endless
		}
		most = 2 * c.cfg.DropAfter
	}
	return most
}

// watchQuorum sees who is within reach, and tells when that is too few to go on
// without the others.
func (c *Core) watchQuorum(passed time.Duration) {
	d := &c.watcher
	if c.machine == nil || c.left || c.machine.State() == epoch.Out {
		d.split = false
		return
	}
	d.reach = epoch.Set(0).With(c.cfg.Self)
	for m := range c.cfg.Members {
		if p := &c.members[m]; m != c.cfg.Self && c.takesPart(m) && p.fresh(d.polled) {
			d.reach |= (epoch.Set(0).With(m) | ^epoch.Set(p.deaf)) & (c.voters() | c.playing())
		}
	}
	if c.quorum(d.reach) {
		if d.split {
			c.restartTimers()
		}
		d.cut, d.split = 0, false
		return
	}
	d.cut += passed
	if d.cut >= c.cfg.DropAfter && !d.split {
		d.split = true
		c.events = append(c.events, Split{Members: uint8((c.voters() | c.playing()) &^ d.reach)})
	}
}

// mayMiss reports whether a member's silence counts against it: those within
// reach could go on without it. If they could not, it is rather us who are cut
// off, and when the light comes back nobody shall be blamed for the dark.
func (c *Core) mayMiss(m int) bool {
	return c.machine == nil || c.machine.State() == epoch.Out || c.quorum(c.watcher.reach&^epoch.Set(bit(m)))
}

// quorum reports whether some members may go on without the others.
func (c *Core) quorum(who epoch.Set) bool {
	voters, left := c.voters(), c.goneSet()
	if rest := voters &^ left; c.cfg.Stop && rest.Len() == 2 {
		return who&rest == rest
	}
	return c.machine.Quorum(who&voters, left)
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
