package lockstep

import (
	"encoding/binary"
	"slices"
	"testing"

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
