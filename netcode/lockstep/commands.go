package lockstep

import (
	"math/bits"

	"github.com/tuttiplay/tutti/netcode/evidence"
)

// Commands ride in the log, so that they take effect on the same frame
// everywhere: [Alpha] frames after their entry, or later than anyone can have
// stepped without it. They are applied in the order of frames, then of seats,
// and what comes of one depends on the log alone.

// commander applies the commands of confirmed entries.
type commander struct {
	applied Frame             // commands of frames below were applied
	next    Command           // goes into our next entry
	votes   [MaxMembers]uint8 // per member: who wants it kicked
	kicked  uint8
}

// obeyCommands applies the commands of newly confirmed frames.
func (c *Core) obeyCommands() {
	k := &c.commands
	for to := min(c.confirmed, c.sums.done); k.applied < to; k.applied++ {
		for s := range c.cfg.Seats {
			l := &c.logs[s]
			if l.status(k.applied) != Playing || !l.holds(k.applied) {
				continue
			}
			if cmd := &l.at(k.applied).entry.Command; cmd.Kind != NoCommand && int(cmd.Member) < c.cfg.Members {
				c.obeyCommand(l.holder, cmd, k.applied)
			}
		}
	}
}

func (c *Core) obeyCommand(author int, cmd *Command, at Frame) {
	switch cmd.Kind {
	case JoinCommand:
		if c.mayJoin(int(cmd.Member), at) {
			c.joins(int(cmd.Member), cmd.Incarnation, at)
		}
	case KickCommand:
		c.kick(author, int(cmd.Member), at)
	}
}

// mayJoin reports whether a join command at a frame is valid: the member's
// seats are Away, it was not kicked, and it did not come back a moment ago, so
// that a log never has more than two segments within reach.
func (c *Core) mayJoin(m int, at Frame) bool {
	if c.commands.kicked&bit(m) != 0 {
		return false
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder == m && (l.status(at) != Away || l.start > 0 && at-l.start < ringFrames) {
			return false
		}
	}
	return true
}

func (c *Core) joins(m int, incarnation uint32, at Frame) {
	from := at + Alpha
	if mutantAlpha {
		from = at + 1
	}
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m {
			l.rejoin(from, incarnation, evidence.Root(c.cfg.Match, s, c.cfg.IDs[m], incarnation))
			c.sums.read[s], c.checks.compared[s] = from, from
		}
	}
	p := &c.members[m]
	p.noted, p.blocked, p.left = false, 0, false
	p.heard = false // another process numbers its datagrams anew
	c.watcher.suspects &^= bit(m)
	c.watcher.progress[m] = from
	c.events = append(c.events, Back{Member: m, Frame: from})
	if m == c.cfg.Self && incarnation == c.guest.nonce {
		c.guest.admitted = true
	}
}

// kick counts a vote. It acts with more than half of the other players' votes.
func (c *Core) kick(author, m int, at Frame) {
	k := &c.commands
	if author == m || k.kicked&bit(m) != 0 {
		return
	}
	k.votes[m] |= bit(author)
	others := 0
	for o := range c.cfg.Members {
		if o != m && c.playsAt(o, at) {
			others++
		}
	}
	if 2*bits.OnesCount8(k.votes[m]) <= others {
		return
	}
	k.kicked |= bit(m)
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m {
			l.gone = at + Alpha
		}
	}
}

// playsAt reports whether one of a member's seats is Playing in a frame.
func (c *Core) playsAt(m int, f Frame) bool {
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m && l.status(f) == Playing {
			return true
		}
	}
	return false
}

// Kick casts our vote to drop a member for good. It reports false if that is
// us, nobody, or a command still waits for its entry.
func (c *Core) Kick(m int) bool {
	if m == c.cfg.Self || m < 0 || m >= c.cfg.Members || c.commands.next.Kind != NoCommand || len(c.local) == 0 {
		return false
	}
	c.commands.next = Command{Kind: KickCommand, Member: uint8(m)}
	return true
}
