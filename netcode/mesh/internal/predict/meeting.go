package predict

import (
	"net/netip"
	"time"
)

const (
	// roundFor is how long a round waits for the other end before it is begun anew.
	roundFor = 600 * time.Millisecond
	rounds   = 12
	// stale is how many ports our own packets may have used up since ours was told,
	// and sharedFor how long ago that may be where somebody shares our NAT.
	stale     = Packets / 4
	sharedFor = 250 * time.Millisecond
	// holdFor is for how long nothing but the plan should be sent to the peer: that
	// would use up ports.
	holdFor = 300 * time.Millisecond
)

// knockAt is when a plan is sent again: what was first may have come before the
// other end's NAT was open.
var knockAt = [...]time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}

// Peer is the other end of a [Meeting].
type Peer interface {
	// Check sends a packet from our socket that the other end knows as ours.
	Check(to netip.AddrPort)
	// Tell tells the other end of our NAT, by a letter.
	Tell(t Told)
	// Reached says whether packets of the other end come in.
	Reached() bool
	// Open says whether the connection was made, be it lost again.
	Open() bool
	// Dead says whether it has ended.
	Dead() bool
}

// Meeting leads two ends behind NATs to each other, by what they tell each other
// of their next ports. The lower ID begins a round with what it tells; the other
// one tells in turn and sends by the plan, and when the first one hears that it
// sends too. What is told is soon wrong where others use up ports of the same NAT:
// then whoever knows begins another round in the place of an answer. It does
// nothing by itself: each method says what time it is, from any fixed start.
type Meeting struct {
	turns *Turns
	peer  Peer
	lower bool
	met   bool // packets may be sent
	over  bool

	ours   Told // as told last; Next is valid once there was one
	theirs Told // as heard last
	site   netip.Addr
	turned bool          // we began in the place of an answer: the next is answered
	asked  time.Duration // when the peer told what we have not answered; 0 is not
	burnt  uint64        // destinations that were sent to when ours was told
	toldAt time.Duration // when that was
	again  time.Duration // when to begin anew, if we do it first

	plan   []netip.AddrPort
	began  time.Duration // of the plan
	knocks int           // how often it was sent
}

// End makes it use up no more ports.
func (m *Meeting) End() { m.over = true }

func (m *Meeting) gone() bool { return m.over || m.peer.Dead() }

// Theirs is what the peer told last; Next is not valid before.
func (m *Meeting) Theirs() Told { return m.theirs }

// At notes a public IPv4 address of the peer's.
func (m *Meeting) At(public netip.Addr) { m.site = public }

// Met: the peer can tell from now on that packets are ours.
func (m *Meeting) Met(now time.Duration) {
	if m.met = true; m.theirs.Next.IsValid() {
		m.Hear(now, m.theirs)
	}
}

// First returns what our description or candidates should tell of our NAT, if that
// is news.
func (m *Meeting) First(now time.Duration) (Told, bool) {
	told, ok := m.turns.nat.Next(m.next(), m.steady())
	if !ok || m.ours.Next.Addr() == told.Next.Addr() {
		return Told{}, false
	}
	// Who answers tells nothing before the other end has.
	if told.Step != 0 && (!m.lower && !m.theirs.Next.IsValid() || m.turns.shared(m) || !m.turns.mayTry(now, m)) {
		return Told{}, false
	}
	m.tells(now, told)
	return told, true
}

// Known: more is known of our NAT, and First was asked. knew says whether anything
// had been told before.
func (m *Meeting) Known(now time.Duration, knew bool) {
	if !knew && m.ours.Next.IsValid() && m.theirs.Next.IsValid() {
		m.Hear(now, m.theirs) // they told before we knew
	}
	if m.met {
		m.goOn(now)
	}
}

// Told says whether we told anything yet.
func (m *Meeting) Told() bool { return m.ours.Next.IsValid() }

