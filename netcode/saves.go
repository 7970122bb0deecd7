package netcode

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/tuttiplay/tutti/netcode/lockstep"
)

// saves keeps the states that a rollback may go back to, and hashes states. Its
// buffers are used again and again.
type saves struct {
	saver  Saver        // nil if the game has none
	hasher Hasher       // nil if the game has none
	slots  []savedState // for rollbacks
	points [lockstep.Checkpoints]savedState
	every  int
	fresh  Frame // the frame whose kept state is the present one, -1 for none
	size   int   // bytes of the newest saved state
	spare  []byte
}

type savedState struct {
	frame Frame
	state []byte
}

func newSaves(game any, rollback, every int) saves {
	k := saves{fresh: -1, every: every}
	k.saver, _ = game.(Saver)
	k.hasher, _ = game.(Hasher)
	k.slots = make([]savedState, rollback+every+2)
	k.forget()
	return k
}

// forget makes all kept states invalid; their buffers stay.
func (k *saves) forget() {
	k.fresh = -1
	for i := range k.slots {
		k.slots[i].frame = -1
	}
	for i := range k.points {
		k.points[i].frame = -1
	}
}

func (k *saves) slot(f Frame) *savedState {
	checkpoint, n := lockstep.Kept(f, len(k.slots)-k.every-2, k.every)
	if checkpoint {
		return &k.points[n]
	}
	return &k.slots[n]
}

func (k *saves) save(f Frame) {
	s := k.slot(f)
	s.frame, s.state = f, k.saver.Save(s.state[:0])
	k.size, k.fresh = len(s.state), f
}

func (k *saves) load(f Frame) error {
	s := k.slot(f)
	if s.frame != f {
		return fmt.Errorf("netcode: the state before frame %d was not kept; this is a defect of netcode", f)
	}
	if err := k.saver.Load(s.state); err != nil {
		return fmt.Errorf("netcode: the game's Load refused what its Save wrote before frame %d: %w", f, err)
	}
	k.fresh = f
	return nil
}

// stepped says that the game has moved on from the state that was kept last.
func (k *saves) stepped() { k.fresh = -1 }

// hash hashes the present state, which is the one before frame f.
func (k *saves) hash(f Frame) uint64 {
	if k.hasher != nil {
		return k.hasher.Hash()
	}
	if k.fresh == f {
		return xxhash.Sum64(k.slot(f).state)
	}
	k.spare = k.saver.Save(k.spare[:0])
	k.size = len(k.spare)
	return xxhash.Sum64(k.spare)
}
