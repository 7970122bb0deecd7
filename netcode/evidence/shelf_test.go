package evidence

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// newShelf returns a shelf that takes the heads of the log's holder.
func newShelf(l *testLog) *Shelf {
	s := NewShelf(testMatch)
	s.Hold(l.seat, l.key.ID(), l.incarnation)
	return s
}

// forge returns a head that nobody signed, with a tag of its own.
func forge(h Head, n int) Head {
	h.Tag = Tag{0: byte(n), 1: byte(n >> 8), 31: 0xf0}
	return h
}

func TestShelfKeeps(t *testing.T) {
	log := newLog(testKey(1), 2, 90, 90, "")
	s := newShelf(&log)
	h := log.head(30)
	if _, ok := s.At(2, 30); ok {
		t.Fatal("an empty shelf has a head")
	}
	if !s.Put(h) {
		t.Fatal("an honest head was refused")
	}
	if got, ok := s.At(2, 30); !ok || got != h {
		t.Errorf("got %+v, %v; want %+v", got, ok, h)
	}
	if s.Put(h) || s.Put(forge(h, 1)) {
		t.Error("two heads of one frame were kept")
	}
	for _, seat := range []int{-1, 1, 3, peer.MaxSeats} {
		if _, ok := s.At(seat, 30); ok {
			t.Errorf("seat %d has a head", seat)
		}
	}
	if _, ok := s.At(2, 0); ok {
		t.Error("a place where no head was put counts as a head of frame 0")
	}

	other := newLog(testKey(2), 2, 90, 90, "")
	restarted := log
	restarted.incarnation = 1
	elsewhere := log.head(60)
	elsewhere.Match[3]++
	negative, seat9, nobody := log.head(60), log.head(60), log.head(60)
	negative.Frame, seat9.Seat, nobody.Holder, nobody.Seat = -1, 9, peer.ID{}, 3
	otherSeat := log
	otherSeat.seat = 3
	for name, h := range map[string]Head{
		"other holder": other.head(60), "other incarnation": restarted.head(60), "other match": elsewhere,
		"negative frame": negative, "no such seat": seat9, "empty seat": nobody, "seat of nobody": otherSeat.head(60),
	} {
		if s.Put(h) {
			t.Errorf("%s: kept", name)
		}
		if _, ok := s.Clash(h, 0); ok {
			t.Errorf("%s: clashes", name)
		}
	}
	if got := s.Stats(); got != (ShelfStats{}) {
		t.Errorf("%+v; want nothing counted, since nothing contradicts anything", got)
	}

	s.Hold(2, log.key.ID(), 0)
	if _, ok := s.At(2, 30); !ok {
		t.Error("holding the seat again forgot its heads")
	}
	s.Hold(2, log.key.ID(), 1)
	if _, ok := s.At(2, 30); ok || !s.Put(restarted.head(60)) || s.Put(log.head(60)) {
		t.Error("a new incarnation did not take the seat over")
	}
}

func TestShelfPushesOut(t *testing.T) {
	log := newLog(testKey(1), 0, 1, 1, "")
	s := newShelf(&log)
	h := log.head(0)
	for f := range int32(3 * ShelfHeads) {
		h.Frame = f
		if !s.Put(h) {
			t.Fatalf("frame %d was refused", f)
		}
		for old := range f + 1 {
			if _, ok := s.At(0, old); ok != (old > f-ShelfHeads) {
				t.Fatalf("with %d heads put: frame %d kept %v", f+1, old, ok)
			}
		}
	}
}

func TestShelfPutAllocatesNothing(t *testing.T) {
	log := newLog(testKey(1), 0, 1, 1, "")
	s := newShelf(&log)
	h, kept := log.head(0), 0
	n := testing.AllocsPerRun(100, func() {
		h.Frame++
		if s.Put(h) {
			kept++
		}
		s.Clash(h, time.Second)
		s.Recheck(time.Second)
	})
	if n != 0 || kept != 101 {
		t.Errorf("%v allocations, %d heads kept; want 0, 101", n, kept)
	}
}

func TestShelfClash(t *testing.T) {
	told, kept := twoStories()
	a, b := told.head(30), kept.head(30)
	want, err := NewProof(a, b)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(&told)
	if _, ok := s.Clash(a, 0); ok {
		t.Error("a head clashes with an empty shelf")
	}
	s.Put(a)
	if _, ok := s.Clash(a, 0); ok {
		t.Error("a head clashes with itself")
	}
	if _, ok := s.Clash(kept.head(60), 0); ok {
		t.Error("heads of different frames clash")
	}
	if n := s.Stats().Verified; n != 0 {
		t.Errorf("%d signatures were checked before there was a contradiction", n)
	}
	if p, ok := s.Clash(b, 0); !ok || p != want || p.Verify() != nil {
		t.Fatalf("%+v, %v; want %+v", p, ok, want)
	}
	if p, ok := s.Clash(b, 0); !ok || p != want {
		t.Errorf("the second time: %+v, %v", p, ok)
	}
	if got := s.Stats(); got != (ShelfStats{Verified: 3}) {
		t.Errorf("%+v; want 3 checks: the kept head is checked once", got)
	}
}

