package epoch

import (
	"hash/maphash"
	"testing"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// The model: real machines over logs of a few frames. A log entry is one bit, so
// that two histories of a seat can be told apart; a tag is the history itself.
// Seat s is held by member s.

const modelMembers = MaxMembers

// book is one seat's log at one node: the first n entries are held, those up to
// staged are only staged.
type book struct {
	n, staged int8
	bits      uint16 // the entries, staged ones too
}

func (b book) tag(seat int, f int32) evidence.Tag {
	return evidence.Tag{1, byte(seat), byte(f), byte(b.bits & (1<<f - 1)), byte((b.bits & (1<<f - 1)) >> 8)}
}

// prefix reports whether the first n entries of both are the same.
func (b book) prefix(other book, n int8) bool { return (b.bits^other.bits)&(1<<n-1) == 0 }

// node is everything one member of the model is: plain and comparable.
type node struct {
	p       proto
	books   [modelMembers]book
	overdue Set // suspected here
	left    Set // whose leave entry is held here
	joining Set // whose join command is confirmed here
	cut     [modelMembers]int8
	heard   [modelMembers][modelMembers]int8 // claims in this epoch or before: [member][seat]
	settled int8
	hist    [modelEpochs]Certificate
}

const modelEpochs = 4

// modelAlpha is how many entries a member writes ahead of what it confirmed.
const modelAlpha = 2

// uncut is the cut of a seat that goes on.
const uncut = 99

// modelLog is a node's log, as its machine sees it.
type modelLog struct{ n *node }

func (l *modelLog) End(seat int) End {
	b := l.n.books[seat]
	return End{int32(b.n), b.tag(seat, int32(b.n))}
}

func (l *modelLog) TagAt(seat int, f int32) (evidence.Tag, bool) {
	b := l.n.books[seat]
	return b.tag(seat, f), f <= int32(b.n)
}

func (l *modelLog) InHand(seat int, end End) bool {
	b := l.n.books[seat]
	return end.Frame <= int32(b.staged) && b.tag(seat, end.Frame) == end.Tag
}

func (l *modelLog) Joining(member int) (uint32, int32, bool) {
	return 1, 2, l.n.joining.Has(member)
}

// model is what may happen, and how much of it.
type model struct {
	name     string
	n        int
	outside  Set               // not voters at the start
	lens     [modelMembers]int // entries that each has written at the start
	spread   Set               // whose entries the others do not have yet
	grow     bool              // the others get them in the course of things
	claims   bool              // members tell each other what they hold
	fork     Set               // who wrote two different last entries
	leave    Set               // who may leave
	join     Set               // who may join
	suspects [modelMembers]Set // whom each suspects at the start
	distrust [modelMembers]Set // whom each may suspect later
	trust    bool              // suspicions may be taken back
	lead     Set               // who may propose
	turns    []int             // if set: who alone may lead the first, second, ... ballot
	mute     Set               // who is dead from the start
	ballots  uint32            // how many ballots an epoch may have
	subsets  bool              // a ballot may leave suspects in
	epochs   int               // how many epochs may end
	want     premise           // what must be met at least
	deep     bool              // takes minutes: only with TUTTI_EPOCH_DEEP
}

// msg is something on the network: it stays there, so it may be lost, doubled
// and overtaken.
type msg struct {
	to    int8   //
	from  int8   //
	kind  byte   // 'm' of the machine, 'c' a claim
	bytes string // of 'm'
	claim [modelMembers]int8
}

// lab runs the nodes of one model.
type lab struct {
	t        *testing.T
	mod      model
	machines [modelMembers]*Machine
	cur      node

	nodes   []node
	nodeIDs map[[2]uint64]uint32
	msgs    []msg
	msgIDs  map[msg]uint32
	seeds   [2]maphash.Seed
	seen    map[[2]uint64]struct{}
	steps   map[uint64]uint32
	outs    map[[2]uint32][]uint32
	deads   map[uint64]bool
	arrows  map[arrow]int
	premise premise
	walking bool // a random walk: the model changes on the way, so nothing is remembered
}

// premise counts what a run must have met to mean anything.
type premise struct {
	states, decrees, cutAboveOwn, restarts, adopted, joins, forks, leaves int
	epochs, ahead, settled                                                int // of walks
}

type arrow struct {
	from  State
	event string
	to    State
}

func newLab(t *testing.T, mod model) *lab {
	l := &lab{
		t: t, mod: mod,
		nodeIDs: map[[2]uint64]uint32{}, msgIDs: map[msg]uint32{}, seen: map[[2]uint64]struct{}{},
		steps: map[uint64]uint32{}, outs: map[[2]uint32][]uint32{}, arrows: map[arrow]int{}, deads: map[uint64]bool{},
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
	}
	cfg := Config{Match: [16]byte{1}}
	for i := range mod.n {
		cfg.IDs = append(cfg.IDs, peer.ID{byte(i + 1)})
		cfg.Seats = append(cfg.Seats, i)
	}
	for i := range mod.n {
		cfg.Self = i
		m, err := New(cfg, &modelLog{&l.cur})
		if err != nil {
			t.Fatal(err)
		}
		l.machines[i] = m
	}
	return l
}

// firsts returns the nodes that a member may be at the start: each holds some of
// what was written. There is one only if entries also come later.
func (l *lab) firsts(self int) (all []node) {
	all = []node{l.first(self)}
	for s := range l.mod.n {
		if !l.mod.spread.Has(s) || s == self || l.mod.grow {
			continue
		}
		for _, n := range all {
			for k := 1; k <= l.mod.lens[s]; k++ {
				n.books[s] = book{n: int8(k), staged: int8(k)}
				all = append(all, n)
				if k == l.mod.lens[s] && l.mod.fork.Has(s) {
					n.books[s].bits = 1 << (k - 1)
					all = append(all, n)
				}
			}
		}
	}
	return all
}

// first returns the node of a member that got nothing yet.
func (l *lab) first(self int) node {
	n := node{p: l.machines[self].p}
	n.p.members &^= l.mod.outside
	n.overdue = l.mod.suspects[self]
	if l.mod.outside.Has(self) {
		n.p.own = 1
	}
	for s := range l.mod.n {
		n.cut[s] = uncut
		if !l.mod.spread.Has(s) || s == self {
			n.books[s].n = int8(l.mod.lens[s])
			n.books[s].staged = n.books[s].n
		}
	}
	return n
}

// intern returns the number of a node state.
func (l *lab) intern(n *node) uint32 {
	key := [2]uint64{maphash.Comparable(l.seeds[0], *n), maphash.Comparable(l.seeds[1], *n)}
	id, ok := l.nodeIDs[key]
	if !ok {
		id = uint32(len(l.nodes))
		l.nodeIDs[key] = id
		l.nodes = append(l.nodes, *n)
	}
	return id
}

func (l *lab) internMsg(m msg) uint32 {
	id, ok := l.msgIDs[m]
	if !ok {
		id = uint32(len(l.msgs))
		l.msgIDs[m] = id
		l.msgs = append(l.msgs, m)
	}
	return id
}

// load puts a node into the real machine of a member.
func (l *lab) load(self int, n *node) *Machine {
	l.cur = *n
	m := l.machines[self]
	m.p = n.p
	m.certs = m.certs[:0]
	for e := range n.p.epoch {
		m.certs = append(m.certs, &n.hist[e])
	}
	m.alive, m.nacks, m.owed = [MaxMembers]Set{}, 0, 0
	for i := range m.theirs {
		m.theirs[i] = n.p.epoch
	}
	m.view = l.view(self)
	return m
}

func (l *lab) view(self int) View {
	n := &l.cur
	v := View{Overdue: n.overdue | n.left, Left: n.left, Joining: n.joining, ForkSeat: -1, Playing: 0}
	if n.p.leaving {
		v.Left = v.Left.With(self)
	}
	return v
}

// step lets a member live through one event and returns what it is then.
func (l *lab) step(self int, id uint32, event uint32) uint32 {
	key := uint64(self)<<60 | uint64(id)<<30 | uint64(event)
	if next, ok := l.steps[key]; ok && !l.walking {
		return next
	}
	before := l.nodes[id]
	m := l.load(self, &before)
	was := m.State()
	name := l.happen(self, m, event)
	m.view = l.view(self)
	if name != "" {
		m.consider()
		m.goOn()
		m.noteStalled()
		l.cur.p = m.p
		l.settle(self)
		l.local(self, &before, &l.cur)
		if name != "decree" && m.p.decided && !before.p.decided {
			name = "decided"
		}
		if now := m.State(); now != was {
			l.arrows[arrow{was, name, now}]++
		}
	} else {
		l.cur = before
	}
	next := l.intern(&l.cur)
	l.steps[key] = next
	return next
}

// Events below msgEvents are of the member itself; above it message id+msgEvents
// arrives.
const (
	evSuspect = 0  // + member
	evTrust   = 8  // + member
	evEnter   = 16 //
	evLeave   = 17
	evWrite   = 18
	evConfirm = 24 // + member: its join command is confirmed
	evStage   = 32 // + 2*seat + history: all its entries arrive, as a frozen seat's
	evTake    = 48 // + seat: one more entry arrives, as a live seat's
	evPropose = 64 // + set
	msgEvents = 128
)

// happen applies an event; the name is empty if it cannot happen.
func (l *lab) happen(self int, m *Machine, event uint32) string {
	n, p := &l.cur, &m.p
	if int(p.epoch) >= l.mod.epochs || l.mod.mute.Has(self) {
		return ""
	}
	switch {
	case event >= msgEvents:
		return l.arrive(self, m, &l.msgs[event-msgEvents])
	case event >= evPropose:
		x := Set(event - evPropose)
		rest := p.members &^ x
		if p.leaving || p.decided || !m.voter() || x.Has(self) || x&^m.overdue() != 0 || !m.Quorum(rest, m.view.Left) ||
			max(p.seen, p.ballot).counter() >= l.mod.ballots || (p.ballot == 0 || !l.mod.subsets) && x != m.overdue() ||
			l.mod.turns != nil && l.mod.turns[max(p.seen, p.ballot).counter()] != self ||
			x == 0 && p.ballot == 0 && n.joining&^p.members&^m.view.Overdue == 0 {
			return ""
		}
		fork := p.lead.forked
		if fork >= 0 && !x.Has(int(fork)) {
			fork = -1
		}
		if p.ballot != 0 {
			l.premise.restarts++
		}
		m.propose(x, fork)
		return "propose"
	case event >= evTake:
		return l.take(self, m, int(event-evTake))
	case event >= evStage:
		return l.stage(self, m, int(event-evStage)/2, uint16(event-evStage)%2)
	case event >= evConfirm:
		if j := int(event - evConfirm); !n.joining.Has(j) && !p.members.Has(j) && j != self {
			n.joining = n.joining.With(j)
			return "view"
		}
	case event == evLeave:
		if !m.Bound() && m.voter() && !p.leaving && (!l.walking || n.books[self].n <= l.confirmed(n)+modelAlpha-1) {
			b := &n.books[self]
			b.n++
			b.staged = b.n
			m.p.leaving = true
			return "leave"
		}
	case event == evWrite:
		if b := &n.books[self]; m.voter() && !p.leaving && b.n < n.cut[self] && b.n <= l.confirmed(n)+modelAlpha-1 {
			b.n++
			b.staged = b.n
			return "moves"
		}
	case event == evEnter:
		if cert, ok := m.Decided(); ok {
			l.obey(self, &cert.Record)
			n.hist[p.epoch] = *cert
			m.Enter()
			return "decree"
		}
	case event >= evTrust:
		if x := int(event - evTrust); n.overdue.Has(x) {
			n.overdue = n.overdue.Without(x)
			return "view"
		}
	default:
		if x := int(event); !n.overdue.Has(x) && p.members.Has(x) && m.voter() {
			n.overdue = n.overdue.With(x)
			return "view"
		}
	}
	return ""
}

// arrive gives a member what is on the network.
func (l *lab) arrive(self int, m *Machine, g *msg) string {
	n := &l.cur
	if g.kind == 'c' {
		for s, c := range g.claim {
			n.heard[g.from][s] = max(n.heard[g.from][s], c)
		}
		return "claim"
	}
	if err := m.Receive(int(g.from), []byte(g.bytes)); err != nil {
		l.t.Fatalf("%s: member %d refuses what %d said: %v", l.mod.name, self, g.from, err)
	}
	switch parts := g.bytes[0]; {
	case parts&hasCertificate != 0:
		return "Certificate"
	case parts&hasPrepare != 0:
		return "Prepare"
	case parts&hasAccept != 0:
		return "Accept"
	case parts&hasPromise != 0:
		return "Promise"
	case parts&hasVote != 0:
		return "Vote"
	}
	return "Hello"
}

// whole returns the log that the holder of a seat wrote, in one of its versions.
func (l *lab) whole(seat int, version uint16) book {
	k := int8(l.mod.lens[seat])
	if l.mod.leave.Has(seat) {
		k++ // the leave entry
	}
	return book{n: k, staged: k, bits: version << (k - 1)}
}

// stage gives a member the entries of a seat that it may not take any more.
func (l *lab) stage(self int, m *Machine, seat int, version uint16) string {
	b, all := &l.cur.books[seat], l.whole(seat, version)
	if seat == self || !m.Frozen().Has(seat) || b.n >= l.cur.cut[seat] || all.staged <= b.n || !b.prefix(all, b.n) ||
		all.staged <= b.staged && b.prefix(all, all.staged) {
		return ""
	}
	b.staged, b.bits = all.staged, all.bits
	return "moves"
}

// take gives a member one more entry of a seat.
func (l *lab) take(self int, m *Machine, seat int) string {
	b, all := &l.cur.books[seat], l.whole(seat, 0)
	if seat == self || m.Frozen().Has(seat) || b.n >= l.cur.cut[seat] || b.n >= all.n || !b.prefix(all, b.n) {
		return ""
	}
	b.n++
	b.staged = b.n
	l.noteLeave(&l.cur, seat)
	return "moves"
}

// noteLeave notes that the leave entry of a seat is held.
func (l *lab) noteLeave(n *node, seat int) {
	if l.mod.leave.Has(seat) && n.books[seat].n > int8(l.mod.lens[seat]) {
		n.left = n.left.With(seat)
	}
}

// obey does to the logs what a decree says, as lockstep does.
func (l *lab) obey(self int, rec *Record) {
	n := &l.cur
	for s := range l.mod.n {
		b := &n.books[s]
		if rec.Drop.Has(s) {
			end := int8(rec.Ends[s].Frame)
			n.cut[s] = min(n.cut[s], end)
			if b.staged >= end {
				b.n = end
			}
			b.n = min(b.n, end)
		}
		b.staged = b.n
		b.bits &= 1<<b.n - 1
	}
	n.overdue &^= rec.Drop
	n.left &^= rec.Drop
	n.joining &^= rec.Join
}

// settle works out how far the history is settled here: every voter claims it.
func (l *lab) settle(self int) {
	n := &l.cur
	if !l.machines[self].voter() {
		return
	}
	f := int8(uncut)
	for r := range l.mod.n {
		for s := range l.mod.n {
			if have := l.claimed(n, self, r, s); n.p.members.Has(r) && have < n.cut[s] {
				f = min(f, have)
			}
		}
	}
	if f < uncut {
		n.settled = max(n.settled, f)
	}
}

func (l *lab) claimed(n *node, self, r, s int) int8 {
	if r == self {
		return n.books[s].n
	}
	return n.heard[r][s]
}

// dead reports whether a message can have no effect on a member any more,
// whatever else happens to it: it is of a past epoch, or all it tells is known
// or overruled. Such messages are forgotten, which merges states.
func (l *lab) dead(g uint32, id uint32) bool {
	key := uint64(id)<<32 | uint64(g)
	if d, ok := l.deads[key]; ok {
		return d
	}
	d := l.isDead(&l.msgs[g], &l.nodes[id])
	l.deads[key] = d
	return d
}

func (l *lab) isDead(g *msg, n *node) bool {
	p := &n.p
	if int(p.epoch) >= l.mod.epochs || l.mod.mute.Has(int(g.to)) {
		return true
	}
	if g.kind == 'c' {
		for s, c := range g.claim {
			if c > n.heard[g.from][s] {
				return false
			}
		}
		return true
	}
	var msg message
	if err := l.machines[g.to].parse([]byte(g.bytes), &msg); err != nil {
		l.t.Fatal(err)
	}
	if msg.parts == hasCertificate {
		return msg.certificate.Record.Epoch < p.epoch || msg.certificate.Record.Epoch == p.epoch && p.decided
	}
	switch voter := l.stays(int(g.to), n); {
	case msg.epoch != p.epoch:
		return msg.epoch < p.epoch
	case !voter:
		return true
	case msg.ballot > p.seen,
		msg.parts&hasPrepare != 0 && msg.ballot > p.ballot,
		msg.parts&hasPromise != 0 && msg.ballot == p.lead.ballot && !p.lead.promised.Has(int(g.from)),
		msg.parts&hasAccept != 0 && msg.ballot > p.offered,
		msg.parts&hasVote != 0 && msg.vote.ballot > p.votes[g.from].ballot:
		return false
	}
	return true
}

// out returns what a member in this state puts on the network.
func (l *lab) out(self int, id uint32) []uint32 {
	key := [2]uint32{uint32(self), id}
	if got, ok := l.outs[key]; ok {
		return got
	}
	n := l.nodes[id]
	m := l.load(self, &n)
	var got []uint32
	for to := range l.mod.n {
		if b := m.Append(nil, to); len(b) > 0 && b[0] != hasHello {
			got = append(got, l.internMsg(msg{to: int8(to), from: int8(self), kind: 'm', bytes: string(b)}))
		}
	}
	if m.p.epoch > 0 {
		for to := range l.mod.n {
			if to != self {
				m.shows(to, m.p.epoch-1)
				got = append(got, l.internMsg(msg{to: int8(to), from: int8(self), kind: 'm', bytes: string(m.Append(nil, to))}))
			}
		}
	}
	for to := range l.mod.n {
		if l.mod.claims && to != self {
			claim := msg{to: int8(to), from: int8(self), kind: 'c'}
			for s := range l.mod.n {
				claim.claim[s] = n.books[s].n
			}
			got = append(got, l.internMsg(claim))
		}
	}
	l.outs[key] = got
	return got
}
