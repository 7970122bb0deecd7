package lockstep

// Two kinds of states are kept. Those that a wrong prediction may go back to:
// one before each frame that is stepped on predictions (or every SaveEvery-th).
// And checkpoints, much further apart and further back, for when the agreement
// takes back what was confirmed here: a peer that was dropped has stepped moves
// that the others never got.
const (
	// CheckpointEvery is how many frames lie between two checkpoints.
	CheckpointEvery = 32
	// Checkpoints is how many of them are kept.
	Checkpoints = 8
)

// Kept returns where a driver keeps the state before frame f: checkpoint number
// n of [Checkpoints], or state number n of rollback + saveEvery + 2. A later
// Save at the same place replaces the earlier one.
func Kept(f Frame, rollback, saveEvery int) (checkpoint bool, n int) {
	if f%CheckpointEvery == 0 {
		return true, int(f/CheckpointEvery) % Checkpoints
	}
	return false, int(f) % (rollback + saveEvery + 2)
}

// keeper knows which states are kept.
type keeper struct {
	checkpoints [Checkpoints]Frame
	states      [MaxRollback + MaxSaveEvery + 2]Frame
}

func (k *keeper) init() {
	for i := range k.checkpoints {
		k.checkpoints[i] = -1
	}
	for i := range k.states {
		k.states[i] = -1
	}
}

func (c *Core) place(f Frame) *Frame {
	checkpoint, n := Kept(f, c.cfg.Rollback, c.cfg.SaveEvery)
	if checkpoint {
		return &c.kept.checkpoints[n]
	}
	return &c.kept.states[n]
}

// save asks for the state before f to be kept, if it may be needed. If not, one
// that was kept for f when the frames before it were stepped on predictions is
// not valid any more: the agreement can still send us back there.
func (c *Core) save(f Frame) {
	every := Frame(c.cfg.SaveEvery)
	checkpoint := f%CheckpointEvery == 0 && c.cfg.Snapshots && c.cfg.Members > 1
	predicts := c.cfg.Rollback > 0 && f%every == 0 && f+every > c.confirmed
	if checkpoint || predicts {
		*c.place(f) = f
		c.reqs = append(c.reqs, Request{Op: Save, Frame: f})
	} else if *c.place(f) == f {
		*c.place(f) = -1
	}
}

// load asks for the newest kept state before or at f, and returns its frame; -1
// if there is none.
func (c *Core) load(f Frame) Frame {
	for g := f; g >= 0 && g > f-Checkpoints*CheckpointEvery; g-- {
		if *c.place(g) == g {
			c.reqs = append(c.reqs, Request{Op: Load, Frame: g})
			return g
		}
	}
	return -1
}
