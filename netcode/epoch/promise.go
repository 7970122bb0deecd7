package epoch

import "time"

// consider answers the Prepares that came since the last tick: it promises the
// highest one it can and notes for the others who of x is alive.
//
// That nothing is promised between two calls of Observe is part of the
// contract: the logs are frozen before another entry is taken.
func (m *Machine) consider() {
	p := &m.p
	best := -1
	for l, pr := range p.prepares {
		if pr.ballot > p.ballot && m.willing(&pr) && (best < 0 || pr.ballot > p.prepares[best].ballot) {
			best = l
		}
	}
	if best >= 0 {
		pr := p.prepares[best]
		m.promise(pr.ballot, pr.x, pr.fork)
		p.lead = lead{forked: -1}
	}
	for l, pr := range p.prepares {
		if pr.ballot > p.ballot {
			m.alive[l] = pr.x &^ m.view.Overdue
			m.refused[l] = refusal{pr, m.policy.now}
		}
		p.prepares[l] = prepare{}
	}
}

// refusal is a Prepare that was refused, and when it came.
type refusal struct {
	prepare
	at time.Duration
}

// reconsider brings back what was refused a moment ago: if we miss x by now, its
// leader need not ask again. It asks all the time, so an older one is not meant
// any more.
func (m *Machine) reconsider() {
	for l := range m.refused {
		r := &m.refused[l]
		if m.p.prepares[l].ballot == 0 && r.ballot > m.p.ballot && m.policy.now-r.at < fresh {
			if m.willing(&r.prepare) {
				m.p.prepares[l] = r.prepare
			}
		}
	}
}

// fresh is how old a Prepare is at most that is answered late.
const fresh = 100 * time.Millisecond

// willing reports whether we promise what pr asks for: we vote in this epoch
// and mean to stay, and everyone it wants to drop is overdue here too.
func (m *Machine) willing(pr *prepare) bool {
	return m.voter() && !m.p.leaving && !pr.x.Has(m.cfg.Self) && pr.x&^m.view.Overdue == 0
}

// promise binds us to a ballot and freezes x. What our logs hold of x is
// written down at once.
func (m *Machine) promise(b Ballot, x Set, fork int8) {
	p := &m.p
	p.ballot, p.x, p.fork = b, x, fork
	p.seen = max(p.seen, b)
	p.frozen |= x
	p.ends = [MaxSeats]End{}
	m.seats(x, func(s int) { p.ends[s] = m.log.End(s) })
	p.joins = [MaxMembers]join{}
	for i := range m.cfg.IDs {
		if !p.members.Has(i) {
			if inc, at, ok := m.log.Joining(i); ok && inc != 0 && at >= 0 {
				p.joins[i] = join{inc, at}
			}
		}
	}
}

// promised returns what we tell the leader of the ballot that we promised.
func (m *Machine) promised() promise {
	p := &m.p
	pr := promise{voted: p.voted, joins: p.joins}
	if p.voted != 0 {
		pr.vote = p.vote
		return pr
	}
	pr.ends = p.ends
	if p.fork >= 0 {
		f := p.ends[p.fork].Frame
		for pr.tags.n < maxForkTags && f >= 0 {
			tag, ok := m.log.TagAt(int(p.fork), f)
			if !ok {
				break
			}
			pr.tags.short[pr.tags.n] = tag.Short()
			pr.tags.n++
			f--
		}
	}
	return pr
}

// inHand reports whether we have all moves up to the cuts of r.
func (m *Machine) inHand(r *Record) bool {
	for s, holder := range r.Holder {
		if holder >= 0 && !m.log.InHand(s, r.Ends[s]) {
			return false
		}
	}
	return true
}

// considerOffer votes for the highest Accept, once its moves are here.
func (m *Machine) considerOffer() {
	p := &m.p
	if p.offered <= p.voted || p.offered < p.ballot || p.leaving || !m.voter() {
		return
	}
	if (m.inHand(&p.offer) || mutantFill) && m.agreesToJoins(&p.offer) {
		m.castVote(p.offered, &p.offer, p.offerHash)
	}
}

// agreesToJoins reports whether the joins of r are known here too. Who stays
// said so in its Promise, so it cannot wait here in vain; who is dropped may
// never learn it and need not.
func (m *Machine) agreesToJoins(r *Record) bool {
	if !r.Members.Has(m.cfg.Self) {
		return true
	}
	for i := range m.cfg.IDs {
		if r.Join.Has(i) {
			if inc, at, ok := m.log.Joining(i); !ok || inc != r.Incarnation[i] || at != r.At[i] {
				return false
			}
		}
	}
	return true
}

// castVote votes for r in ballot b, which is at least the promised one.
func (m *Machine) castVote(b Ballot, r *Record, hash [32]byte) {
	p, self := &m.p, m.cfg.Self
	if b != p.lead.ballot {
		p.lead = lead{forked: -1}
	}
	p.ballot, p.x, p.fork = b, r.Drop, -1
	p.seen = max(p.seen, b)
	p.voted, p.vote = b, *r
	p.frozen |= r.Drop
	p.votes[self] = countable{b, hash}
	m.sigs[self] = m.signVote(b, &hash)
}
