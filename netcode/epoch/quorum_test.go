package epoch

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestQuorumsIntersect tries, for up to eight voters, every two sets of those
// that stay with every two opinions of who left: two quorums always share a
// member. See the proof at quorum.
func TestQuorumsIntersect(t *testing.T) {
	rank := [MaxMembers]uint8{3, 1, 0, 2, 7, 5, 4, 6}
	for n := 1; n <= MaxMembers; n++ {
		pairs, halves := 0, 0
		var try func(i int, left1, left2, p, q Set)
		try = func(i int, left1, left2, p, q Set) {
			if i < n {
				try(i+1, left1, left2, p, q)
				try(i+1, left1, left2, p.With(i), q)
				try(i+1, left1, left2, p, q.With(i))
				try(i+1, left1, left2, p.With(i), q.With(i))
				try(i+1, left1.With(i), left2, p, q)
				try(i+1, left1, left2.With(i), p, q)
				try(i+1, left1.With(i), left2.With(i), p, q)
				return
			}
			if !quorum(&rank, All(n), p, left1) || !quorum(&rank, All(n), q, left2) {
				return
			}
			pairs++
			if 2*p.Len() == n-left1.Len() && 2*q.Len() == n-left2.Len() {
				halves++
			}
			if p&q == 0 {
				t.Fatalf("%08b of %08b without %08b and %08b without %08b are both quorums", p, All(n), left1, q, left2)
			}
		}
		try(0, 0, 0, 0, 0)
		if pairs == 0 || n > 1 && halves == 0 {
			t.Errorf("%d voters: %d pairs, %d of two halves", n, pairs, halves)
		}
	}
}

func TestQuorum(t *testing.T) {
	rank := [MaxMembers]uint8{1, 0, 2, 3}
	for _, tc := range []struct {
		name              string
		voters, who, left Set
		want              bool
	}{
		{"nobody", 0, 0, 0, false},
		{"everybody left", 0b11, 0b11, 0b11, false},
		{"alone", 0b1, 0b1, 0, true},
		{"half with the lowest", 0b11, 0b10, 0, true},
		{"half without the lowest", 0b11, 0b01, 0, false},
		{"the other left", 0b11, 0b01, 0b10, true},
		{"two of three", 0b111, 0b101, 0, true},
		{"one of three", 0b111, 0b010, 0, false},
		{"who left does not count", 0b111, 0b011, 0b010, true},
		{"the lowest left", 0b1111, 0b1000, 0b0011, false},
		{"lowest of those that stay", 0b1111, 0b0100, 0b0011, true},
		{"strangers do not count", 0b111, 0b11001, 0, false},
	} {
		if got := quorum(&rank, tc.voters, tc.who, tc.left); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// TestRank: everybody computes the same order, another match has another one,
// and each rank is there once.
func TestRank(t *testing.T) {
	cfg := Config{Match: [16]byte{1}}
	for i := range MaxMembers {
		cfg.IDs = append(cfg.IDs, peer.ID{byte(i + 1)})
	}
	here := order(&cfg)
	var all Set
	for _, r := range here {
		all = all.With(int(r))
	}
	if all != All(MaxMembers) {
		t.Errorf("ranks %v", here)
	}
	differ := false
	for m := range 10 {
		cfg.Match[0] = byte(m + 2)
		differ = differ || order(&cfg) != here
	}
	if !differ {
		t.Error("the match does not matter")
	}
}
