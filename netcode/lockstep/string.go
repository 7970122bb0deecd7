package lockstep

import (
	"fmt"
	"strings"
)

// String describes the Core over several lines, for a developer's log.
func (c *Core) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "member %d: current %d, confirmed %d, settled %d, epoch %d, voters %b", c.cfg.Self, c.current, c.confirmed, c.settled, c.Epoch(), c.voters())
	if c.machine != nil {
		fmt.Fprintf(&b, ", %v, frozen %b", c.machine.State(), c.machine.Frozen())
	}
	fmt.Fprintf(&b, ", deaf %b, suspects %b", c.watcher.deaf, c.watcher.suspects)
	if g := &c.guest; g.active {
		fmt.Fprintf(&b, ", guest %x of member %d", g.nonce, g.sponsor)
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		fmt.Fprintf(&b, "\n  seat %d of member %d: [%d, %d) of %d, incarnation %x", s, l.holder, l.start, l.head, l.end, l.incarnation)
		if l.before.end > 0 {
			fmt.Fprintf(&b, ", before [%d, %d)", l.before.start, l.before.end)
		}
	}
	for m := range c.cfg.Members {
		if m == c.cfg.Self {
			continue
		}
		p := &c.members[m]
		fmt.Fprintf(&b, "\n  member %d at frame %d, epoch %d, has %v, agrees to %d, blocks for %v, %d bad", m, p.frame, p.epoch, p.have[:len(c.cfg.Seats)], c.sums.agreed[m], p.blocked, p.bad)
		if h := &c.hosts[m]; h.nonce != 0 {
			fmt.Fprintf(&b, ", our guest %x, paged to %d", h.nonce, h.page)
		}
	}
	return b.String()
}
