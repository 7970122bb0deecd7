package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

var room = Context{Room: "room"}

func end(n byte) End { return End{ID: peer.ID{n, 1, 2}, Process: uint64(n) + 7} }

// pair returns the two ends of an agreement.
func pair(t testing.TB) (a, b *Pair) {
	t.Helper()
	s, r := secret(t), secret(t)
	a, err := s.Pair(room, end(1), end(2), r.Public())
	if err != nil {
		t.Fatal(err)
	}
	b, err = r.Pair(room, end(2), end(1), s.Public())
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func secret(t testing.TB) *Secret {
	t.Helper()
	s, err := NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seal(t testing.TB, p *Pair, lane byte, text string) []byte {
	t.Helper()
	b, err := p.Seal(nil, lane, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBothEndsReadEachOtherOnce(t *testing.T) {
	a, b := pair(t)
	for _, text := range []string{"", "x", string(bytes.Repeat([]byte("tutti"), 4000))} {
		for _, way := range [][2]*Pair{{a, b}, {b, a}} {
			sealed := seal(t, way[0], 3, text)
			if len(sealed) != len(text)+Overhead {
				t.Errorf("%d bytes became %d; want %d more", len(text), len(sealed), Overhead)
			}
			if len(text) > 20 && bytes.Contains(sealed, []byte("tuttitutti")) {
				t.Fatal("the text can be read")
			}
			again := bytes.Clone(sealed)
			if got, err := way[1].Open(3, sealed); err != nil || string(got) != text {
				t.Fatalf("opened to %q: %v", got, err)
			}
			if _, err := way[1].Open(3, again); !errors.Is(err, ErrReplayed) {
				t.Errorf("the second time: %v", err)
			}
		}
	}
}

func TestNothingElseOpens(t *testing.T) {
	a, b := pair(t)
	good := seal(t, a, 1, "shoot")
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if _, err := b.Open(1, bad); !errors.Is(err, ErrForged) {
				t.Fatalf("byte %d bit %d changed: %v", i, bit, err)
			}
		}
		if _, err := b.Open(1, bytes.Clone(good[:i])); !errors.Is(err, ErrForged) {
			t.Fatalf("cut to %d bytes: %v", i, err)
		}
	}
	if _, err := b.Open(2, bytes.Clone(good)); !errors.Is(err, ErrForged) {
		t.Errorf("on another lane: %v", err)
	}
	if _, err := a.Open(1, bytes.Clone(good)); !errors.Is(err, ErrForged) {
		t.Errorf("sent back to its sender: %v", err)
	}
	if _, err := b.Open(1, good); err != nil {
		t.Errorf("forgeries used the number of the true one up: %v", err)
	}
}

// TestKeysAgreeOnlyWhereAllDoes changes one part of the agreement at a time.
func TestKeysAgreeOnlyWhereAllDoes(t *testing.T) {
	s, r, x := secret(t), secret(t), secret(t)
	good, err := s.Pair(room, end(1), end(2), r.Public())
	if err != nil {
		t.Fatal(err)
	}
	later := end(1)
	later.Process++
	for name, other := range map[string]func() (*Pair, error){
		"room": func() (*Pair, error) { return r.Pair(Context{Room: "rooM"}, end(2), end(1), s.Public()) },
		"session": func() (*Pair, error) {
			return r.Pair(Context{Room: "room", Session: [32]byte{31: 1}}, end(2), end(1), s.Public())
		},
		"process": func() (*Pair, error) { return r.Pair(room, end(2), later, s.Public()) },
		"ID":      func() (*Pair, error) { return r.Pair(room, end(2), end(3), s.Public()) },
		"self":    func() (*Pair, error) { return r.Pair(room, end(3), end(1), s.Public()) },
		"half":    func() (*Pair, error) { return r.Pair(room, end(2), end(1), x.Public()) },
		"secret":  func() (*Pair, error) { return x.Pair(room, end(2), end(1), s.Public()) },
	} {
		p, err := other()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Open(0, seal(t, good, 0, "hi")); !errors.Is(err, ErrForged) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	var zero, low [PublicSize]byte
	low[0] = 1
	for _, half := range [][PublicSize]byte{zero, low} {
		if _, err := s.Pair(room, end(1), end(2), half); !errors.Is(err, ErrHalf) {
			t.Errorf("a half of low order: %v", err)
		}
	}
}

func TestWornOut(t *testing.T) {
	a, b := pair(t)
	a.out.next = last
	if _, err := b.Open(0, seal(t, a, 0, "last")); err != nil {
		t.Errorf("the last one: %v", err)
	}
	if _, err := a.Seal(nil, 0, nil); !errors.Is(err, ErrWornOut) {
		t.Errorf("one more: %v", err)
	}
}

// TestWindow holds the ring against a set of all that came.
func TestWindow(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var w window
		came, high := map[uint64]bool{}, uint64(0)
		repeated, old := 0, 0
		for range 20000 {
			var n uint64
			switch rnd.IntN(20) {
			case 0:
				n = high + rnd.Uint64N(3*reach) // a jump
			case 1:
				n = high - min(high, rnd.Uint64N(2*reach))
			case 2:
				n = high - min(high, reach-2+rnd.Uint64N(4)) // at the edge
			default:
				n = high + rnd.Uint64N(8) - min(high, 4)
			}
			want := !came[n] && (n >= high || high-1-n < reach)
			if w.fresh(n) != want {
				t.Fatalf("%d after %d: fresh is %v", n, high, !want)
			}
			switch {
			case want:
				w.take(n)
				came[n], high = true, max(high, n+1)
			case came[n]:
				repeated++
			default:
				old++
			}
		}
		if repeated == 0 || old == 0 {
			t.Errorf("%d repeated and %d old numbers: nothing was tried", repeated, old)
		}
	})
}

func TestNothingIsAllocated(t *testing.T) {
	a, b := pair(t)
	text, sealed := make([]byte, 1100), make([]byte, 0, 1100+Overhead)
	if n := testing.AllocsPerRun(200, func() {
		sealed, _ = a.Seal(sealed[:0], 0, text)
		if _, err := b.Open(0, sealed); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}

// FuzzOpen: no bytes panic, and only those that were sealed open.
func FuzzOpen(f *testing.F) {
	a, b := pair(f)
	f.Add(seal(f, a, 0, "hi"), byte(0))
	f.Add(make([]byte, Overhead), byte(1))
	f.Add(binary.LittleEndian.AppendUint64(nil, last), byte(1))
	f.Fuzz(func(t *testing.T, bytes []byte, lane byte) {
		if lane == 0 {
			return // the corpus has a true one
		}
		if _, err := b.Open(lane, bytes); err == nil {
			t.Error("it opens")
		}
	})
}

func BenchmarkSealOpen(b *testing.B) {
	x, y := pair(b)
	text, sealed := make([]byte, 200), make([]byte, 0, 400)
	b.SetBytes(200)
	b.ReportAllocs()
	for b.Loop() {
		sealed, _ = x.Seal(sealed[:0], 0, text)
		_, _ = y.Open(0, sealed)
	}
}
