package epoch

import (
	"errors"
	"slices"
	"testing"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// crowded is the largest record there can be: of eight members, four of whom
// hold seven seats and go.
func crowded() Certificate {
	c := Certificate{Record: Record{
		Epoch: 1<<32 - 1, Drop: 0b1111, Left: 0b0001, Members: 0b11110000,
		Holder: [MaxSeats]int8{4, 5, 6, 7, 4, 5, 6, -1},
	}, Ballot: maxCounter<<ballotBits | 7, Votes: 0b11111000}
	for i := range MaxMembers {
		if c.Record.Members.Has(i) {
			c.Record.Incarnation[i] = 1<<32 - 1
		}
		if c.Votes.Has(i) {
			c.Sigs[i] = [64]byte{byte(i)}
		}
	}
	for s := range 7 {
		c.Record.Ends[s] = End{maxFrame, evidence.Tag{byte(s + 1)}}
	}
	return c
}

func TestCertificateRoundTrip(t *testing.T) {
	few := Certificate{Record: Record{Join: 0b10, Members: 0b11, Holder: [MaxSeats]int8{-1, -1, -1, -1, -1, -1, -1, -1}}, Ballot: 8, Votes: 1}
	few.Record.Incarnation[1], few.Record.At[1] = 3, 700
	for name, c := range map[string]Certificate{"crowded": crowded(), "few": few} {
		b := c.Append([]byte("x"))
		r := wire.NewReader(b[1:])
		got, err := ParseCertificate(&r)
		if err != nil || r.Done() != nil || got != c {
			t.Errorf("%s: %v, %v, %+v; want %+v", name, err, r.Done(), got, c)
		}
		if len(b) > 850 {
			t.Errorf("%s takes %d bytes", name, len(b))
		}
		for n := range len(b) - 1 {
			r := wire.NewReader(b[1 : 1+n])
			if c, err := ParseCertificate(&r); err == nil || c != (Certificate{}) {
				t.Fatalf("%s: %d of %d bytes parse", name, n, len(b)-1)
			}
		}
	}
}

// TestHash: whatever differs in two records, their hashes do.
func TestHash(t *testing.T) {
	records := []Record{crowded().Record}
	for _, change := range []func(r *Record){
		func(r *Record) { r.Epoch-- },
		func(r *Record) { r.Prev[31] = 1 },
		func(r *Record) { r.Left = 0 },
		func(r *Record) { r.Drop = 0b10001111 },
		func(r *Record) { r.Members = 0b01110000 },
		func(r *Record) { r.Incarnation[4]-- },
		func(r *Record) { r.Ends[3].Frame-- },
		func(r *Record) { r.Ends[3].Tag[31] = 1 },
		func(r *Record) { r.Holder[6] = 4 },
		func(r *Record) { r.Join, r.At[0] = 1, 5 },
		func(r *Record) { r.Join, r.At[0] = 1, 6 },
	} {
		r := records[0]
		change(&r)
		records = append(records, r)
	}
	var seen [][32]byte
	for i := range records {
		h := records[i].Hash()
		if slices.Contains(seen, h) || h != records[i].Hash() {
			t.Errorf("record %d: hash %x again", i, h)
		}
		seen = append(seen, h)
	}
}

// signedDrop returns a party of three with keys and the certificate by which
// two of them dropped the third; member 2 was asleep and is still in epoch 0.
func signedDrop(t testing.TB) (*party, Certificate) {
	p := newParty(t, 1, 3, true)
	p.dead = one(2)
	p.views[0].Overdue, p.views[1].Overdue = one(2), one(2)
	for range 100 {
		p.tick()
	}
	cert, ok := p.machines[0].Certificate(0)
	if !ok || cert.Record.Drop != one(2) {
		t.Fatal("nobody was dropped")
	}
	return p, *cert
}

// TestAdopt: a certificate is believed only as a whole.
func TestAdopt(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(c *Certificate)
		want error
	}{
		{"as it was", func(*Certificate) {}, nil},
		{"another end", func(c *Certificate) { c.Record.Ends[2].Frame++ }, ErrForged},
		{"another ballot", func(c *Certificate) { c.Ballot += 8 }, ErrForged},
		{"signatures swapped", func(c *Certificate) { c.Sigs[0], c.Sigs[1] = c.Sigs[1], c.Sigs[0] }, ErrForged},
		{"no signature", func(c *Certificate) { c.Sigs[1] = [64]byte{} }, ErrForged},
		{"one vote", func(c *Certificate) { c.Votes = one(0) }, ErrQuorum},
		{"a stranger's vote", func(c *Certificate) { c.Votes = 0b1011 }, ErrQuorum},
		{"who left votes", func(c *Certificate) { c.Record.Left, c.Votes = one(2), 0b101 }, ErrQuorum},
		{"no ballot", func(c *Certificate) { c.Ballot = 0 }, ErrRecord},
		{"members do not add up", func(c *Certificate) { c.Record.Members = 0b111 }, ErrRecord},
		{"left but not dropped", func(c *Certificate) { c.Record.Left = one(1) }, ErrRecord},
		{"another past", func(c *Certificate) { c.Record.Prev[0]++ }, ErrRecord},
		{"a new incarnation", func(c *Certificate) { c.Record.Incarnation[0] = 1 }, ErrRecord},
		{"the end of a seat that stays", func(c *Certificate) { c.Record.Holder[0] = 0 }, ErrRecord},
		{"no end of a seat that goes", func(c *Certificate) { c.Record.Holder[2] = -1 }, ErrRecord},
		{"joins and goes", func(c *Certificate) { c.Record.Join = one(2) }, ErrRecord},
		{"joins and votes already", func(c *Certificate) { c.Record.Join = one(1) }, ErrRecord},
		{"nobody joins", func(c *Certificate) { c.Record.Join = one(5) }, ErrRecord},
		{"later", func(c *Certificate) { c.Record.Epoch = 1 }, ErrAhead},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, c := signedDrop(t)
			m := p.machines[2]
			tc.do(&c)
			if err := m.Adopt(&c); !errors.Is(err, tc.want) {
				t.Fatalf("%v, want %v", err, tc.want)
			}
			if _, ok := m.Decided(); ok != (tc.want == nil) {
				t.Fatalf("decided: %v", ok)
			}
			if tc.want != nil {
				return
			}
			if err := m.Adopt(&c); err != nil {
				t.Errorf("once more: %v", err)
			}
			if m.Enter(); m.State() != Out || m.Epoch() != 1 || m.Members() != one(0)|one(1) {
				t.Errorf("%v in epoch %d among %08b", m.State(), m.Epoch(), m.Members())
			}
			if err := m.Adopt(&c); err != nil {
				t.Errorf("when it is over: %v", err)
			}
		})
	}
}

