package epoch

import "github.com/tuttiplay/tutti/netcode/wire"

// maxChecks is how many signatures of one member are verified between two calls
// of [Machine.Observe]: a certificate, a promise and a vote.
const maxChecks = MaxMembers + 2

// Receive takes one message of another member, as [Machine.Append] wrote it; b
// may hold anything and is not kept. It only notes what it learned and answers
// at the next [Machine.Observe]: nothing is promised or voted in between. The
// work is bounded by a few signatures per tick and member.
//
// Errors: those of package wire, [ErrMember], [ErrRecord], [ErrQuorum],
// [ErrForged], [ErrBusy], [ErrConflict]. A message that is merely late, or of a
// process that does not vote, is no error.
func (m *Machine) Receive(from int, b []byte) error {
	if from < 0 || from >= len(m.cfg.IDs) || from == m.cfg.Self {
		return ErrMember
	}
	var msg message
	if err := m.parse(b, &msg); err != nil {
		return err
	}
	m.shows(from, msg.epoch)
	if msg.parts == hasCertificate {
		return m.receiveCertificate(from, &msg.certificate)
	}
	p := &m.p
	if msg.epoch != p.epoch || !m.voter() || !p.members.Has(from) || p.incarnation[from] != msg.incarnation {
		return nil
	}
	if err := m.check(from, &msg); err != nil {
		return err
	}
	p.seen = max(p.seen, msg.ballot)
	if msg.parts&hasPrepare != 0 {
		m.hear(from, msg.ballot)
		if msg.ballot > p.prepares[from].ballot {
			p.prepares[from] = msg.prepare
		}
	}
	if msg.parts&hasPromise != 0 && msg.ballot == p.lead.ballot {
		m.takePromise(from, &msg.promise)
	}
	if msg.parts&hasDoubt != 0 && p.lead.ballot != 0 {
		p.lead.doubted |= msg.alive & p.x
		if msg.ballot == p.lead.ballot && p.fork < 0 && m.holdsSeat(p.x, msg.forked) {
			p.lead.forked = msg.forked
		}
	}
	if msg.parts&hasAccept != 0 {
		m.hear(from, msg.ballot)
		if msg.ballot > p.offered {
			p.offered, p.offer, p.offerHash = msg.ballot, msg.accept, msg.accept.Hash()
		}
	}
	if msg.parts&hasVote != 0 && msg.vote.ballot > p.votes[from].ballot {
		p.votes[from], m.sigs[from] = msg.vote, msg.voteSig
	}
	return nil
}

// hear notes that a member leads a ballot that we cannot promise any more, so
// that it is told which one we did.
func (m *Machine) hear(from int, b Ballot) {
	if b < m.p.ballot {
		m.nacks = m.nacks.With(from)
	}
}

// check reports what is wrong with a message of a voter, before any of it is
// believed. What is of no use any more is not verified.
func (m *Machine) check(from int, msg *message) error {
	p := &m.p
	if msg.parts&(hasPrepare|hasAccept) != 0 && msg.ballot.leader() != from {
		return ErrMember
	}
	if pr := &msg.prepare; msg.parts&hasPrepare != 0 {
		if pr.x.Has(from) || pr.x&^All(len(m.cfg.IDs)) != 0 {
			return wire.ErrRange
		}
		if pr.fork >= 0 && !m.holdsSeat(pr.x, pr.fork) {
			return wire.ErrRange
		}
	}
	if msg.parts&hasAccept != 0 && (msg.ballot == 0 || !m.fits(&msg.accept)) {
		return ErrRecord
	}
	if msg.parts&hasPromise != 0 && msg.ballot == p.lead.ballot && msg.ballot != 0 && !p.lead.promised.Has(from) {
		if pr := &msg.promise; pr.voted >= msg.ballot || pr.voted != 0 && !m.fits(&pr.vote) {
			return ErrRecord
		}
		if !m.afford(from, 1) {
			return ErrBusy
		}
		if !m.verifyFrom(from, promiseDomain, msg.ballot, msg.signed, &msg.sig) {
			return ErrForged
		}
	}
	if msg.parts&hasVote != 0 && msg.vote.ballot > p.votes[from].ballot {
		if !m.afford(from, 1) {
			return ErrBusy
		}
		if !m.verifyVote(from, msg.vote.ballot, &msg.vote.hash, &msg.voteSig) {
			return ErrForged
		}
	}
	return nil
}

// afford takes n verifications from what a member may cost us in this tick.
func (m *Machine) afford(from, n int) bool {
	if m.cfg.Key.IsZero() {
		return true
	}
	m.checks[from] += n
	return m.checks[from] <= maxChecks
}

// receiveCertificate takes a certificate, if it is the one that we need. One
// that was overtaken is no error.
func (m *Machine) receiveCertificate(from int, c *Certificate) error {
	if c.Record.Epoch != m.p.epoch || m.p.decided && m.p.decision.Record == c.Record {
		return nil
	}
	if !m.afford(from, c.Votes.Len()) {
		return ErrBusy
	}
	return m.Adopt(c)
}
