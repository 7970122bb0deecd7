package epoch

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

const tick = 16 * time.Millisecond

// party runs whole machines, with their own sense of time, over a network that
// delays and loses. Logs stand still: each holds some of each seat's entries.
type party struct {
	t        testing.TB
	rng      *rand.Rand
	machines []*Machine
	nodes    []*node
	views    []View
	dead     Set
	loss     int // percent
	delay    time.Duration
	flying   []parcel
	now      time.Duration
	largest  int
	asked    int // proposals seen
}

type parcel struct {
	at       time.Duration
	from, to int
	epoch    Number
	bytes    []byte
}

func testKeys(n int) (keys []peer.Key) {
	for i := range n {
		keys = append(keys, peer.KeyFromSeed([peer.SeedSize]byte{byte(i + 1)}))
	}
	return keys
}

func newParty(t testing.TB, seed uint64, n int, signed bool) *party {
	p := &party{t: t, rng: rand.New(rand.NewPCG(seed, 1)), delay: 40 * time.Millisecond}
	keys := testKeys(n)
	cfg := Config{Match: [16]byte{byte(seed)}}
	for i := range n {
		cfg.IDs = append(cfg.IDs, keys[i].ID())
		cfg.Seats = append(cfg.Seats, i)
	}
	for i := range n {
		if cfg.Self = i; signed {
			cfg.Key = keys[i]
		}
		nd := &node{}
		for s := range n {
			k := int8(1 + p.rng.IntN(9))
			if s == i {
				k = 10
			}
			nd.books[s] = book{n: k, staged: k}
		}
		m, err := New(cfg, &modelLog{nd})
		if err != nil {
			t.Fatal(err)
		}
		p.machines, p.nodes = append(p.machines, m), append(p.nodes, nd)
		p.views = append(p.views, View{ForkSeat: -1, RTT: 80 * time.Millisecond, Playing: All(n)})
	}
	return p
}

// tick lets 16 ms pass for everybody.
func (p *party) tick() {
	p.now += tick
	for i, m := range p.machines {
		if p.dead.Has(i) {
			continue
		}
		kept := p.flying[:0]
		for _, g := range p.flying {
			if g.to != i || g.at > p.now {
				kept = append(kept, g)
				continue
			}
			m.Saw(g.from, uint8(g.epoch&15))
			if err := m.Receive(g.from, g.bytes); len(g.bytes) > 0 && err != nil {
				p.t.Fatalf("member %d refuses %x of %d: %v", i, g.bytes, g.from, err)
			}
		}
		p.flying = kept
		was := m.p.lead.ballot
		m.Observe(p.now, p.views[i])
		if m.p.lead.ballot > was {
			p.asked++
		}
		p.fill(i)
		if cert, ok := m.Decided(); ok {
			for s := range p.machines {
				if b, r := &p.nodes[i].books[s], &cert.Record; r.Drop.Has(s) {
					b.n, b.staged = int8(r.Ends[s].Frame), int8(r.Ends[s].Frame)
				}
			}
			p.views[i].Overdue &^= cert.Record.Drop
			p.views[i].Playing &^= cert.Record.Drop
			m.Enter()
		}
		for to := range p.machines {
			if to == i {
				continue
			}
			b := m.Append(nil, to)
			p.largest = max(p.largest, len(b))
			if p.rng.IntN(100) >= p.loss {
				at := p.now + p.delay/2 + time.Duration(p.rng.Int64N(int64(p.delay)))
				p.flying = append(p.flying, parcel{at, i, to, m.Epoch(), b})
			}
		}
	}
}

// fill stages at member i what those that live have of the frozen, now and then.
func (p *party) fill(i int) {
	for s := range p.machines {
		b, q := &p.nodes[i].books[s], p.rng.IntN(len(p.nodes))
		if p.machines[i].Frozen().Has(s) && !p.dead.Has(q) {
			b.staged = max(b.staged, p.nodes[q].books[s].staged)
		}
	}
}

