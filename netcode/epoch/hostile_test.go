package epoch

import (
	"errors"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// messages runs a party with keys through drops, a restart and a join, and
// returns what its members said.
func messages(t testing.TB) (all []parcel) {
	p := newParty(t, 4, 4, true)
	seen := map[string]bool{}
	p.dead, p.views[3].Overdue = one(3), 0
	p.views[0].Overdue = one(3) | one(1) // a wrong suspicion as well
	for i := range 150 {
		if i == 20 {
			p.views[0].Overdue, p.views[1].Overdue, p.views[2].Overdue = one(3), one(3), one(3)
		}
		if i == 80 {
			p.dead = 0
		}
		p.tick()
		for _, g := range p.flying {
			if len(g.bytes) > 0 && !seen[string(g.bytes)] {
				seen[string(g.bytes)] = true
				all = append(all, g)
			}
		}
	}
	return all
}

// TestEveryPartIsSaid keeps the corpus below honest.
func TestEveryPartIsSaid(t *testing.T) {
	var parts byte
	for _, g := range messages(t) {
		parts |= g.bytes[0]
	}
	if parts != hasAll {
		t.Errorf("parts %07b of %07b", parts, byte(hasAll))
	}
}

// TestBentMessages bends each byte of each kind of message: it is refused or
// means nothing worse than silence. With signatures no bent promise, vote or
// certificate is believed.
func TestBentMessages(t *testing.T) {
	refused, done := 0, map[byte]int{}
	for _, g := range messages(t) {
		if done[g.bytes[0]]++; done[g.bytes[0]] > 2 {
			continue
		}
		for i := range g.bytes {
			p := newParty(t, 4, 4, true)
			p.views[g.to].Overdue = 0b1010
			m := p.machines[g.to]
			b := append([]byte(nil), g.bytes...)
			b[i] ^= 0x41
			if m.Receive(g.from, b) != nil {
				refused++
			}
			m.Observe(time.Second, p.views[g.to])
			if m.p.decided && i >= 4 { // only the header of a certificate is not part of it
				t.Errorf("byte %d of a certificate does not matter", i)
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d bent messages refused", refused)
	}
}

func TestNobodySpeaksForAnother(t *testing.T) {
	p := newParty(t, 1, 3, true)
	p.views[0].Overdue, p.views[1].Overdue = one(2), one(2)
	lead, other := 0, 1
	if p.machines[0].Rank(1) < p.machines[0].Rank(0) {
		lead, other = 1, 0
	}
	p.machines[lead].Observe(tick, p.views[lead])
	b := p.machines[lead].Append(nil, other)
	if len(b) == 0 || b[0] != hasPrepare {
		t.Fatalf("said %x", b)
	}
	for from, want := range map[int]error{-1: ErrMember, other: ErrMember, 2: ErrMember, 3: ErrMember, lead: nil} {
		if err := p.machines[other].Receive(from, b); !errors.Is(err, want) {
			t.Errorf("from %d: %v, want %v", from, err, want)
		}
	}
	if p.machines[other].Bound() {
		t.Error("bound before Observe: entries may still be taken")
	}
	if p.machines[other].Observe(tick, p.views[other]); !p.machines[other].Bound() || p.machines[other].Frozen() != one(2) {
		t.Error("not bound by a Prepare that it agrees with")
	}
	if err := p.machines[other].Receive(lead, append(b, 0)); !errors.Is(err, wire.ErrTrailing) {
		t.Errorf("with a byte more: %v", err)
	}
}

// TestVerifyingIsBounded: what one member can make us verify in a tick is a
// handful, however much it sends.
func TestVerifyingIsBounded(t *testing.T) {
	p, _ := signedDrop(t)
	p.machines[0].Saw(2, 0)
	b := p.machines[0].Append(nil, 2)
	if len(b) == 0 || b[0] != hasCertificate {
		t.Fatalf("said %x", b)
	}
	b[len(b)-1] ^= 1 // its last signature does not hold
	m := p.machines[2]
	forged := 0
	for range 100 {
		switch err := m.Receive(0, b); {
		case errors.Is(err, ErrForged):
			forged++
		case !errors.Is(err, ErrBusy):
			t.Fatal(err)
		}
	}
	if forged == 0 || forged > maxChecks/2 {
		t.Errorf("verified %d certificates", forged)
	}
	m.Observe(time.Second, p.views[2])
	if err := m.Receive(0, b); !errors.Is(err, ErrForged) {
		t.Errorf("in the next tick: %v", err)
	}
}

// FuzzReceive gives a machine in the middle of things anything at all: it does
// not panic, says no more than fits a datagram, and unsigned news decide nothing.
func FuzzReceive(f *testing.F) {
	for _, g := range messages(f) {
		f.Add(uint8(g.from), g.bytes)
	}
	f.Fuzz(func(t *testing.T, from uint8, b []byte) {
		for self, overdue := range []Set{0b1000, 0b1010} {
			p := newParty(t, 4, 4, true)
			m := p.machines[self]
			p.views[self].Overdue = overdue
			m.Observe(time.Second, p.views[self])
			m.Observe(2*time.Second, p.views[self])
			for i := range 3 {
				if err := m.Receive(int(from%5), b); err != nil && i == 0 && m.p.seen > max(m.p.ballot, m.p.offered) {
					t.Fatalf("believed in part, and then refused: %v", err)
				}
				m.Observe(time.Duration(3+i)*time.Second, p.views[self])
				for to := range 4 {
					if n := len(m.Append(nil, to)); n > 900 {
						t.Fatalf("says %d bytes", n)
					}
				}
			}
			if c, ok := m.Decided(); ok && m.verify(c) != nil {
				t.Fatalf("decided %+v", c)
			}
		}
	})
}
