package epoch

// propose starts a ballot to drop x, above all that were heard of. A fork seat
// of -1 is none. The first promise is our own.
func (m *Machine) propose(x Set, fork int8) bool {
	p := &m.p
	b := max(p.ballot, p.seen).next(m.cfg.Self)
	if b == 0 {
		return false
	}
	m.promise(b, x, fork)
	p.lead = lead{ballot: b, left: m.view.Left & x, forked: -1, joins: p.joins}
	for i := range m.cfg.IDs {
		if !m.view.Joining.Has(i) || m.view.Overdue.Has(i) {
			p.lead.joins[i] = join{}
		}
	}
	if fork >= 0 {
		p.lead.common = p.ends[fork]
	}
	mine := m.promised()
	m.takePromise(m.cfg.Self, &mine)
	return true
}

// takePromise counts a promise of the ballot that we lead.
func (m *Machine) takePromise(from int, pr *promise) {
	p := &m.p
	l := &p.lead
	if l.promised.Has(from) || p.x.Has(from) || p.voted == l.ballot {
		return
	}
	if pr.voted == 0 && p.fork >= 0 && from != m.cfg.Self && !m.agreeOn(int(p.fork), pr) {
		return // too far apart to compare; it gets moves and another chance
	}
	l.promised = l.promised.With(from)
	if pr.voted > l.best {
		l.best, l.record = pr.voted, pr.vote
	}
	for i := range l.joins {
		if l.joins[i] != pr.joins[i] {
			l.joins[i] = join{}
		}
	}
	l.ends[from] = pr.ends
	if pr.voted == 0 {
		m.seats(p.x, func(s int) {
			if int8(s) != p.fork && !m.fitsOurs(s, pr.ends[s]) {
				l.forked = int8(s)
			}
		})
	}
}

// fitsOurs reports whether a log that reaches to end can be the one we hold.
func (m *Machine) fitsOurs(s int, end End) bool {
	if end.Frame > m.p.ends[s].Frame {
		return true // we cannot tell yet
	}
	tag, ok := m.log.TagAt(s, end.Frame)
	return !ok || tag == end.Tag
}

// agreeOn moves the common end of a forked log back to where the promiser's copy
// is still the same as ours. Chains that agree at a frame agree below it.
func (m *Machine) agreeOn(seat int, pr *promise) bool {
	l, base := &m.p.lead, pr.ends[seat].Frame
	for i, short := range pr.tags.short[:pr.tags.n] {
		f := base - int32(i)
		if f > l.common.Frame {
			continue
		}
		if tag, ok := m.log.TagAt(seat, f); ok && tag.Short() == short {
			l.common = End{f, tag}
			return true
		}
	}
	return false
}

// leadOn goes on with the ballot that we lead: when all have promised who are not
// to be dropped, the decree is fixed, and we vote for it ourselves first. That
// vote is what the Accepts carry.
func (m *Machine) leadOn() {
	p := &m.p
	l := &p.lead
	if l.ballot == 0 || l.ballot != p.ballot || p.voted == l.ballot || p.leaving ||
		p.members&^p.x&^l.promised != 0 || l.forked >= 0 && l.best == 0 {
		return
	}
	rec := m.decree()
	if !m.inHand(&rec) && !mutantFill {
		return
	}
	if l.best == 0 && !m.allFit(&rec) {
		return
	}
	if m.agreesToJoins(&rec) {
		m.castVote(l.ballot, &rec, rec.Hash())
	}
}

// decree returns what the ballot is to decide. If a promise reports a vote, it
// is the vote of the highest ballot, unchanged: that may be decided already.
// Otherwise x goes, each log ends where the longest copy of it ends, and who
// joins in the eyes of all promisers joins.
func (m *Machine) decree() Record {
	p := &m.p
	l := &p.lead
	if l.best != 0 && !mutantAdoption {
		return l.record
	}
	rec := Record{
		Epoch: p.epoch, Prev: p.prev, Drop: p.x, Left: l.left,
		Holder: [MaxSeats]int8{-1, -1, -1, -1, -1, -1, -1, -1},
	}
	for i, j := range l.joins {
		if j.incarnation != 0 && !p.x.Has(i) {
			rec.Join = rec.Join.With(i)
			rec.Incarnation[i], rec.At[i] = j.incarnation, j.at
		}
	}
	rec.Members = p.members&^rec.Drop | rec.Join
	for i := range MaxMembers {
		if (rec.Members &^ rec.Join).Has(i) {
			rec.Incarnation[i] = p.incarnation[i]
		}
	}
	m.seats(p.x, func(s int) {
		rec.Ends[s], rec.Holder[s] = l.ends[m.cfg.Self][s], int8(m.cfg.Self)
		if int8(s) == p.fork {
			rec.Ends[s] = l.common
			return
		}
		for i := range m.cfg.IDs {
			if l.ends[i][s].Frame > rec.Ends[s].Frame && !mutantMaxCut {
				rec.Ends[s], rec.Holder[s] = l.ends[i][s], int8(i)
			}
		}
	})
	return rec
}

// allFit reports whether the copies of the promisers that reach further than
// our own are all one log, now that the longest is in hand. If not, the log
// forked.
func (m *Machine) allFit(rec *Record) bool {
	p := &m.p
	l := &p.lead
	m.seats(p.x, func(s int) {
		if int8(s) == p.fork {
			return
		}
		for i := range m.cfg.IDs {
			end := l.ends[i][s]
			if l.promised.Has(i) && end.Frame > p.ends[s].Frame && end != rec.Ends[s] && !m.log.InHand(s, end) && !mutantFill && !mutantMaxCut {
				l.forked = int8(s)
			}
		}
	})
	return l.forked < 0
}