// until ticks until f holds.
func (p *party) until(limit time.Duration, what string, f func() bool) time.Duration {
	p.t.Helper()
	began := p.now
	for !f() {
		if p.now-began > limit {
			for i, m := range p.machines {
				p.t.Logf("member %d: epoch %d %v ballot %d voted %d x %08b fork %d", i, m.Epoch(), m.State(), m.p.ballot, m.p.voted, m.p.x, m.p.fork)
			}
			p.t.Fatalf("after %v still not %s", limit, what)
		}
		p.tick()
	}
	return p.now - began
}

// all reports whether f holds for everyone that lives.
func (p *party) all(f func(i int, m *Machine) bool) bool {
	for i, m := range p.machines {
		if !p.dead.Has(i) && !f(i, m) {
			return false
		}
	}
	return true
}

// TestSurvivorsAgree kills a minority, some of them while the others agree, on a
// bad network: soon all survivors are in the same epoch without the dead.
func TestSurvivorsAgree(t *testing.T) {
	var longest time.Duration
	epochs, asked, runs := 0, 0, 0
	seeds.Each(t, 40, func(t *testing.T, seed uint64) {
		n := 3 + int(seed%6)
		p := newParty(t, seed, n, seed%8 == 0)
		p.loss = p.rng.IntN(40)
		rest := All(n)
		for range (n - 1) / 2 {
			for range p.rng.IntN(30) {
				p.tick()
			}
			x := p.rng.IntN(n)
			p.dead, rest = p.dead.With(x), rest.Without(x)
			for i := range n {
				p.views[i].Overdue |= p.dead & p.machines[i].Members()
			}
		}
		took := p.until(20*time.Second, "agreed", func() bool {
			return p.all(func(i int, m *Machine) bool {
				p.views[i].Overdue = p.dead & m.Members()
				return m.Members() == rest && m.State() == Normal
			})
		})
		longest = max(longest, took)
		p.agree()
		epochs, asked, runs = epochs+int(p.machines[0].Epoch()), asked+p.asked, runs+1
	})
	t.Logf("%d runs, %d ballots for %d epochs, the longest took %v", runs, asked, epochs, longest)
	if runs >= 40 && asked <= runs+10 {
		t.Errorf("only %d ballots: nothing was retried", asked)
	}
}

// agree checks that all that live remember the same history and hold the same.
func (p *party) agree() {
	p.t.Helper()
	var first *Machine
	for i, m := range p.machines {
		if p.dead.Has(i) {
			continue
		}
		if first == nil {
			first = m
			if m.Epoch() == 0 {
				p.t.Error("nothing was decided")
			}
		}
		if m.Epoch() != first.Epoch() {
			p.t.Fatalf("epochs %d and %d", m.Epoch(), first.Epoch())
		}
		for e := range m.Epoch() {
			a, ok := m.Certificate(e)
			b, _ := first.Certificate(e)
			if !ok || a.Record != b.Record {
				p.t.Errorf("epoch %d ended as %+v and as %+v", e, a.Record, b.Record)
			}
		}
	}
}

// TestWrongSuspicionEnds: one member alone thinks that another is gone. Nobody
// else promises that; the epoch ends all the same, and nobody is dropped.
func TestWrongSuspicionEnds(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		n := 3 + int(seed%3)
		p := newParty(t, seed, n, false)
		p.loss = p.rng.IntN(30)
		a := p.rng.IntN(n)
		x := (a + 1 + p.rng.IntN(n-1)) % n
		p.views[a].Overdue = one(x)
		p.until(10*time.Second, "promised", func() bool { return p.machines[a].Bound() })
		p.until(20*time.Second, "in the next epoch", func() bool {
			return p.all(func(_ int, m *Machine) bool { return m.Epoch() > 0 })
		})
		cert, _ := p.machines[a].Certificate(0)
		if cert.Record.Drop != 0 || cert.Record.Members != All(n) {
			t.Errorf("decided %+v", cert.Record)
		}
	})
}

