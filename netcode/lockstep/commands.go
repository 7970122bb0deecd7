package lockstep

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/evidence"
)

// Commands ride in the log, so that they take effect on the same frame
// everywhere: [Alpha] frames after their entry, or later than anyone can have
// stepped without it. They are applied in the order of frames, then of seats,
// and what comes of one depends on the log alone.

// commander applies the commands of confirmed entries.
type commander struct {
	applied Frame                         // commands of frames below were applied
	next    Command                       // goes into our next entry
	votes   [MaxMembers][MaxMembers]Frame // against a member, by another: 1 + the frame of the vote
	kicked  uint8
	decided [MaxMembers]Frame // the frame of the vote that was enough
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
		if m := int(cmd.Member); c.mayJoin(m, at) && c.wished(m, cmd.Incarnation, cmd.Sig) {
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

// wish is what a guest signs when it asks to be let in: its new incarnation,
// and where its log ended, so that nobody lets it in twice by one signature.
func (c *Core) wish(m int, incarnation uint32) []byte {
	b := append([]byte("tutti join v1\x00"), c.cfg.Match[:]...)
	b = append(b, c.cfg.IDs[m][:]...)
	b = binary.LittleEndian.AppendUint32(b, incarnation)
	for s := range c.cfg.Seats {
		if c.logs[s].holder == m {
			b = binary.LittleEndian.AppendUint32(b, uint32(c.logs[s].end))
		}
	}
	return b
}

// wished reports whether a member itself asked for this incarnation.
func (c *Core) wished(m int, incarnation uint32, sig []byte) bool {
	return c.cfg.Key.IsZero() || c.cfg.IDs[m].Verify(c.wish(m, incarnation), sig)
}

func (c *Core) joins(m int, incarnation uint32, at Frame) {
	from := at + Alpha
	if mutantAlpha {
		from = at + 1
	}
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m {
			l.rejoin(from, at, incarnation, evidence.Root(c.cfg.Match, s, c.cfg.IDs[m], incarnation))
			c.sums.read[s], c.checks.compared[s] = from, from
		}
	}
	p := &c.members[m]
	p.noted, p.blocked, p.left, p.bad = false, 0, false, 0
	p.heard = false // another process may count its datagrams from 0
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
	if author == m || k.kicked&bit(m) != 0 || k.votes[m][author] != 0 {
		return
	}
	k.votes[m][author] = at + 1
	others, against := 0, 0
	for o := range c.cfg.Members {
		if o != m && c.playsAt(o, at) {
			others++
		}
		if k.votes[m][o] != 0 {
			against++
		}
	}
	if 2*against <= others {
		return
	}
	k.kicked |= bit(m)
	k.decided[m] = at
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m {
			l.gone = at + Alpha
		}
	}
}

// disobey takes back what commands in frames from f on did: their entries turned
// out not to count. It all acts later than anything that was stepped.
func (c *Core) disobey(f Frame) {
	k := &c.commands
	k.applied = min(k.applied, f)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 {
			continue
		}
		if l.start > 0 && l.joined >= f {
			l.unjoin()
			c.sums.read[s], c.checks.compared[s] = min(c.sums.read[s], l.head), min(c.checks.compared[s], l.head)
			if l.holder == c.cfg.Self {
				c.guest.admitted = false
			}
		}
		if m := l.holder; k.kicked&bit(m) != 0 && k.decided[m] >= f {
			l.gone = 0
		}
	}
	for m := range c.cfg.Members {
		if k.decided[m] >= f {
			k.kicked &^= bit(m)
		}
		for o := range c.cfg.Members {
			if k.votes[m][o] > f {
				k.votes[m][o] = 0
			}
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
