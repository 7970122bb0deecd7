package lockstep

// usedFrames is how many frames of used inputs are kept: a power of two above
// MaxRollback.
const usedFrames = 64

// usedInput is what a frame was stepped with, as long as it may turn out wrong.
type usedInput struct {
	move      []byte
	status    Status
	predicted bool
}

// step asks for frame f to be stepped, with the real moves where they are known
// and predictions elsewhere, and for the state before it to be kept if it may
// be needed again.
func (c *Core) step(f Frame) {
	c.save(f)
	if c.checks.dueAt(f) {
		c.reqs = append(c.reqs, Request{Op: Hash, Frame: f})
	}
	c.stepAgain(f)
}

func (c *Core) stepAgain(f Frame) {
	c.reqs = append(c.reqs, Request{Op: Step, Frame: f})
	inputs := &c.reqs[len(c.reqs)-1].Inputs
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		in, used := &inputs[s], &c.used[f&(usedFrames-1)][s]
		in.Status = l.status(f)
		before := Empty
		if f > 0 {
			before = l.status(f - 1)
		}
		in.Changed = in.Status != before
		used.status, used.predicted, used.move = in.Status, false, used.move[:0]
		switch {
		case in.Status != Playing:
		case f < l.head:
			slot := l.at(f)
			in.Move, in.Orders = slot.entry.Move, slot.orders
		default:
			used.predicted = true
			used.move = c.predict(used.move, s)
			in.Move, in.Predicted = used.move, true
		}
	}
}

func (c *Core) predict(dst []byte, seat int) []byte {
	last := c.logs[seat].last()
	if c.cfg.Predict != nil {
		return c.cfg.Predict(dst, seat, last)
	}
	return append(dst, last...)
}

// firstWrong compares predictions with the moves that arrived since and returns
// the first frame that was stepped wrongly, the current one if none was.
func (c *Core) firstWrong() Frame {
	wrong := min(c.current, c.redo)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		to := min(l.known(), c.current)
		for f := c.verified[s]; f < to && f < wrong; f++ {
			used := &c.used[f&(usedFrames-1)][s]
			if used.predicted && !c.guessed(used, l, f) {
				wrong = f
			}
		}
		c.verified[s] = max(c.verified[s], to)
	}
	return wrong
}

// guessed reports whether the prediction for frame f of a log came true.
func (c *Core) guessed(used *usedInput, l *seatLog, f Frame) bool {
	if l.status(f) != used.status {
		return false
	}
	slot := l.at(f)
	return len(slot.orders) == 0 && string(used.move) == string(slot.entry.Move)
}

// repair goes back to the state before frame from, or to the newest kept before
// it, and steps up to the current frame again with what is known now. It happens
// whether or not a new frame can be stepped after it.
func (c *Core) repair(from Frame) {
	c.redo = forever
	base := c.load(from)
	if base < 0 {
		c.lost(from)
		return
	}
	c.stats.Rollbacks++
	c.stats.RolledBackFrames += int64(c.current - base)
	c.stats.DeepestRollback = max(c.stats.DeepestRollback, int(c.current-base))
	c.stepAgain(base)
	for f := base + 1; f < c.current; f++ {
		c.step(f)
	}
}

// lost gives up what we have: the state before a frame from which everything
// changed is not kept any more. The driver starts over as a guest.
func (c *Core) lost(from Frame) {
	c.becomeGuest()
	c.events = append(c.events, CutOff{Frame: from, Restart: true})
}