// TestNoQuorumStalls: those that are left are too few and say so. When the
// others are heard again, the match goes on with all.
func TestNoQuorumStalls(t *testing.T) {
	p := newParty(t, 3, 5, false)
	lost := one(2) | one(3) | one(4)
	p.dead = lost
	for i := range 2 {
		p.views[i].Overdue = lost
	}
	for range 200 {
		p.tick()
	}
	for i := range 2 {
		if m := p.machines[i]; m.State() != Stalled || m.Epoch() != 0 {
			t.Errorf("member %d is %v in epoch %d", i, m.State(), m.Epoch())
		}
		p.views[i].Overdue = 0
	}
	p.dead = 0
	for range 100 {
		p.tick()
	}
	if !p.all(func(_ int, m *Machine) bool { return m.State() == Normal && m.Members() == All(5) }) {
		t.Error("not back to normal")
	}
}

// TestDroppedAndBack: a member is dropped while it sleeps, learns so from the
// certificates, and comes back as a new incarnation that votes.
func TestDroppedAndBack(t *testing.T) {
	for _, signed := range []bool{false, true} {
		p := newParty(t, 7, 3, signed)
		p.dead = one(2)
		p.views[0].Overdue, p.views[1].Overdue = one(2), one(2)
		p.until(5*time.Second, "dropped", func() bool {
			return p.all(func(_ int, m *Machine) bool { return m.Epoch() == 1 })
		})
		p.dead = 0
		p.until(5*time.Second, "told", func() bool { return p.machines[2].Epoch() == 1 })
		m := p.machines[2]
		if m.State() != Out || m.Members().Has(2) {
			t.Fatalf("%v among %08b", m.State(), m.Members())
		}
		m.Reborn(1)
		for i := range 3 {
			p.nodes[i].joining = one(2)
		}
		p.views[0].Joining, p.views[1].Joining = one(2), one(2)
		p.until(5*time.Second, "back", func() bool {
			return p.all(func(i int, m *Machine) bool {
				p.views[i].Joining &^= m.Members()
				return m.Members().Has(2) && m.Incarnation(2) == 1 && m.State() == Normal
			})
		})
		// Now the third is needed to drop the second.
		p.dead = one(1)
		p.views[0].Overdue, p.views[2].Overdue = one(1), one(1)
		p.until(5*time.Second, "decided together", func() bool {
			return p.all(func(_ int, m *Machine) bool { return m.Members() == one(0)|one(2) })
		})
		p.agree()
		if p.largest > 900 {
			t.Errorf("a message of %d bytes", p.largest)
		}
	}
}

// TestLeaver: who left is counted out and not needed, even by one of two.
func TestLeaver(t *testing.T) {
	p := newParty(t, 5, 2, true)
	p.views[1].Left = one(1)
	p.tick()
	if p.machines[1].willing(&prepare{ballot: 8}) {
		t.Error("promises after its leave entry")
	}
	p.dead = one(1)
	p.views[0].Overdue, p.views[0].Left = one(1), one(1)
	p.until(time.Second, "alone", func() bool { return p.machines[0].Members() == one(0) })
	cert, ok := p.machines[0].Certificate(0)
	if !ok || cert.Record.Left != one(1) || cert.Votes != one(0) {
		t.Errorf("%+v", cert)
	}
}

// TestQuietTicksAreCheap: nearly all ticks of a match have nothing to agree on.
func TestQuietTicksAreCheap(t *testing.T) {
	p := newParty(t, 1, 4, true)
	m, buf := p.machines[0], make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		p.now += tick
		m.Saw(1, 0)
		m.Observe(p.now, p.views[0])
		if _, ok := m.Decided(); ok || len(m.Append(buf, 1)) != 0 || m.Wants(2) {
			t.Fatal("there is something to agree on")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
