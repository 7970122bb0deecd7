package epoch

import (
	"time"
)

// The policy decides when to start a ballot. It may be wrong without harm to
// what is agreed: bad timing costs time.

// stepLeast is the least time by which members of different rank are apart.
const stepLeast = 20 * time.Millisecond

// maxBackoff bounds how often the patience with a ballot doubles.
const maxBackoff = 1

type policy struct {
	now      time.Duration
	pressing bool          // somebody is to be dropped
	joining  bool          // somebody is to join
	began    time.Duration // since when, while nothing is promised
	acted    time.Duration // when the agreement last made a step
	proposed time.Duration // when we last started a ballot
	marks    [3]Ballot     // promised, voted, offered at acted
	view     Set           // who was overdue when we last started a ballot
	forkSeat int8          // View.ForkSeat then
}

// enterPolicy starts the timers of a new epoch.
func (m *Machine) enterPolicy() {
	m.policy = policy{now: m.policy.now, acted: m.policy.now}
}

// overdue returns who is to be dropped, in our view.
func (m *Machine) overdue() Set {
	return m.view.Overdue & (m.p.members | m.view.Playing)
}

// noteStalled notes whether something is to be agreed on for which those who
// are not overdue do not suffice.
func (m *Machine) noteStalled() {
	p, x := &m.p, m.overdue()
	p.stalled = m.voter() && !p.decided && (x != 0 || p.ballot != 0) && !m.Quorum(p.members&^x, m.view.Left)
}

// decideToPropose returns what to propose now, if anything.
func (m *Machine) decideToPropose() (x Set, fork int8, ok bool) {
	p, t, self := &m.p, &m.policy, m.cfg.Self
	x = m.overdue()
	rest := p.members &^ x
	m.noteStalled()
	if !m.voter() || p.leaving || p.decided || p.stalled || !rest.Has(self) {
		t.pressing, t.joining = false, false
		return 0, -1, false
	}
	step := max(m.view.RTT, stepLeast)
	turn := time.Duration(m.turn(rest)) * step
	if p.ballot == 0 {
		ok = m.shallBegin(x, turn, step)
	} else {
		x, ok = m.shallRestart(x, turn, step)
	}
	if !ok {
		return 0, -1, false
	}
	return x, m.wantedFork(x), true
}

// turn returns how many of those who may propose come before us.
func (m *Machine) turn(rest Set) (n int) {
	for i := range m.cfg.IDs {
		if rest.Has(i) && m.rank[i] < m.rank[m.cfg.Self] {
			n++
		}
	}
	return n
}

// shallBegin reports whether to start the first ballot of an epoch. A drop waits
// for our turn only. A join also waits until the others have probably confirmed
// its command, for only what all confirm gets into the decree.
func (m *Machine) shallBegin(x Set, turn, step time.Duration) bool {
	t := &m.policy
	pressing := x != 0
	joining := m.view.Joining&^m.p.members&^m.view.Overdue != 0
	if pressing && !t.pressing || joining && !t.joining && !pressing {
		t.began = t.now
	}
	t.pressing, t.joining = pressing, joining
	wait := turn
	if !pressing {
		wait += 2 * step
	}
	return (pressing || joining) && t.now-t.began >= wait
}

// shallRestart reports whether to start a higher ballot in an epoch where one is
// promised: because we lead it and our view has changed before it was voted on;
// or because it has made no step for too long. Then those that others say are
// alive are left in: the epoch has to end, and in the next one everybody sees
// more.
func (m *Machine) shallRestart(x Set, turn, step time.Duration) (Set, bool) {
	p, t := &m.p, &m.policy
	if marks := [3]Ballot{p.ballot, p.voted, p.offered}; marks != t.marks {
		t.marks, t.acted = marks, t.now
	}
	l := &p.lead
	if leads := l.ballot == p.ballot && p.voted != p.ballot; leads {
		changed := x != t.view || l.forked >= 0 || m.view.ForkSeat >= 0 && m.view.ForkSeat != t.forkSeat
		// More to drop is asked for at once: that happens only as often as there
		// are members. What may go to and fro waits.
		grew := x != t.view && t.view&^x == 0
		if grew || changed && t.now-t.proposed >= step {
			return x, true
		}
		// Who was doubted may be missed by all by now; a ballot that leaves in
		// a dead one never ends.
		if x&^p.x != 0 && t.now-t.proposed >= max(m.cfg.Retry, 2*m.view.RTT) {
			return x, true
		}
	}
	wait := max(m.cfg.Retry, 2*m.view.RTT) << min(p.ballot.counter()-1, maxBackoff)
	if l.ballot == p.ballot && l.doubted != 0 {
		// The Prepare is repeated, and who doubts will soon miss them too, or
		// its moves will reach us. Only if neither happens are they left in.
		return x &^ l.doubted, t.now-t.acted >= max(m.cfg.Patience, 2*wait)
	}
	return x, t.now-t.acted >= wait+turn
}

// wantedFork returns the seat that a ballot to drop x has to name as forked, -1
// for none.
func (m *Machine) wantedFork(x Set) int8 {
	for _, seat := range [...]int8{m.p.lead.forked, m.view.ForkSeat, m.p.fork} {
		if m.holdsSeat(x, seat) {
			return seat
		}
	}
	return -1
}

// noteProposed remembers a ballot that we started.
func (m *Machine) noteProposed() {
	t := &m.policy
	t.proposed, t.acted, t.view = t.now, t.now, m.overdue()
	t.forkSeat = m.view.ForkSeat
	t.marks = [3]Ballot{m.p.ballot, m.p.voted, m.p.offered}
}
