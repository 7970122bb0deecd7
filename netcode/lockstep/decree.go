package lockstep

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/evidence"
)

// Who votes, and where the logs of those who are dropped end, is agreed in
// package epoch. Here its decrees meet the logs: a member that is being dropped
// is frozen, so that what anyone holds of it can only be told, not change; what
// the others pass on of it is staged; and the decree cuts its log.

// logView is what the agreement may ask of the logs; it implements [epoch.Log].
type logView struct{ c *Core }

func (v logView) End(seat int) epoch.End {
	l := &v.c.logs[seat]
	return epoch.End{Frame: int32(l.head), Tag: l.tag(l.head)}
}

func (v logView) TagAt(seat int, frame int32) (evidence.Tag, bool) {
	l := &v.c.logs[seat]
	if f := Frame(frame); f >= l.start && l.knows(f) {
		return l.tag(f), true
	}
	return evidence.Tag{}, false
}

func (v logView) InHand(seat int, end epoch.End) bool {
	l := &v.c.logs[seat]
	ok, spoiled := l.inHand(Frame(end.Frame), end.Tag)
	if spoiled || !ok && l.frozen && l.only >= 0 && v.c.watcher.polled-l.turnAt >= turnTime {
		v.c.turn(l)
	}
	return ok
}

// turnTime is how long one member has to pass on the moves that are to be
// staged, before it is another one's turn: it may not have them, or be the liar.
const turnTime = 300 * time.Millisecond

// turn throws staged entries away, so that true ones find room, and makes it the
// next member's turn to pass them on.
func (c *Core) turn(l *seatLog) {
	l.forget(l.head)
	l.turnAt = c.watcher.polled
	for range c.cfg.Members {
		l.only = (l.only + 1) % c.cfg.Members
		if l.only != c.cfg.Self && l.only != l.holder && c.takesPart(l.only) {
			break
		}
	}
}

func (v logView) Joining(member int) (incarnation uint32, at int32, ok bool) {
	for s := range v.c.cfg.Seats {
		l := &v.c.logs[s]
		if l.holder == member && l.live() && l.incarnation != 0 {
			return l.incarnation, int32(l.start), true
		}
	}
	return 0, 0, false
}

// agree lets the agreement go on and carries out what is decided.
func (c *Core) agree(now time.Duration) {
	if c.machine == nil || c.left {
		return
	}
	v := epoch.View{ForkSeat: -1} // a guest has no say, but time passes for it too
	if !c.catching() {
		v = c.view()
	}
	c.machine.Observe(now, v)
	c.decide()
}

// answer lets the agreement go on at once when a message of it came. If that
// changes what we say, a datagram is due: the match may stand still until all
// have heard it.
func (c *Core) answer() {
	if c.catching() {
		return
	}
	before := c.machine.Said()
	c.machine.Answer(c.view())
	c.decide()
	c.hurry = c.hurry || c.machine.Said() != before
}

// Hurry reports whether datagrams are due before the next Advance, because an
// agreement waits for our answer.
func (c *Core) Hurry() bool { return c.hurry }

// decide carries out decrees, one epoch after the other.
func (c *Core) decide() {
	for c.machine != nil && !c.left {
		cert, ok := c.machine.Decided()
		if !ok || !c.ripe(&cert.Record) {
			break
		}
		rec := cert.Record
		c.obeyDecree(&rec)
		c.machine.Enter()
		c.forgiveWait()
		if rec.Drop.Has(c.cfg.Self) {
			c.cutOff(&rec)
		}
	}
	frozen := c.machine.Frozen() | epoch.Set(c.evidence.proven&c.evidence.guilty) // a cheat's log is not to run away from where it forked
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 {
			continue
		}
		was := l.frozen
		l.frozen = l.holder != c.cfg.Self && frozen.Has(l.holder) && !mutantFreeze
		switch {
		case was && !l.frozen:
			// It plays on, and says itself what it wrote: what others passed on of
			// it was never checked.
			l.only = -1
			l.forget(l.head)
		case !was:
			l.frozenAt = c.watcher.polled
		}
	}
}

// view is what the agreement should know now.
func (c *Core) view() epoch.View {
	v := epoch.View{Overdue: c.overdue(), Left: c.goneSet(), Playing: c.playing(), ForkSeat: c.evidence.forkSeat}
	for m := range c.cfg.Members {
		p := &c.members[m]
		if m == c.cfg.Self {
			continue
		}
		if p.fresh(c.watcher.polled) {
			v.RTT = max(v.RTT, p.rtt)
		}
		if inc, at, ok := (logView{c}).Joining(m); ok && (!c.voters().Has(m) || c.machine.Incarnation(m) != inc) && c.heads(m) > Frame(at)+sumEvery {
			v.Joining = v.Joining.With(m)
		}
	}
	return v
}

