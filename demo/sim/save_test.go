package sim

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// A rollback from any frame of a match must lead where plain play leads.
func TestLoadThenStepIsStep(t *testing.T) {
	seeds.Each(t, 1, func(t *testing.T, seed uint64) {
		const back = 8
		w, s := begin(seed, 6), script{seed: seed, seats: 6}
		other := begin(seed, 6)
		var saves [][]byte
		var states []state
		// To the kick-off of the rematch and a little on.
		for frame := 0; w.Round() == 0 || w.Phase() == Countdown; frame++ {
			saves, states = append(saves, w.Save(nil)), append(states, w.state)
			w.Step(s.at(frame))
		}
		if len(saves) < MatchFrames+minResultFrames {
			t.Fatalf("the match lasted only %d frames", len(saves))
		}
		for frame := 0; frame+back < len(saves); frame++ {
			// other comes from elsewhere: whatever Load leaves behind shows.
			if err := other.Load(saves[frame]); err != nil {
				t.Fatalf("frame %d: %v", frame, err)
			}
			for i := range back {
				if other.state != states[frame+i] {
					t.Fatalf("%d frames after loading frame %d the states differ", i, frame)
				}
				other.Step(s.at(frame + i))
			}
			if got := other.Save(nil); !bytes.Equal(got, saves[frame+back]) || len(got) != other.StateSize() {
				t.Fatalf("%d frames after loading frame %d the saves differ", back, frame)
			}
		}
	})
}

// Whatever byte of a save changes, the hash changes or Load refuses.
func TestHashCoversEveryByte(t *testing.T) {
	w, s := begin(5, 4), script{seed: 5, seats: 4}
	for frame := range 900 {
		w.Step(s.at(frame))
	}
	save, hash := w.Save(nil), w.Hash()
	loaded := 0
	for i := range save {
		for bit := range 8 {
			save[i] ^= 1 << bit
			var other World
			if err := other.Load(save); err == nil {
				loaded++
				if other.Hash() == hash {
					t.Errorf("bit %d of byte %d is not in the hash", bit, i)
				}
			} else if !errors.Is(err, ErrState) {
				t.Errorf("byte %d: %v is no ErrState", i, err)
			} else if other.state != (state{}) {
				t.Errorf("byte %d: a refused Load changed the world", i)
			}
			save[i] ^= 1 << bit
		}
	}
	if loaded < 300 {
		t.Errorf("only %d of %d changes load: Load refuses too much for this test", loaded, 8*len(save))
	}
}

func TestLoadRefuses(t *testing.T) {
	w := begin(1, 4)
	good := w.Save(nil)
	if err := w.Load(good); err != nil {
		t.Fatal(err)
	}
	broken := func(at int, v ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], v)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":      nil,
		"short":        good[:len(good)-1],
		"long":         append(bytes.Clone(good), 0),
		"version":      broken(0, version+1),
		"ships":        broken(1, 6),
		"odd":          broken(1, 5),
		"phase":        broken(2, byte(phases)),
		"touch":        broken(3, 4),
		"timer 0":      broken(26, 0, 0),
		"timer large":  broken(26, 0xff, 0xff),
		"clock":        broken(28, 0xff, 0xff),
		"clock 0":      broken(28, 0, 0),
		"score":        broken(30, 100),
		"jam":          broken(34, jamFrames),
		"puck outside": broken(headSize+2, 200),
		"puck fast":    broken(headSize+10, 9),
		"ship in goal": broken(headSize+bodySize, 0, 0, HalfW, 0),
		"flags":        broken(headSize+2*bodySize, 0xc0),
		"ready":        broken(headSize+2*bodySize, flagReady),
		"dash":         broken(headSize+2*bodySize+1, dashFrames+1),
		"cooldown":     broken(headSize+2*bodySize+2, dashCooldown+1),
		"emote":        broken(headSize+2*bodySize+3, 1),
		"other match":  broken(4, 99),
		"more ships":   begin(1, 8).Save(nil),
	} {
		before := *w
		if err := w.Load(b); !errors.Is(err, ErrState) {
			t.Errorf("%s: Load = %v", name, err)
		}
		if *w != before {
			t.Errorf("%s: the world changed", name)
		}
	}
}

// Whatever Load accepts is a state that Save writes, that breaks no rule and that
// plays on without breaking one.
func FuzzLoad(f *testing.F) {
	for _, seats := range []int{2, 6, 8} {
		w, s := begin(3, seats), script{seed: 3, seats: seats}
		for frame := range MatchFrames + 1200 {
			if frame%600 == 0 || w.Phase() == GoalPause && w.timer == 5 {
				f.Add(w.Save(nil))
			}
			w.Step(s.at(frame))
		}
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var w World
		if err := w.Load(b); err != nil {
			if !errors.Is(err, ErrState) || w != (World{}) {
				t.Fatalf("%v, or the world changed", err)
			}
			return
		}
		if got := w.Save(nil); !bytes.Equal(got, b) {
			t.Fatalf("saved as\n%x, loaded from\n%x", got, b)
		}
		_ = w.Events()
		s := script{seed: 1, seats: int(w.n)}
		for frame := range 240 {
			w.Step(s.at(frame))
			if err := w.validate(); err != nil {
				t.Fatalf("%d frames later: %v", frame+1, err)
			}
		}
	})
}

func TestNothingAllocates(t *testing.T) {
	w, s := begin(1, 8), script{seed: 1, seats: 8}
	for frame := range 600 {
		w.Step(s.at(frame))
	}
	buf := w.Save(nil)
	seats := input(make([]Keys, 4)...)
	seats.Seats[1].Orders = [][]byte{EmoteOrder(3)}
	var feed Feed
	feed.New(w)
	for name, f := range map[string]func(){
		"Step":   func() { w.Step(seats) },
		"Save":   func() { buf = w.Save(buf[:0]) },
		"Hash":   func() { w.Hash() },
		"Load":   func() { _ = w.Load(buf) },
		"Bot":    func() { Bot(w, 5) },
		"view":   func() { w.Ship(0); w.Puck(); w.Score(); w.Events() },
		"Feed":   func() { w.Step(bots); feed.New(w) },
		"Start4": func() { w.newRound() },
	} {
		if got := testing.AllocsPerRun(300, f); got != 0 {
			t.Errorf("%s allocates %v times", name, got)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name string
		in   int
	}{{"bots=4", 0}, {"players=4", 4}, {"players=8", 8}} {
		b.Run(c.name, func(b *testing.B) {
			var w World
			w.Start(peer.NewMatch(1, make([]peer.ID, max(c.in, 1)), nil))
			s := script{seed: 1, seats: c.in, humans: true}
			in := s.at(0)
			b.ReportAllocs()
			for b.Loop() {
				w.Step(in)
			}
		})
	}
}

func BenchmarkSave(b *testing.B) {
	w := begin(1, 4)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = w.Save(buf[:0])
	}
}

func BenchmarkHash(b *testing.B) {
	w := begin(1, 4)
	b.ReportAllocs()
	for b.Loop() {
		w.Hash()
	}
}

func BenchmarkLoad(b *testing.B) {
	w := begin(1, 4)
	buf := w.Save(nil)
	b.ReportAllocs()
	for b.Loop() {
		_ = w.Load(buf)
	}
}
