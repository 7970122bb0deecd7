package lockstep

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// hostile is member 2 of three, whose words a string of bytes bends: each op
// takes what it needs from the string, which goes round in a circle; all else is
// honest.
type hostile struct {
	tb     *table
	script []byte
	at     int
	kept   [][]byte // what anyone sent, to be said again
	ops    int
}

const hostileSeat = 2

func (h *hostile) next() byte {
	if len(h.script) == 0 {
		return 0
	}
	h.at++
	return h.script[(h.at-1)%len(h.script)]
}

// take returns n bytes of the script.
func (h *hostile) take(n int) (b []byte) {
	for range n {
		b = append(b, h.next())
	}
	return b
}

// old returns something that was sent before.
func (h *hostile) old() []byte {
	if len(h.kept) == 0 {
		return nil
	}
	return h.kept[int(h.next())%len(h.kept)]
}

// hand is the table's hand.
func (h *hostile) hand(from, to int, _ bool, b []byte) [][]byte {
	if len(h.kept) < 64 {
		h.kept = append(h.kept, bytes.Clone(b))
	} else {
		h.kept[(h.tb.ticks*7+to)%64] = bytes.Clone(b)
	}
	if from != hostileSeat || len(h.script) == 0 {
		return [][]byte{b}
	}
	h.ops++
	own := shortTag // what is changed lies behind the tag, or it is not read at all
	if IsLetter(b) {
		own = 1 + len(wire.Tag{}) // its kind may change
	}
	b = bytes.Clone(b)
	switch h.next() % 10 {
	case 1: // a field is another one
		for range 1 + h.next()%4 {
			if at := own + int(h.next())%max(len(b)-own, 1); at < len(b) {
				b[at] ^= h.next()
			}
		}
	case 2: // lost
		return nil
	case 3: // twice, the second time bent
		c := bytes.Clone(b)
		c[len(c)-1] ^= h.next()
		return [][]byte{c, b}
	case 4: // something old again
		return [][]byte{b, h.old()}
	case 5: // something old, with its sequence number and frame as of now
		if o := bytes.Clone(h.old()); len(o) > 12 && len(b) > 12 && !IsLetter(o) && !IsLetter(b) {
			copy(o[3:12], b[3:12])
			return [][]byte{o}
		}
	case 6: // cut short
		return [][]byte{b[:min(own+int(h.next()), len(b))]}
	case 7: // more at the end
		return [][]byte{append(b, h.take(int(h.next()%48))...)}
	case 8: // a letter of its own making
		l := wire.AppendTag([]byte{letterMark}, fuzzTag)
		return [][]byte{b, append(append(l, h.next()%8), h.take(int(h.next()))...)}
	case 9: // words about the agreement, in a datagram without sections
		c, words := append(bytes.Clone(b[:own]), flagAgreement|flagWide|h.next()&flagEpoch), h.take(int(h.next()))
		c = append(c, byte(h.tb.ticks), byte(h.tb.ticks>>8), 0, 0, heldNone, byte(h.tb.ticks), byte(h.tb.ticks>>8), 0, 0, 0, 0, 0, 0, 0, byte(len(words)&0x7f))
		return [][]byte{b, append(c, words[:len(words)&0x7f]...)}
	}
	return [][]byte{b}
}

