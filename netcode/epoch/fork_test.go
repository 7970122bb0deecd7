package epoch

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestForkEndsWhereAllAgree: the copies of a dead member's log contradict each
// other. It is cut where they still agree, in one ballot more.
func TestForkEndsWhereAllAgree(t *testing.T) {
	alone, helped := 0, 0
	seeds.Each(t, 40, func(t *testing.T, seed uint64) {
		n := 3 + int(seed%3)
		x := n - 1
		p := newParty(t, seed, n, seed%10 == 0)
		p.loss = p.rng.IntN(20)
		p.dead = one(x)
		agreed := int8(1 + p.rng.IntN(6))
		for i := range x {
			k := agreed + 1 + int8(p.rng.IntN(3))
			b := book{n: k, staged: k}
			if i%2 == 1 {
				b.bits = 1 << agreed // another entry for the frame after
			}
			p.nodes[i].books[x] = b
			p.views[i].Overdue = one(x)
			if seed%2 == 0 {
				p.views[i].ForkSeat = int8(x) // the caller noticed
			}
		}
		p.until(10*time.Second, "decided", func() bool {
			return p.all(func(i int, m *Machine) bool {
				if m.p.ballot.counter() > 2 && i == 0 {
					p.views[i].ForkSeat = int8(x) // a leader with a short copy cannot tell; somebody can
				}
				return m.Epoch() == 1
			})
		})
		cert, _ := p.machines[0].Certificate(0)
		if end := cert.Record.Ends[x]; end.Frame != int32(agreed) || end.Tag != (book{}).tag(x, int32(agreed)) {
			t.Errorf("cut at %d, want %d", end.Frame, agreed)
		}
		p.agree()
		switch {
		case p.views[0].ForkSeat < 0:
			alone++
		case seed%2 != 0:
			helped++
		}
	})
	if alone+helped >= 20 && (alone == 0 || helped == 0) {
		t.Errorf("leaders noticed %d forks and were told of %d", alone, helped)
	}
}

// TestLowestRankLeads: where everybody misses the same member at once, one
// ballot is enough, unless its last moves are long on their way.
func TestLowestRankLeads(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		p := newParty(t, seed, 4, false)
		x := p.rng.IntN(4)
		p.dead = one(x)
		for i := range p.views {
			p.views[i].Overdue = p.dead
		}
		took := p.until(time.Second, "dropped", func() bool {
			return p.all(func(_ int, m *Machine) bool { return m.Epoch() == 1 })
		})
		first := lowest(&p.machines[0].rank, All(4)&^p.dead)
		for i, m := range p.machines {
			if cert, ok := m.Certificate(0); ok && (cert.Ballot.leader() != first || cert.Ballot.counter() != 1 && took < DefaultRetry) {
				t.Errorf("member %d: ballot %d of member %d; the lowest rank has %d", i, cert.Ballot.counter(), cert.Ballot.leader(), first)
			}
		}
		if took > 600*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}
