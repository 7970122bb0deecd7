package epoch

import "time"

// Machine is one member's part in the agreement. It is for one goroutine, never
// blocks and knows no clock. Make one with [New].
//
// In each tick the caller hands in what arrived ([Machine.Saw],
// [Machine.Receive]), then calls [Machine.Observe], then freezes in its logs
// whom [Machine.Frozen] says before it takes any entry more, carries out what is
// [Machine.Decided], and sends [Machine.Append] to each member.
type Machine struct {
	cfg  Config
	log  Log
	rank [MaxMembers]uint8

	p proto // all that safety needs

	policy policy
	view   View

	// Who is told what.
	theirs [MaxMembers]Number // the epoch of each, as far as we know
	owed   Set                // who showed a lower epoch and got no certificate since
	alive  [MaxMembers]Set    // owed to the leader of a refused ballot
	nacks  Set                // leaders of ballots that are too low

	checks [MaxMembers]int      // signatures of each that were verified in this tick
	sigs   [MaxMembers][64]byte // of proto.votes
	certs  []*Certificate       // a ring by epoch
	store  []Certificate        // where they are

	refused [MaxMembers]refusal // by leader

	// The last promise that we signed.
	said    []byte
	saidIn  Ballot
	saidSig [64]byte
}

// New returns the machine of a member at the start of the match, in epoch 0 with
// all members as voters. It keeps a copy of cfg. The error is that of
// [Config.Validate].
func New(cfg Config, log Log) (*Machine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.IDs, cfg.Seats = append(cfg.IDs[:0:0], cfg.IDs...), append(cfg.Seats[:0:0], cfg.Seats...)
	if cfg.Retry == 0 {
		cfg.Retry = DefaultRetry
	}
	m := &Machine{cfg: cfg, log: log, rank: order(&cfg), view: View{ForkSeat: -1}}
	m.p.own = cfg.Incarnation
	m.p.begin(0, [32]byte{}, All(len(cfg.IDs)), [MaxMembers]uint32{})
	return m, nil
}

// Epoch returns the number of the present epoch.
func (m *Machine) Epoch() Number { return m.p.epoch }

// Members returns the voters of the present epoch.
func (m *Machine) Members() Set { return m.p.members }

// Incarnation returns the incarnation of a voter; 0 for others, and for those
// that were there at frame 0.
func (m *Machine) Incarnation(member int) uint32 { return m.p.incarnation[member] }

// State returns where we stand in the present epoch.
func (m *Machine) State() State {
	p := &m.p
	switch {
	case !m.voter():
		return Out
	case p.stalled:
		return Stalled
	case p.voted != 0:
		return Voted
	case p.ballot != 0:
		return Promised
	}
	return Normal
}

// Bound reports whether we promised or voted in the present epoch. While that is
// so, the caller must not write a leave entry: others may count on our vote.
func (m *Machine) Bound() bool { return m.p.ballot != 0 }

// Rank returns the member's place, from 0, in the order in which members propose
// and which decides between two halves.
func (m *Machine) Rank(member int) int { return int(m.rank[member]) }

// Frozen returns the members of which no entry may be taken, acknowledged or
// claimed until the epoch ends. Entries of them are staged.
func (m *Machine) Frozen() Set { return m.p.frozen }

// Quorum reports whether who suffice to decide in the present epoch, if left are
// the voters that left by themselves: more than half of the others, or half of
// them with the lowest-ranked one.
func (m *Machine) Quorum(who, left Set) bool { return quorum(&m.rank, m.p.members, who, left) }

// Observe tells the time, which never goes back, and how the match looks now. It
// answers what was received since, goes on with a ballot that is open, and
// starts one if it is our turn. Call it every tick; after it writes a leave
// entry, the caller calls it with our own bit in v.Left before anything else.
func (m *Machine) Observe(now time.Duration, v View) {
	m.policy.now = now
	m.checks = [MaxMembers]int{}
	m.view = v
	m.reconsider()
	m.Answer(v)
	if x, fork, ok := m.decideToPropose(); ok && m.propose(x, fork) {
		m.noteProposed()
		m.goOn()
	}
}

// Answer is the part of Observe that answers what was received: call it after
// [Machine.Receive] where others shall not wait for the next tick. It starts
// nothing, and earns the others no more checks of their signatures.
func (m *Machine) Answer(v View) {
	m.view = v
	if v.Left.Has(m.cfg.Self) {
		m.p.leaving = true
	}
	m.consider()
	m.goOn()
}

// goOn does what follows from what is known.
func (m *Machine) goOn() {
	m.leadOn()
	m.considerOffer()
	m.certify()
}
