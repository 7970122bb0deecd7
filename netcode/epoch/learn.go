package epoch

// certify counts the votes. Whoever sees a quorum of one ballot for a record
// that it knows has the certificate.
func (m *Machine) certify() {
	p := &m.p
	if p.decided || !m.voter() {
		return
	}
	if p.voted != 0 {
		m.count(p.voted, &p.vote, p.votes[m.cfg.Self].hash)
	}
	if p.offered != 0 && !p.decided {
		m.count(p.offered, &p.offer, p.offerHash)
	}
}

// count decides for r if the votes in ballot b suffice.
func (m *Machine) count(b Ballot, r *Record, hash [32]byte) {
	p := &m.p
	var votes Set
	for i := range m.cfg.IDs {
		if p.votes[i] == (countable{b, hash}) {
			votes = votes.With(i)
		}
	}
	votes &= p.members &^ r.Left
	if !m.Quorum(votes, r.Left) {
		return
	}
	for i := range m.cfg.IDs { // no more votes than it takes
		if votes.Has(i) && m.Quorum(votes.Without(i), r.Left) {
			votes = votes.Without(i)
		}
	}
	p.decided = true
	p.decision = Certificate{Record: *r, Ballot: b, Votes: votes}
	for i := range m.cfg.IDs {
		if votes.Has(i) {
			p.decision.Sigs[i] = m.sigs[i]
		}
	}
}

// Adopt takes a certificate that came by another way, with a snapshot say, and
// verifies it: at most one signature per vote. One of an epoch that is over is
// not looked at. It does not block and keeps a copy. The errors are [ErrAhead] for an
// epoch after the present one, [ErrConflict], [ErrRecord], [ErrQuorum] and
// [ErrForged].
func (m *Machine) Adopt(c *Certificate) error {
	p := &m.p
	switch {
	case c.Record.Epoch > p.epoch:
		return ErrAhead
	case c.Record.Epoch < p.epoch:
		return nil
	}
	if p.decided && p.decision.Record == c.Record {
		return nil
	}
	if err := m.verify(c); err != nil {
		return err
	}
	if p.decided {
		return ErrConflict
	}
	p.decided, p.decision = true, *c
	return nil
}

// Decided returns how the present epoch ends, once that is known here and its
// moves are in hand. Who is not a member afterwards needs no moves. The
// certificate is read-only, and good until [Machine.Enter].
func (m *Machine) Decided() (*Certificate, bool) {
	p, self := &m.p, m.cfg.Self
	if !p.decided {
		return nil, false
	}
	rec := &p.decision.Record
	if stays := m.voter() && rec.Members.Has(self) && rec.Incarnation[self] == p.own; stays && !m.inHand(rec) {
		return nil, false
	}
	return &p.decision, true
}

// Enter goes into the next epoch, after the caller did what [Machine.Decided]
// says. Before that it does nothing.
func (m *Machine) Enter() {
	p := &m.p
	if !p.decided {
		return
	}
	m.keep(&p.decision)
	cert := &m.store[int(p.epoch)%keepMost]
	p.begin(cert.Record.Epoch+1, cert.Record.Hash(), cert.Record.Members, cert.Record.Incarnation)
	m.enterPolicy()
	m.alive, m.nacks = [MaxMembers]Set{}, 0
	m.refused = [MaxMembers]refusal{}
	m.saidIn, m.said = 0, m.said[:0] // ballots begin anew
	m.owed |= cert.Record.Members    // at once: they may wait for just this
	m.sigs = [MaxMembers][64]byte{}
}

// keepMost is how many certificates are kept for those who missed them.
const keepMost = 1024

// keep stores the certificate of the present epoch. Room for all is made with
// the first: a match without a decree needs none, and one with many does not grow.
func (m *Machine) keep(c *Certificate) {
	if m.store == nil {
		m.store = make([]Certificate, keepMost)
	}
	i := int(c.Record.Epoch) % keepMost
	m.store[i] = *c
	if len(m.certs) < keepMost {
		m.certs = append(m.certs, &m.store[i])
	} else {
		m.certs[i] = &m.store[i]
	}
}

// Certificate returns how an earlier epoch ended, for the last 1024 epochs. It is
// read-only.
func (m *Machine) Certificate(e Number) (*Certificate, bool) {
	if e >= m.p.epoch || m.p.epoch-e > keepMost {
		return nil, false
	}
	return m.certs[int(e)%keepMost], true
}

// Reborn makes us a new incarnation, as a new process would be: an outsider
// until a Join names it. The caller was dropped or never joined; a voter stays
// what it is. incarnation must be higher than any before and not 0.
func (m *Machine) Reborn(incarnation uint32) {
	if incarnation == 0 || m.voter() {
		return
	}
	m.p.own, m.p.leaving = incarnation, false
}
