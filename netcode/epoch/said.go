package epoch

// Said names what we tell the others now, apart from what depends on whom: it
// changes when we go into another epoch, promise or vote.
type Said struct {
	Epoch           Number
	Promised, Voted Ballot
}

// Said returns what we tell the others now.
func (m *Machine) Said() Said { return Said{m.p.epoch, m.p.ballot, m.p.voted} }