// Hear takes what the peer tells of its NAT.
func (m *Meeting) Hear(now time.Duration, t Told) {
	m.theirs, m.asked = t, 0
	if t.Next.Addr().Is4() {
		m.site = t.Next.Addr()
	}
	if !m.met {
		return
	}
	told, known := m.turns.nat.Next(max(t.Round, m.ours.Round), m.steady())
	switch {
	case known && told.Next.Addr() == t.Next.Addr():
		return // the same NAT: our hosts meet
	case known && told.Step != 0 && t.Step != 0:
		m.asked = max(now, 1)
		m.serve(now)
		return
	case known && (t.Round > m.ours.Round || !m.ours.Next.IsValid()):
		m.retell(now, told)
	}
	if m.ours.Next.IsValid() && m.ours.Next.Addr() != t.Next.Addr() && m.ours.Round == t.Round {
		m.follow(now)
	}
}

// serve does what the peer's last telling asks for, once it is our turn: it comes
// again with each tick until then.
func (m *Meeting) serve(now time.Duration) {
	t, ours, turns := m.theirs, m.next()-1, m.turns
	if t.Round < ours {
		m.asked = 0 // both began, and it has to answer us
	}
	if m.asked == 0 || m.peer.Reached() || !turns.mayTry(now, m) {
		return
	}
	if t.Round == ours {
		if turns.nat.Burnt()-m.burnt > stale || turns.shared(m) && now-m.toldAt > sharedFor+time.Duration(ours)*longer {
			m.begin(now, ours+1)
			return
		}
	} else {
		if u := turns.used[m.site]; u.by != nil && u.by != m && u.at > m.asked-usedFor && !m.turned {
			m.begin(now, t.Round+1) // its NAT gave ports to another player since
			return
		}
		if turns.shared(m) && !turns.nat.Look() {
			return
		}
		told, known := turns.nat.Next(t.Round, netip.AddrPort{})
		if !known {
			m.asked = 0
			return
		}
		m.retell(now, told)
	}
	m.asked = 0
	m.follow(now)
}

// begin begins a round of two ends whose ports both move. It is our turn.
func (m *Meeting) begin(now time.Duration, round int) {
	if round >= rounds {
		m.asked = 0
		return
	}
	if m.turns.shared(m) && !m.turns.nat.Look() {
		return // it comes again
	}
	m.turned = m.asked > 0
	m.asked, m.plan = 0, nil
	if told, known := m.turns.nat.Next(round, netip.AddrPort{}); known {
		m.retell(now, told)
	}
}

// next is the round that we would begin.
func (m *Meeting) next() int {
	if !m.ours.Next.IsValid() {
		return 0
	}
	return m.ours.Round + 1
}

// retell tells of our NAT, maybe not for the first time.
func (m *Meeting) retell(now time.Duration, told Told) {
	if n := m.turns.spend(m, waste(told, m.ours, m.theirs)); n > slack {
		told.Next = Next(told.Next, told.Step, n-slack, 0).Next
	}
	m.tells(now, told)
	m.peer.Tell(told)
}

// tells notes what is told now.
func (m *Meeting) tells(now time.Duration, told Told) {
	m.ours, m.burnt, m.toldAt, m.again = told, m.turns.nat.Burnt(), now, now+roundFor
	m.turns.told(now, m)
}

// steady returns the peer's address if it is the same for everybody.
func (m *Meeting) steady() netip.AddrPort {
	if m.theirs.Step != 0 {
		return netip.AddrPort{}
	}
	return m.theirs.Next
}

// bothMove says whether every packet to a new address uses up a port at both ends.
func (m *Meeting) bothMove() bool {
	return m.ours.Step != 0 && m.theirs.Step != 0 && m.ours.Next.Addr() != m.theirs.Next.Addr()
}

// Quiet says whether nothing but the plan should be sent to the peer now: both
// ends count on the ports that it takes.
func (m *Meeting) Quiet(now time.Duration) bool {
	return m.began > 0 && now-m.began < holdFor && m.bothMove() && !m.peer.Reached()
}
