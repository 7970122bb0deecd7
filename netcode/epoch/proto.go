package epoch

// proto is the whole state of the agreement in one epoch: plain values, so that
// a copy is a snapshot and == compares. What is only timing, hints and caches is
// not in here.
type proto struct {
	// The epoch, the same for everyone in it.
	epoch       Number
	prev        [32]byte // hash of the record before
	members     Set      // the voters
	incarnation [MaxMembers]uint32

	own     uint32 // our incarnation; we vote if it is incarnation[Self]
	leaving bool   // our log has our leave entry: nothing is promised or voted any more
	stalled bool   // see Stalled

	// What we promised and voted. voted <= ballot.
	ballot Ballot
	x      Set // what the Prepare of ballot named
	fork   int8
	frozen Set // every x of every ballot promised in this epoch
	ends   [MaxSeats]End
	joins  [MaxMembers]join
	voted  Ballot
	vote   Record

	// What we heard.
	seen      Ballot                // highest ballot anyone wrote
	prepares  [MaxMembers]prepare   // by leader, since the last Observe
	offered   Ballot                // highest Accept, and what it says
	offer     Record                //
	offerHash [32]byte              //
	votes     [MaxMembers]countable // newest vote of each, ours too

	lead lead // what we know as a leader

	decided  bool
	decision Certificate
}

// join is what a join command says; incarnation 0 is none.
type join struct {
	incarnation uint32
	at          int32
}

// prepare asks for a promise: to freeze x, and not to vote in a lower ballot.
type prepare struct {
	ballot Ballot
	x      Set
	fork   int8
}

// promise is the answer, as its leader takes it.
type promise struct {
	voted Ballot // 0: nothing; otherwise vote, and no ends
	vote  Record
	ends  [MaxSeats]End
	joins [MaxMembers]join
	tags  forkTags
}

// forkTags are the short tags of the fork seat at its End and the frames before.
type forkTags struct {
	n     int
	short [maxForkTags]uint32
}

// maxForkTags is how many frames back a fork is looked for: as long as a log is
// unsettled.
const maxForkTags = 64

// countable is a vote as others count it.
type countable struct {
	ballot Ballot
	hash   [32]byte
}

// lead is a leader's side of one ballot. ballot is 0 or proto.ballot.
type lead struct {
	ballot   Ballot
	left     Set
	promised Set // who promised ballot, ourselves first
	ends     [MaxMembers][MaxSeats]End
	joins    [MaxMembers]join // what all promisers say alike
	best     Ballot           // highest vote among the promises
	record   Record           // what it is for
	common   End              // of the fork seat: where all promisers still agree
	forked   int8             // a seat of which promises do not fit each other, -1 none
	doubted  Set              // members that others say are alive
}

// voter reports whether we vote in the present epoch.
func (m *Machine) voter() bool {
	p, self := &m.p, m.cfg.Self
	return p.members.Has(self) && p.incarnation[self] == p.own
}

// begin makes p the state at the start of an epoch.
func (p *proto) begin(e Number, prev [32]byte, members Set, incarnation [MaxMembers]uint32) {
	own, leaving := p.own, p.leaving
	*p = proto{epoch: e, prev: prev, members: members, incarnation: incarnation, own: own, leaving: leaving, fork: -1}
	p.lead.forked = -1
}

// seats calls f for each seat of a member of x.
func (m *Machine) seats(x Set, f func(seat int)) {
	for s, holder := range m.cfg.Seats {
		if holder >= 0 && x.Has(holder) {
			f(s)
		}
	}
}

// holdsSeat reports whether one of x holds the seat; -1 is no seat.
func (m *Machine) holdsSeat(x Set, seat int8) bool {
	return seat >= 0 && int(seat) < len(m.cfg.Seats) && m.cfg.Seats[seat] >= 0 && x.Has(m.cfg.Seats[seat])
}