// TestWhoIsBehindIsToldOnce: each sign of a lower epoch earns one certificate,
// of that epoch; the dead earn none.
func TestWhoIsBehindIsToldOnce(t *testing.T) {
	p, cert := signedDrop(t)
	m := p.machines[0]
	for m.Wants(2) {
		m.Append(nil, 2) // what came before
	}
	if b := m.Append(nil, 2); len(b) != 0 {
		t.Fatalf("says %x to the dead", b)
	}
	m.Saw(2, 0)
	if !m.Wants(2) {
		t.Fatal("owes nothing")
	}
	b := m.Append([]byte{7}, 2)
	if b[0] != 7 || p.machines[2].Receive(0, b[1:]) != nil || m.Wants(2) {
		t.Fatalf("said %x", b)
	}
	if got, ok := p.machines[2].Decided(); !ok || got.Record != cert.Record {
		t.Error("not decided by the certificate")
	}
	if _, ok := m.Certificate(1); ok {
		t.Error("the certificate of an epoch that goes on")
	}
	// Sixteen epochs differ in no low bit: the message itself tells.
	m.shows(2, 16)
	if m.Saw(2, 0); m.Wants(2) && m.plan(2) == hasCertificate {
		t.Error("took a member that is ahead for one that is behind")
	}
	if m.plan(2)&hasHello == 0 {
		t.Error("does not ask a member that is ahead")
	}
}