// TestShelfForged: a forgery convicts nobody, whether it comes second or first.
func TestShelfForged(t *testing.T) {
	told, kept := twoStories()
	a, b := told.head(30), kept.head(30)
	s := newShelf(&told)
	s.Put(a)
	if p, ok := s.Clash(forge(a, 1), 0); ok {
		t.Fatalf("a forgery convicts: %+v", p)
	}
	if got, _ := s.At(2, 30); got != a {
		t.Error("the forgery took the place of a head")
	}
	s = newShelf(&told)
	s.Put(forge(a, 1))
	if p, ok := s.Clash(a, 0); ok {
		t.Fatalf("against a forgery: %+v", p)
	}
	if got, _ := s.At(2, 30); got != a {
		t.Error("a forgery kept its place against a genuine head")
	}
	if _, ok := s.Clash(b, 0); !ok {
		t.Error("the genuine head that came second does not count")
	}
	if got := s.Stats(); got != (ShelfStats{Verified: 3, Forged: 1}) {
		t.Errorf("%+v; want 3 checks, 1 forged", got)
	}
}

// TestShelfLimit floods a shelf with forgeries and then shows it the lie.
func TestShelfLimit(t *testing.T) {
	told, kept := twoStories()
	a, b := told.head(30), kept.head(30)
	s := newShelf(&told)
	s.Put(a)
	now := time.Hour
	for n := range 100 {
		if _, ok := s.Clash(forge(a, n), now); ok {
			t.Fatal("a forgery convicts")
		}
	}
	want := ShelfStats{Verified: VerifyBurst, Forged: VerifyBurst, Limited: 100 - VerifyBurst, Lost: 100 - VerifyBurst - 1}
	if got := s.Stats(); got != want {
		t.Fatalf("%+v; want %+v", got, want)
	}
	if _, ok := s.Recheck(now + VerifyEvery - 1); ok || s.Stats() != want {
		t.Fatalf("before its time %+v", s.Stats())
	}
	// The forgery that waited goes first, then there is room for b.
	now += VerifyEvery
	s.Recheck(now)
	if got := s.Stats().Forged; got != VerifyBurst+1 {
		t.Fatalf("%d forged; want %d", got, VerifyBurst+1)
	}
	if _, ok := s.Clash(b, now); ok {
		t.Fatal("the limit was not kept")
	}
	// b needs two checks, a second each; b itself is not checked twice.
	now += VerifyEvery
	if _, ok := s.Recheck(now); ok {
		t.Fatal("one check convicts")
	}
	if _, ok := s.Clash(b, now); ok {
		t.Fatal("one check convicts")
	}
	now += VerifyEvery
	p, ok := s.Recheck(now)
	if !ok || p.Verify() != nil || p.Guilty() != told.key.ID() {
		t.Fatalf("%+v, %v", p, ok)
	}
	if got := s.Stats().Verified; got != VerifyBurst+3 {
		t.Errorf("%d checks; want %d", got, VerifyBurst+3)
	}
	if _, ok := s.Recheck(now + time.Hour); ok {
		t.Error("it convicts again and again")
	}
	// The full bucket is no fuller than full, and other seats have their own.
	now += time.Hour
	before := s.Stats().Verified
	for n := range 100 {
		s.Clash(forge(b, n), now)
	}
	if got := s.Stats().Verified - before; got != VerifyBurst {
		t.Errorf("%d checks after an hour; want %d", got, VerifyBurst)
	}
	other := newLog(testKey(3), 5, 40, 40, "")
	s.Hold(5, other.key.ID(), 0)
	s.Put(other.head(30))
	if s.Clash(forge(other.head(30), 1), now); s.Stats().Verified-before != VerifyBurst+1 {
		t.Error("one seat's flood silences another")
	}
}

// TestShelfForgets: what waits for its check is dropped when there is nothing
// left that it contradicts.
func TestShelfForgets(t *testing.T) {
	told, kept := twoStories()
	s := newShelf(&told)
	s.Put(told.head(30))
	for n := range VerifyBurst {
		s.Clash(forge(told.head(30), n), 0)
	}
	s.Clash(kept.head(30), 0)
	before := s.Stats()
	if before.Limited != 1 {
		t.Fatalf("%+v; want one head waiting", before)
	}
	h := told.head(30)
	for range ShelfHeads {
		h.Frame++
		s.Put(h)
	}
	if _, ok := s.Recheck(time.Hour); ok || s.Stats() != before {
		t.Errorf("%v, %+v; want nothing checked", ok, s.Stats())
	}
	if s.seats[2].doubt.kept {
		t.Error("it waits for ever")
	}
}

