package lockstep

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// lie is one way in which member 3 of four tries to have member 1 dropped.
type lie struct {
	name string
	tell func(l *liar, to int, letter bool, b []byte) [][]byte
	each func(l *liar) // before each tick
	goes bool          // it is noticed, and the liar is dropped
}

// liar is member 3 at its table.
type liar struct {
	tb    *table
	told  int
	proof []byte // a real proof, about another match
}

const liarSeat, victimSeat = 3, 1

// letter seals a letter of the match.
func (l *liar) letter(kind byte, text ...byte) []byte {
	return append(append(wire.AppendTag([]byte{letterMark}, fuzzTag), kind), text...)
}

// accuse is a head of the victim that it never signed.
func (l *liar) accuse(sign int) evidence.Head {
	c := l.tb.seats[liarSeat].c
	h := c.head(victimSeat, c.settled-c.settled%c.cfg.HeadEvery)
	h.Tag[0] ^= 1
	h = evidence.Sign(testKey(sign), h)
	h.Holder = c.cfg.IDs[victimSeat]
	return h
}

var lies = []lie{
	{"forged heads of its own", func(_ *liar, _ int, letter bool, b []byte) [][]byte {
		if letter && b[5] == letterHead {
			b[len(b)-1] ^= 1
		}
		return [][]byte{b}
	}, nil, false},
	{"forged tags", func(l *liar, to int, letter bool, b []byte) [][]byte {
		c := l.tb.seats[liarSeat].c
		if letter || l.tb.ticks%12 != 0 || c.settled == 0 {
			return [][]byte{b}
		}
		l.told++
		text := binary.LittleEndian.AppendUint32(nil, uint32(c.settled))
		for s := range c.cfg.Seats {
			t := c.logs[s].tag(c.settled)
			text = binary.LittleEndian.AppendUint32(text, t.Short()^uint32(b2u(s == victimSeat)))
		}
		return [][]byte{b, l.letter(letterTags, text...)}
	}, nil, false},
	{"forged heads of the victim", func(l *liar, to int, letter bool, b []byte) [][]byte {
		if letter || l.tb.ticks%12 != 0 || l.tb.seats[liarSeat].c.settled < 60 {
			return [][]byte{b}
		}
		l.told++
		h := l.accuse(liarSeat)
		return [][]byte{b, l.letter(letterFull, h.Append(nil)...)}
	}, nil, false},
	{"forged proofs", func(l *liar, to int, letter bool, b []byte) [][]byte {
		if letter || l.tb.ticks%12 != 0 || l.tb.seats[liarSeat].c.settled < 60 {
			return [][]byte{b}
		}
		l.told++
		c, a := l.tb.seats[liarSeat].c, l.accuse(liarSeat)
		other := c.head(victimSeat, Frame(a.Frame))
		other.Sig = a.Sig
		p := evidence.Proof{A: a, B: other}
		text, err := p.MarshalBinary()
		if err != nil {
			panic(err)
		}
		return [][]byte{b, l.letter(letterProof, text...)}
	}, nil, true},
	{"replayed proofs", func(l *liar, to int, letter bool, b []byte) [][]byte {
		if letter || l.tb.ticks%12 != 0 {
			return [][]byte{b}
		}
		l.told++
		return [][]byte{b, l.letter(letterProof, l.proof...)}
	}, nil, false},
	{"sums that lie", nil, func(l *liar) {
		if log := &l.tb.seats[liarSeat].c.logs[victimSeat]; l.tb.ticks == 100 {
			log.at(log.head - 1).tag[0] ^= 1 // from here on its sums and tags are wrong
		} else if l.tb.ticks > 100 {
			l.told++
		}
	}, true},
}