// overdue returns the members that shall be dropped, as seen from here: missed,
// parted, kicked, guilty, or dead and come back as another process.
func (c *Core) overdue() epoch.Set {
	gone := c.leftSet() | epoch.Set(c.commands.kicked|c.evidence.guilty|c.reborn)
	missed, voters := epoch.Set(c.watcher.suspects), c.voters()
	if c.cfg.Stop && (voters&^c.goneSet()).Len() == 2 {
		missed &^= voters // neither of two drops the other, but both a third
	}
	return (gone | missed) & (voters | c.playing())
}

// ripe reports whether the logs have come as far as a decree: who catches up
// learns of decrees before it gets the moves that came before them.
func (c *Core) ripe(rec *epoch.Record) bool {
	if !c.catching() {
		return true
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		switch {
		case l.holder < 0:
		case rec.Drop.Has(l.holder):
			end := Frame(rec.Ends[s].Frame)
			if end < l.start || l.end < end || l.live() && l.incarnation != c.machine.Incarnation(l.holder) && c.machine.Members().Has(l.holder) {
				return false
			}
		case rec.Join.Has(l.holder):
			if l.incarnation != rec.Incarnation[l.holder] {
				return false
			}
		}
	}
	return true
}

// obeyDecree ends the logs of those who are dropped.
func (c *Core) obeyDecree(rec *epoch.Record) {
	back := forever
	c.checks.doubt(rec)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 || !rec.Drop.Has(l.holder) || rec.Left.Has(l.holder) && !l.live() {
			continue
		}
		end := Frame(rec.Ends[s].Frame)
		if end < l.start {
			continue // it had no part since it came back
		}
		if l.cut(end, c.cfg.Grace) {
			back = min(back, end)
		}
		c.sums.read[s], c.checks.compared[s] = min(c.sums.read[s], l.head), min(c.checks.compared[s], l.head)
	}
	for m := range c.cfg.Members {
		if !rec.Drop.Has(m) {
			continue
		}
		p := &c.members[m]
		p.dropped = !rec.Left.Has(m)
		c.reborn &^= bit(m)
		c.evidence.guilty &^= bit(m)
		c.watcher.suspects &^= bit(m)
	}
	c.evidence.forkSeat = -1
	if back < forever {
		c.rewind(back)
	}
}

// rewind makes everything from frame f on undone: held moves turned out not to
// be the ones that count.
func (c *Core) rewind(f Frame) {
	k := &c.sums
	k.forked, k.voidTo = f, f+2*Alpha
	k.done = min(k.done, f)
	c.checks.forget(f)
	c.disobey(f)
	c.confirmed = min(c.confirmed, f)
	for s := range c.verified {
		c.verified[s] = min(c.verified[s], f)
	}
	c.redo = min(c.redo, f)
}

// noteLeft tells of members whose logs have ended.
func (c *Core) noteLeft() {
	for m := range c.cfg.Members {
		p := &c.members[m]
		end, back, said := Frame(0), Frame(0), false
		for s := range c.cfg.Seats {
			l := &c.logs[s]
			if l.holder != m {
				continue
			}
			if l.live() {
				end = forever
				continue
			}
			end, back = max(end, l.end), max(back, l.back)
			if l.gone > 0 {
				back = min(back, l.gone)
			}
			said = l.head > l.start && l.at(l.head-1).frame == l.head-1 && l.at(l.head-1).entry.Leave
		}
		if end == forever {
			continue
		}
		p.left = said
		if m == c.cfg.Self && said {
			continue
		}
		kicked := c.commands.kicked&bit(m) != 0
		if !p.noted {
			p.noted, p.noteGone = true, back > end
			if p.noteGone {
				c.events = append(c.events, Dropped{Member: m, Frame: end, Until: back})
			} else {
				c.events = append(c.events, Left{Member: m, Frame: end, Dropped: !said, Kicked: kicked})
			}
		}
		if p.noteGone && c.Confirmed() >= back {
			p.noteGone = false
			c.events = append(c.events, Left{Member: m, Frame: back, Dropped: true, Kicked: kicked})
		}
	}
}
