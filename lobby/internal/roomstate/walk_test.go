package roomstate_test

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestRandomWalk lets random players do random things and checks what must
// always hold.
func TestRandomWalk(t *testing.T) {
	kinds := map[string]int{}
	seeds.Each(t, 600, func(t *testing.T, seed uint64) { walk(t, seed, kinds) })
	if t.Failed() || os.Getenv("TUTTI_SEEDS") != "" {
		return // too few walks may have been asked for
	}
	for _, must := range []string{"started", "reopened", "kicked", "expired", "full", "owner moved", "refused", "crowd"} {
		if kinds[must] == 0 {
			t.Errorf("no walk came by %q: the walks prove too little (%v)", must, kinds)
		}
	}
}

func walk(t *testing.T, seed uint64, kinds map[string]int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	seats := 1 + rng.IntN(peer.MaxSeats)
	r := roomstate.New([16]byte{1}, "ABC234", "g", "b", seats, rng.IntN(seats+1))
	now := int64(1)
	somebody := func() peer.ID { return id(byte(1 + rng.IntN(20))) }
	for step := range 300 {
		now += int64(rng.IntN(40))
		before := r.Clone()
		sum := fingerprint(before)
		var err error
		switch rng.IntN(14) {
		case 0, 1, 2:
			who := somebody()
			err = r.Enter(who, "n", rng.Uint64())
			if err == roomstate.RoomFull {
				kinds["full"]++
			}
			if err == nil && r.Member(who) == nil {
				t.Fatalf("step %d: let in but not there", step)
			}
		case 3:
			r.Lost(somebody(), now)
		case 4:
			gone := r.Expire(now, 100, func(who peer.ID) bool { return who[0]%5 == 0 }, rng.Uint64())
			kinds["expired"] += len(gone)
			for _, who := range gone {
				if before.Member(who).Online || who[0]%5 == 0 {
					t.Fatalf("step %d: removed a member that is online or linked", step)
				}
			}
		default:
			err = r.Do(somebody(), command(rng, somebody), rng.Uint64())
		}
		if err != nil {
			kinds["refused"]++
			if fingerprint(r) != sum {
				t.Fatalf("step %d: refused with %v, but changed", step, err)
			}
		}
		if fingerprint(before) != sum {
			t.Fatalf("step %d: the clone changed too", step)
		}
		if fingerprint(r) != sum && r.Version == before.Version {
			t.Fatalf("step %d: changed without a new version", step)
		}
		if err := r.Check(); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		same(t, step, before, r, kinds)
	}
}

// same checks what a change may not do, from one room to the next.
func same(t *testing.T, step int, before, r *roomstate.Room, kinds map[string]int) {
	t.Helper()
	old, was := before.Match()
	match, is := r.Match()
	switch {
	case was && is && old.ID != match.ID && r.Round == before.Round:
		t.Fatalf("step %d: the match changed while it runs", step)
	case !was && is:
		kinds["started"]++
		for seat, who := range match.Seats {
			if m := r.At(seat); (m == nil) != who.IsZero() || m != nil && (m.ID != who || !m.Online) {
				t.Fatalf("step %d: seat %d of the match is %v", step, seat, who.Short())
			}
		}
	case was && !is:
		kinds["reopened"]++
		for _, m := range r.Members {
			if m.Ready && r.AutoStart == 0 {
				t.Fatalf("step %d: %v is ready for a rematch already", step, m.ID.Short())
			}
		}
	}
	if r.Round < before.Round {
		t.Fatalf("step %d: round %d after %d", step, r.Round, before.Round)
	}
	if len(r.Kicked) > len(before.Kicked) {
		kinds["kicked"]++
	}
	if !before.Owner.IsZero() && r.Owner != before.Owner {
		kinds["owner moved"]++
	}
	if len(r.Members) > r.Seats {
		kinds["crowd"]++
	}
}

func command(rng *rand.Rand, somebody func() peer.ID) roomstate.Command {
	switch rng.IntN(12) {
	case 0, 1, 2:
		return roomstate.Ready{Ready: rng.IntN(4) > 0}
	case 3, 4:
		return roomstate.TakeSeat{Seat: rng.IntN(peer.MaxSeats+2) - 1}
	case 5:
		return roomstate.Settings{Bytes: make([]byte, rng.IntN(8))}
	case 6, 7:
		return roomstate.Start{}
	case 8:
		return roomstate.Reopen{}
	case 9:
		return roomstate.Kick{Who: somebody()}
	case 10:
		return roomstate.Give{To: somebody()}
	}
	return roomstate.Leave{}
}

// fingerprint is a hash over all of a room but its version.
func fingerprint(r *roomstate.Room) [32]byte {
	var b bytes.Buffer
	put := func(parts ...[]byte) {
		for _, p := range parts {
			b.Write([]byte{byte(len(p))})
			b.Write(p)
		}
	}
	put(r.Owner[:], r.Settings, r.MatchSettings, []byte{byte(r.Phase), byte(r.Round), byte(r.Seed)})
	for _, who := range r.MatchSeats {
		put(who[:])
	}
	for _, who := range r.Kicked {
		put(who[:])
	}
	for _, m := range r.Members {
		flags := byte(0)
		if m.Ready {
			flags |= 1
		}
		if m.Online {
			flags |= 2
		}
		put(m.ID[:], []byte(m.Name), []byte{byte(m.Seat), flags, byte(m.LostMs)})
	}
	return sha256.Sum256(b.Bytes())
}