func b2u(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// foreignProof is a genuine proof that the victim cheated, in another match.
func foreignProof(t testing.TB) []byte {
	a := evidence.Head{Match: [16]byte{9}, Seat: victimSeat, Frame: 30}
	b := a
	b.Tag[0] = 1
	p, err := evidence.NewProof(evidence.Sign(testKey(victimSeat), a), evidence.Sign(testKey(victimSeat), b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestLiars: whatever one member tells, no honest one is accused or dropped.
// Where the lie is noticed it is the liar who goes; the others play on.
func TestLiars(t *testing.T) {
	for i := range lies {
		l := &lies[i]
		t.Run(l.name, func(t *testing.T) {
			tb := newTable(t, 4, nil)
			who := &liar{tb: tb, proof: foreignProof(t)}
			tb.hand = func(from, to int, letter bool, b []byte) [][]byte {
				if from != liarSeat || l.tell == nil {
					return [][]byte{b}
				}
				return l.tell(who, to, letter, b)
			}
			for range 600 {
				if l.each != nil {
					l.each(who)
				}
				tb.tick(t)
			}
			if l.name != lies[0].name && who.told < 20 {
				t.Fatalf("only %d lies were told", who.told)
			}
			common := tb.mustBeOne(t, 0, 1, 2)
			if common < 350 {
				t.Errorf("the honest ones came to frame %d only\n%v", common, tb.seats[0].c)
			}
			for k, s := range tb.seats[:3] {
				gone := slices.ContainsFunc(s.events, func(e Event) bool { d, ok := e.(Dropped); return ok && d.Member == liarSeat })
				if gone != l.goes {
					t.Errorf("member %d was told %v", k, s.events)
				}
				for _, e := range s.events {
					switch e := e.(type) {
					case Dropped:
						if e.Member != liarSeat {
							t.Errorf("member %d: %#v", k, e)
						}
					case Left, Caught, CutOff, Split:
						t.Errorf("member %d: %#v", k, e)
					}
				}
			}
		})
	}
}

// TestNoReports: a member that writes no reports of what it has confirmed, so
// that nothing would settle, is dropped for want of entries; the others play on.
func TestNoReports(t *testing.T) {
	cr := newCrew(t, 4, unsigned)
	left := 0
	cr.each = func(i int) {
		l := &cr.seats[liarSeat].c.logs[liarSeat]
		for f := max(l.head-80, l.start); i == liarSeat && f < l.head; f++ {
			if s := l.at(f); l.holds(f) {
				left += int(min(s.entry.SumFrame, 1))
				s.entry.Sum, s.entry.SumFrame = 0, 0
				s.tag = l.extend(l.tag(f), s)
			}
		}
	}
	cr.mustPlay(t, 20*time.Second, dropTime, 5*time.Second, 0, 1, 2)
	if left < 8 || len(heard[Dropped](cr.seats[0])) == 0 {
		t.Fatalf("premise: %d reports were left out, and member 0 was told %v", left, cr.seats[0].events)
	}
}

// TestClaimsGrow: a member that writes nothing, and only claims to hold more and
// more of its own log, does not pass for one that plays.
func TestClaimsGrow(t *testing.T) {
	cr := newCrew(t, 4, unsigned)
	cr.run(t, time.Second)
	c, told := cr.seats[liarSeat].c, Frame(0)
	cr.hand = func(from, to int, letter bool, b []byte) [][]byte {
		if from != liarSeat || letter {
			return [][]byte{b}
		}
		told++
		return [][]byte{c.falsely(cr.now, to, liarSeat, told/3)}
	}
	cr.mustPlay(t, 20*time.Second, dropTime, 10*time.Second, 0, 1, 2)
	if gone := heard[Dropped](cr.seats[0]); told < 1000 || len(gone) == 0 || cr.seats[0].c.members[liarSeat].have[liarSeat] < gone[0].Frame+60 {
		t.Fatalf("premise: %d claims were told, up to %d; %v", told, cr.seats[0].c.members[liarSeat].have[liarSeat], gone)
	}
}

// falsely is a datagram without entries that claims so many frames more of a
// seat than c holds.
func (c *Core) falsely(now time.Duration, to, seat int, more Frame) []byte {
	l := &c.logs[seat]
	head := l.head
	l.head += more
	w := writer{limit: 2000, moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	c.header(now, to, &w)
	l.head = head
	return w.b
}

// forging is a datagram of c with its own entries, and with some of a seat in
// frames [from, until) that the seat's holder never wrote; seat -1 is none.
func (c *Core) forging(now time.Duration, to, seat int, from, until Frame) []byte {
	w := writer{limit: 2000, moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	c.header(now, to, &w)
	if seat >= 0 {
		l := c.logs[seat]
		l.ring = slices.Clone(l.ring)
		for f := from; f < until; f++ {
			*l.at(f) = slot{frame: f, entry: Entry{Move: []byte{0xee, 0xee}}}
		}
		w.section(seat, &l, c.current, from, until, false)
	}
	own := &c.logs[c.local[0]]
	w.section(c.local[0], own, c.current, max(c.members[to].have[c.local[0]], own.start), own.head, false)
	return w.b
}

// TestForgedRelay: what one member passes on in the name of another who is heard
// is not believed, signed or not: nobody is dropped for it.
func TestForgedRelay(t *testing.T) {
	for _, count := range []Frame{4, 40} {
		for _, change := range []func(*Config){unsigned, nil} {
			t.Run(fmt.Sprintf("%d entries, signed %v", count, change == nil), func(t *testing.T) {
				cr := newCrew(t, 4, change)
				cr.run(t, time.Second)
				c, forged := cr.seats[liarSeat].c, 0
				cr.hand = func(from, to int, letter bool, b []byte) [][]byte {
					if from != liarSeat || to != 0 || letter || cr.ticks%20 != 0 {
						return [][]byte{b}
					}
					next := cr.seats[0].c.Held(victimSeat) // the true ones are on their way
					forged++
					return [][]byte{c.forging(cr.now, to, victimSeat, next, next+count)}
				}
				cr.mustPlay(t, 10*time.Second, hitch, hitch, 0, 1, 2, 3)
				if forged < 20 {
					t.Fatalf("premise: entries were forged %d times", forged)
				}
				for i, s := range cr.seats {
					if s.c.Epoch() != 0 || s.c.evidence.guilty != 0 {
						t.Errorf("member %d: epoch %d, guilty %b", i, s.c.Epoch(), s.c.evidence.guilty)
					}
				}
			})
		}
	}
}

// TestSpoiledStage: forged last moves of a dying member, that always come before
// the true ones, do not keep its log from being ended where it ended.
func TestSpoiledStage(t *testing.T) {
	const dying, victim = 2, 0
	for _, holder := range []int{1, 3} { // of the true moves; the other one lies
		cr, liar := newCrew(t, 4, nil), 4-holder
		cr.run(t, time.Second)
		cr.parted = func(from, to int) bool { return from == dying && to != holder }
		cr.run(t, 120*time.Millisecond)
		cr.dead, cr.parted = bit(dying), nil
		cr.run(t, 4*tableTick)
		log, whole := &cr.seats[victim].c.logs[dying], cr.seats[holder].c.Held(dying)
		if log.head >= whole {
			t.Fatalf("premise: the victim holds %d of %d", log.head, whole)
		}
		frozen, spoiled := 0, 0                                              // ticks
		cr.lag = func(from, _ int) int { return 2 + int(b2u(from == liar)) } // of one tick, older mail comes first
		cr.hand = func(from, to int, letter bool, b []byte) [][]byte {
			switch c := cr.seats[from].c; {
			case to != victim || letter:
			case from == liar && log.frozen:
				return [][]byte{c.forging(cr.now, to, dying, log.head, whole), b}
			case frozen < 4: // the true ones come when forged ones are staged
				return [][]byte{c.forging(cr.now, to, -1, 0, 0)}
			}
			return [][]byte{b}
		}
		cr.each = func(i int) {
			frozen += int(b2u(i == victim && log.frozen))
			if i == victim && log.frozen && log.holds(log.head) && log.at(log.head).entry.Move[0] == 0xee {
				spoiled++
			}
		}
		cr.mustPlay(t, 10*time.Second, dropTime, dropTime, victim, holder)
		if spoiled == 0 {
			t.Fatal("premise: nothing that was forged was ever staged")
		}
		for _, i := range []int{victim, holder} {
			if end := cr.seats[i].c.logs[dying].end; end != whole {
				t.Errorf("at member %d the log of the dead one ends at %d; want %d, which %d held", i, end, whole, holder)
			}
		}
	}
}

// TestGhost: nobody is let in who did not ask: neither by a signature that
// another made, nor by the one that it made for its last stay.
func TestGhost(t *testing.T) {
	const ghost = 2
	for _, replay := range []bool{false, true} {
		t.Run(fmt.Sprintf("replayed %v", replay), func(t *testing.T) {
			cr := newCrew(t, 4, nil)
			cr.run(t, time.Second)
			cmd := Command{Kind: JoinCommand, Member: ghost, Incarnation: 4242, Sig: make([]byte, sigSize)}
			if replay {
				cr.cutOff(t, ghost, 4*time.Second)
				cr.until(t, 5*time.Second, "back", func() bool { return cr.allPlay(0, 1, 2, 3) })
				g := &cr.seats[ghost].c.guest
				cmd.Incarnation, cmd.Sig = g.nonce, slices.Clone(g.sig)
				cr.run(t, (ringFrames+60)*tableTick)
			}
			cr.dead = bit(ghost)
			cr.run(t, 4*time.Second)
			c, wrote := cr.seats[liarSeat].c, 0
			cr.each = func(i int) {
				if i == liarSeat && cr.ticks%30 == 0 && c.mayJoin(ghost, c.confirmed) {
					c.commands.next = cmd
				}
			}
			cr.steps = func(i int, r *Request) {
				l := &cr.seats[0].c.logs[liarSeat]
				if f := r.Frame; i == 0 && l.holds(f) && l.at(f).entry.Command.Kind == JoinCommand {
					wrote++
				}
			}
			cr.mustPlay(t, 10*time.Second, hitch, hitch, 0, 1, 3)
			if wrote < 10 {
				t.Fatalf("premise: %d commands came", wrote)
			}
			for _, i := range []int{0, 1, 3} {
				if s := cr.seats[i]; s.c.playing().Has(ghost) || !s.c.logs[ghost].live() && s.c.logs[ghost].status(s.c.current) != Away {
					t.Errorf("member %d takes the ghost for a player: %v", i, s.events)
				}
			}
		})
	}
}

// TestAccusedAbsent: who disagrees about everything and says that it is about
// one who is away does not get that one convicted; the others drop the liar.
func TestAccusedAbsent(t *testing.T) {
	const absent = 2
	cr := newCrew(t, 4, nil)
	cr.run(t, time.Second)
	cr.dead = bit(absent)
	cr.run(t, 4*time.Second)
	c := cr.seats[liarSeat].c
	l := &c.logs[liarSeat]
	accused, argued, guilty := 0, 0, uint8(0)
	last := l.head
	cr.each = func(i int) {
		e := &cr.seats[0].c.evidence
		if i == 0 {
			argued += int(b2u(e.disputes[liarSeat].open))
		}
		guilty |= cr.seats[i].c.evidence.guilty & (bit(0) | bit(1) | bit(absent)) * b2u(i < 2)
		if i != liarSeat {
			return
		}
		for last = max(min(last, l.head), l.start); last < l.head; last++ {
			s := l.at(last)
			if s.entry.SumFrame > 0 {
				s.entry.Sum ^= 1
			}
			s.tag = l.extend(l.tag(last), s)
		}
		for to := range 2 * int(b2u(cr.ticks%12 == 0 && !c.catching())) {
			accused++
			b := c.letter(to, letterTags)
			b.tell(uint32(c.settled))
			for s := range c.cfg.Seats {
				tag := c.logs[s].tag(c.settled)
				b.tell(tag.Short() ^ uint32(b2u(s == absent)))
			}
		}
	}
	cr.mustPlay(t, 12*time.Second, dropTime, 4*time.Second, 0, 1)
	if accused < 20 || argued < 60 {
		t.Fatalf("premise: accused %d times, argued for %d ticks", accused, argued)
	}
	if guilty != 0 {
		t.Errorf("members %b were found guilty", guilty)
	}
	if gone := heard[Dropped](cr.seats[0]); len(gone) < 2 || gone[1].Member != liarSeat {
		t.Errorf("member 0 was told %v", gone)
	}
}

// TestLoneBlame: a member that alone believes another guilty, without a proof,
// forgets it, or comes back without it; nobody else suffers, and nobody mutes it.
// What a liar passes on of the other meanwhile is not believed.
func TestLoneBlame(t *testing.T) {
	for _, lies := range []bool{false, true} {
		cr := newCrew(t, 4, nil)
		cr.run(t, time.Second)
		c := cr.seats[0].c
		log := &c.logs[victimSeat]
		c.evidence.guilty, c.evidence.blamedAt = bit(victimSeat), cr.now
		froze, staged := false, false
		cr.each = func(i int) {
			froze = froze || i == 0 && log.frozen
			staged = staged || i == 0 && log.frozen && log.holds(log.head) && log.at(log.head).entry.Move[0] == 0xee
		}
		cr.hand = func(from, to int, letter bool, b []byte) [][]byte {
			if !lies || from != liarSeat || to != 0 || letter || !log.frozen {
				return [][]byte{b}
			}
			return [][]byte{cr.seats[from].c.forging(cr.now, to, victimSeat, log.head, log.head+12), b}
		}
		cr.mustPlay(t, 8*time.Second, dropTime, blameEnds, 1, 2, 3)
		if !froze || staged != lies {
			t.Fatalf("premise: the blamed one was frozen: %v; forged moves of it were staged: %v", froze, staged)
		}
		cr.until(t, 5*time.Second, "all in", func() bool { return cr.allPlay(0, 1, 2, 3) })
		if c.evidence.guilty != 0 {
			t.Errorf("member 0 still blames %b", c.evidence.guilty)
		}
		cr.mustPlay(t, 5*time.Second, hitch, hitch, 0, 1, 2, 3)
		for i, s := range cr.seats {
			if got := heard[Desync](s); len(got) > 0 {
				t.Errorf("member %d was told %v", i, got)
			}
		}
	}
}