// TestShelfWaitsOnce: a head that waited and is then shown again is done with.
func TestShelfWaitsOnce(t *testing.T) {
	told, kept := twoStories()
	s := newShelf(&told)
	s.Put(told.head(30))
	for n := range VerifyBurst {
		s.Clash(forge(told.head(30), n), 0)
	}
	if _, ok := s.Clash(kept.head(30), 0); ok || s.Stats().Limited != 1 {
		t.Fatalf("%v, %+v; want it to wait", ok, s.Stats())
	}
	if _, ok := s.Clash(kept.head(30), time.Hour); !ok {
		t.Fatal("no proof though there is no limit any more")
	}
	if _, ok := s.Recheck(time.Hour); ok {
		t.Error("Recheck convicts again")
	}
}

// TestTake drives the limit by tenths of the time that one check takes to earn.
func TestTake(t *testing.T) {
	const tenth = VerifyEvery / 10
	for _, tc := range []struct {
		name string
		at   []int // in tenths
		want string
	}{
		{"a burst", []int{0, 0, 0, 0, 0, 1}, "yyyynn"},
		{"earned from the burst on", []int{9, 9, 9, 9, 10, 18, 19, 19}, "yyyynnyn"},
		{"fractions are kept", []int{0, 0, 0, 0, 6, 12, 18, 24, 30, 36}, "yyyynynyyn"},
		{"full after an hour", []int{0, 36000, 36000, 36000, 36000, 36000}, "yyyyyn"},
		{"a clock that starts below zero", []int{-500, -500, -500, -500, -500, -490}, "yyyyny"},
		{"a clock that jumps back", []int{100, 100, 100, 100, 0, 109, 110}, "yyyynny"},
	} {
		at := &NewShelf(testMatch).seats[0]
		got := ""
		for _, n := range tc.at {
			if at.take(time.Duration(n) * tenth) {
				got += "y"
			} else {
				got += "n"
			}
		}
		if got != tc.want {
			t.Errorf("%s: %s; want %s", tc.name, got, tc.want)
		}
	}
}

// TestShelfHandsChange: a change of hands buys no verifications.
func TestShelfHandsChange(t *testing.T) {
	log := newLog(testKey(1), 2, 40, 40, "")
	s := newShelf(&log)
	for n := range uint32(50) {
		log.incarnation = n + 1
		s.Hold(2, log.key.ID(), n+1)
		h := log.head(30)
		s.Put(h)
		s.Clash(forge(h, 1), time.Second)
	}
	if got := s.Stats().Verified; got != VerifyBurst {
		t.Errorf("%d checks; want %d", got, VerifyBurst)
	}
}

// TestShelfMany lets heads of an honest and of a lying seat arrive in any
// order, with forgeries among them, at a shelf per member who passes heads on.
// The liar is convicted, the honest one never.
func TestShelfMany(t *testing.T) {
	told, lied := twoStories()
	honest := newLog(testKey(2), 0, 90, 90, "")
	heads := []Head{told.head(30), told.head(60), lied.head(30), lied.head(60)}
	truth := []Head{honest.head(30), honest.head(60)}
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var shelves [3]*Shelf
		for i := range shelves {
			shelves[i] = newShelf(&told)
			shelves[i].Hold(0, honest.key.ID(), 0)
		}
		convicted, now := 0, time.Duration(0)
		see := func(p Proof, ok bool) {
			if !ok {
				return
			}
			convicted++
			if p.Guilty() != told.key.ID() || p.Verify() != nil {
				t.Fatalf("convicted %v: %v", p.Guilty(), p.Verify())
			}
		}
		for range 200 {
			now += time.Duration(rnd.IntN(500)) * time.Millisecond
			h := heads[rnd.IntN(len(heads))]
			if rnd.IntN(2) == 0 {
				h = truth[rnd.IntN(len(truth))]
			}
			if rnd.IntN(4) == 0 {
				h = forge(h, rnd.IntN(1000))
			}
			from := rnd.IntN(len(shelves))
			for _, s := range shelves {
				see(s.Clash(h, now))
				see(s.Recheck(now))
			}
			shelves[from].Put(h)
		}
		if convicted == 0 {
			t.Error("the liar got away")
		}
		for i, s := range shelves {
			st := s.Stats()
			if most := uint64(2 * (VerifyBurst + now/VerifyEvery)); st.Verified > most {
				t.Errorf("shelf %d checked %d signatures in %v; at most %d", i, st.Verified, now, most)
			}
			if st.Forged == 0 {
				t.Errorf("shelf %d saw no forgery: the test tests less than it says", i)
			}
		}
	})
}
