package epoch

import "bytes"

// Saw notes the low 4 bits of the epoch in the header of a member's datagram.
// Who shows a lower epoch is sent certificates, and who shows a higher one is
// told that we want some. A member that is eight or more epochs behind is known
// by its own messages only.
func (m *Machine) Saw(from int, epochLow uint8) {
	if from < 0 || from >= len(m.cfg.IDs) || from == m.cfg.Self {
		return
	}
	e := m.p.epoch
	if Number(epochLow&15) == m.theirs[from]&15 {
		m.shows(from, m.theirs[from])
	} else if behind := (e - Number(epochLow)) & 15; behind >= 8 {
		m.shows(from, e+16-behind)
	} else if behind <= e {
		m.shows(from, e-behind)
	}
}

// shows notes the epoch that a member showed. Only who shows a lower one now and
// then is owed certificates: the dead get none.
func (m *Machine) shows(from int, e Number) {
	m.theirs[from] = e
	m.owed = m.owed.Without(from)
	if e < m.p.epoch {
		m.owed = m.owed.With(from)
	}
}

// Wants reports whether there is something to say to a member, so that a
// datagram is worth sending for that alone.
func (m *Machine) Wants(to int) bool { return m.plan(to) != 0 }

// plan returns the parts of the message for a member.
func (m *Machine) plan(to int) (parts byte) {
	p, self := &m.p, m.cfg.Self
	if to < 0 || to >= len(m.cfg.IDs) || to == self {
		return 0
	}
	if m.owed.Has(to) && m.theirs[to] < p.epoch {
		if _, ok := m.Certificate(m.theirs[to]); ok {
			return hasCertificate
		}
	}
	// Who may be far behind says so all the time: it is a few bytes.
	if m.theirs[to] > p.epoch || !m.voter() || p.stalled || m.nacks.Has(to) {
		parts |= hasHello
	}
	if !m.voter() || !p.members.Has(to) {
		return parts
	}
	if m.alive[to] != 0 || m.tellsFork(to) {
		parts |= hasDoubt
	}
	if p.ballot != 0 && p.voted != p.ballot {
		switch {
		case p.lead.ballot == p.ballot && !p.x.Has(to) && !p.lead.promised.Has(to):
			parts |= hasPrepare
		case p.ballot.leader() == to:
			parts |= hasPromise
		}
	}
	if p.voted != 0 {
		parts |= hasVote
		if p.voted == p.ballot && p.ballot.leader() == self && p.votes[to].ballot < p.voted {
			parts |= hasAccept
		}
	}
	return parts
}

// tellsFork reports whether a member leads a ballot that needs to name the fork
// that we know of: with a copy shorter than ours it may not see it.
func (m *Machine) tellsFork(to int) bool {
	p := &m.p
	return p.ballot != 0 && p.voted != p.ballot && p.ballot.leader() == to && p.fork < 0 && m.holdsSeat(p.x, m.view.ForkSeat)
}

// Append appends the message for a member to dst and returns it, at most about
// 900 bytes; dst itself if there is nothing to say. Call it once per tick and
// member, after [Machine.Observe]: each message repeats the last one until that
// was answered. It signs at most once per ballot.
func (m *Machine) Append(dst []byte, to int) []byte {
	parts := m.plan(to)
	if parts == 0 {
		return dst
	}
	p := &m.p
	dst = m.header(dst, parts)
	if parts == hasCertificate {
		cert, _ := m.Certificate(m.theirs[to])
		m.owed = m.owed.Without(to)
		return cert.Append(dst)
	}
	if parts&hasPrepare != 0 {
		dst = append(dst, byte(p.x), byte(p.fork+1))
	}
	if parts&hasPromise != 0 {
		dst = m.appendSignedPromise(dst)
	}
	if parts&hasDoubt != 0 {
		fork := int8(-1)
		if m.tellsFork(to) {
			fork = m.view.ForkSeat
		}
		dst = append(dst, byte(m.alive[to]), byte(fork+1))
		m.alive[to] = 0
	}
	if parts&hasAccept != 0 {
		dst = p.vote.append(dst)
	}
	if parts&hasVote != 0 {
		vote := &p.votes[m.cfg.Self]
		dst = append(vote.ballot.append(dst), vote.hash[:]...)
		dst = m.appendSig(dst, &m.sigs[m.cfg.Self])
	}
	m.nacks = m.nacks.Without(to)
	return dst
}

func (m *Machine) appendSig(dst []byte, sig *[64]byte) []byte {
	if m.cfg.Key.IsZero() {
		return dst
	}
	return append(dst, sig[:]...)
}

// appendSignedPromise appends our promise. The signature is made anew only if
// there is something new to sign.
func (m *Machine) appendSignedPromise(dst []byte) []byte {
	start := len(dst)
	pr := m.promised()
	dst = m.appendPromise(dst, &pr)
	if m.cfg.Key.IsZero() {
		return dst
	}
	if said := dst[start:]; m.saidIn != m.p.ballot || !bytes.Equal(m.said, said) {
		m.said, m.saidIn = append(m.said[:0], said...), m.p.ballot
		m.saidSig = m.sign(promiseDomain, m.p.ballot, said)
	}
	return append(dst, m.saidSig[:]...)
}