// FuzzHostile: whatever a member makes of its datagrams, its letters and its
// words about the agreement, and of those of others, the honest ones do not
// panic, mute or drop each other, lose no frame, and agree on what is settled;
// what they keep stays bounded.
func FuzzHostile(f *testing.F) {
	f.Add([]byte(nil))
	for op := byte(1); op < 10; op++ {
		f.Add([]byte{op, op, 3, 77, 129, op ^ 0x5a, 9})
		f.Add([]byte{0, op, 200, 0, 0, 1, 0, 0, 0, 255, 1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		h := &hostile{script: script[:min(len(script), 64)]} // longer ones take Go's fuzzer minutes to shorten
		signed := h.next()%4 == 0                            // signing is most of the time it takes
		tb := newTable(t, 3, func(cfg *Config) {
			if cfg.HeadEvery = 10; !signed {
				cfg.Key = peer.Key{}
			}
		})
		h.tb = tb
		tb.hand = h.hand
		var heads [2][2]Frame
		var settled [2]Frame
		// Who tells one of two that it left or died and the other that it plays on
		// makes them count other quorums. One may drop the other then; both at once
		// they cannot.
		parts := false
		for range 100 {
			tb.tick(t)
			for i, s := range tb.seats[:2] {
				c := s.c
				for o := range 2 {
					if c.Held(o) < heads[i][o] {
						t.Fatalf("member %d lost frames of %d: %d after %d", i, o, c.Held(o), heads[i][o])
					}
					heads[i][o] = c.Held(o)
					if o != i && c.members[o].bad > 0 {
						t.Fatalf("member %d holds %d messages against the honest member %d", i, c.members[o].bad, o)
					}
				}
				if c.settled < settled[i] || c.settled > c.confirmed || c.Current() > c.confirmed+8 {
					t.Fatalf("member %d: settled %d after %d, confirmed %d, current %d", i, c.settled, settled[i], c.confirmed, c.Current())
				}
				settled[i] = c.settled
				parts = parts || c.goneSet().Has(hostileSeat)
				if n := len(c.letters) + len(c.events); n > 0 || len(s.events) > 40 || len(c.archive.ring) > 1<<18 {
					t.Fatalf("member %d keeps %d letters and events, told %d, archive of %d bytes", i, n, len(s.events), len(c.archive.ring))
				}
				for k := range c.logs {
					if p := c.logs[k].stream.partial; len(p) > MaxOrder+maxChunk+2 {
						t.Fatalf("member %d keeps %d bytes of an order", i, len(p))
					}
				}
			}
		}
		low := min(settled[0], settled[1])
		if !slices.Equal(tb.seats[0].before[:low], tb.seats[1].before[:low]) {
			t.Fatalf("below the settled frame %d the honest ones have two histories", low)
		}
		for i, s := range tb.seats[:2] {
			for _, e := range s.events {
				switch e := e.(type) {
				case Dropped:
					if e.Member != hostileSeat && !parts {
						t.Fatalf("member %d: %#v", i, e)
					}
				case Left:
					if e.Member != hostileSeat {
						t.Fatalf("member %d: %#v", i, e)
					}
				case Caught:
					if e.Member != hostileSeat {
						t.Fatalf("member %d: %#v", i, e)
					}
				case CutOff:
					if !parts || !tb.seats[1-i].c.voters().Has(1-i) {
						t.Fatalf("member %d: %#v", i, e)
					}
				}
			}
		}
		if len(script) == 0 && low < 70 {
			t.Fatalf("in an honest match of 100 frames %d are settled", low)
		}
	})
}

// FuzzLetter: whatever a letter holds, and however often it comes, nothing
// panics, and the honest ones play on until they wait for the one they muted.
func FuzzLetter(f *testing.F) {
	for kind := range byte(8) {
		f.Add(kind, []byte{})
		f.Add(kind, bytes.Repeat([]byte{1, 0, 0, 0}, 40))
	}
	f.Add(byte(letterProof), foreignProof(f))
	f.Fuzz(func(t *testing.T, kind byte, text []byte) {
		letter := append(append(wire.AppendTag([]byte{letterMark}, fuzzTag), kind), text...)
		tb := newTable(t, 3, func(cfg *Config) { cfg.HeadEvery = 10 })
		tb.hand = func(from, to int, _ bool, b []byte) [][]byte {
			if from == hostileSeat && tb.ticks%2 == 0 && !IsLetter(b) {
				return [][]byte{b, letter}
			}
			return [][]byte{b}
		}
		for range 60 {
			tb.tick(t)
		}
		for i, s := range tb.seats[:2] {
			c := s.c
			if c.Held(0) < 40 || c.Held(1) < 40 || c.members[1-i].bad > 0 {
				t.Fatalf("member %d: %v", i, c)
			}
		}
	})
}
