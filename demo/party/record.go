package party

import (
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// Hash is the hash of the state before a frame that is settled: everybody who
// was in the match then has the same.
type Hash struct {
	Frame netcode.Frame
	Sum   uint64
}

// recorded is the game as the session sees it. It writes down each hash that the
// session asks for, since Stats tells only the newest, and several frames may be
// stepped per Tick.
type recorded struct {
	sim.World
	unsure []Hash // taken while predictions may be in it; ascending frames
	sure   []Hash // settled: they never change
}

var (
	_ netcode.Game[sim.Keys] = (*recorded)(nil)
	_ netcode.Saver          = (*recorded)(nil)
	_ netcode.Hasher         = (*recorded)(nil)
)

// Hash implements netcode.Hasher. After a rollback it is called again for a frame:
// the last one counts.
func (r *recorded) Hash() uint64 {
	h := Hash{netcode.Frame(r.World.Frame()), r.World.Hash()}
	for len(r.unsure) > 0 && r.unsure[len(r.unsure)-1].Frame >= h.Frame {
		r.unsure = r.unsure[:len(r.unsure)-1]
	}
	r.unsure = append(r.unsure, h)
	return h.Sum
}

// settle notes that hashes up to that frame are those of settled states.
func (r *recorded) settle(until netcode.Frame) {
	n := 0
	for n < len(r.unsure) && r.unsure[n].Frame <= until {
		n++
	}
	r.sure = append(r.sure, r.unsure[:n]...)
	r.unsure = append(r.unsure[:0], r.unsure[n:]...)
}
