package sim

import "testing"

// The hashes were computed on linux/amd64; every architecture must give them. A
// change of the rules changes them, and then replays and mixed versions part.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		seats int
		hash  uint64
	}{
		{1, 0x908a407d966d857a},
		{2, 0xf863bc9ca4a2ee41},
		{4, 0xa24879d0b8bd9232},
		{7, 0xd539ff980818dac2},
	} {
		w := begin(2026, c.seats)
		s := script{seed: 11, seats: c.seats}
		var feed Feed
		count := map[Kind]int{}
		for frame := range 2 * MatchFrames {
			w.Step(s.at(frame))
			for _, e := range feed.New(w) {
				count[e.Kind]++
			}
		}
		if w.Hash() != c.hash {
			t.Errorf("%d seats: hash %#x, want %#x", c.seats, w.Hash(), c.hash)
		}
		for kind := Hit; kind <= Emoted; kind++ {
			if count[kind] == 0 {
				t.Errorf("%d seats: no event of kind %d: the script is too tame", c.seats, kind)
			}
		}
		if w.Round() == 0 {
			t.Errorf("%d seats: no rematch", c.seats)
		}
	}
}
