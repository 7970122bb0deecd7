package lockstep

import "math/bits"

// Confirmed is not settled: that I hold all moves of a frame does not say that
// everyone holds the same ones. So each author reports, every sumEvery frames
// and in its own log, up to where it has confirmed and a sum over the tags of
// all seats there. A report is relayed and signed like every entry, so it
// reaches everyone by any path. Where all voters' sums equal ours the history is
// settled; where one differs the log of some seat has forked.

// summer keeps the sums of the newest frames and reads those of others.
type summer struct {
	ring   [ringFrames]uint32
	done   Frame             // sums of frames up to here are in the ring
	read   [MaxMembers]Frame // per seat: entries below were read
	agreed [MaxMembers]Frame // per member: its sum up to here equals ours
	// After a fork was cut off before frame forked, what was reported of later
	// frames in entries before voidTo was about a history that is gone.
	forked, voidTo Frame
}

// sumTo computes the sums of newly confirmed frames, no further than the
// commands that were obeyed say how the logs go on.
func (c *Core) sumTo(confirmed Frame) {
	k := &c.sums
	for k.done < min(confirmed, c.commands.applied+Alpha) {
		k.done++
		k.ring[k.done&(ringFrames-1)] = c.sumAt(k.done)
	}
}

// sumAt returns the sum over all seats' entries below f.
func (c *Core) sumAt(f Frame) (sum uint32) {
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder >= 0 {
			t := l.tag(f)
			sum = bits.RotateLeft32(sum, 5)*0x9e3779b1 + t.Short()
		}
	}
	return sum
}

// nextSum returns the report to write into our entry for frame at; frame 0 is
// none.
func (c *Core) nextSum(at Frame) (Frame, uint32) {
	f := min(c.sums.done, at)
	if at%sumEvery != 0 || f == 0 || c.cfg.Members == 1 {
		return 0, 0
	}
	return f, c.sums.ring[f&(ringFrames-1)]
}

// readSums compares what others report with our own sums.
func (c *Core) readSums() {
	k := &c.sums
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 || l.holder == c.cfg.Self {
			continue
		}
		k.read[s] = max(k.read[s], l.start)
		for ; k.read[s] < l.head; k.read[s]++ {
			e := &l.at(k.read[s]).entry
			switch {
			case e.SumFrame == 0, k.done-e.SumFrame >= ringFrames/2:
				continue // none, or older than an honest author's could be
			case e.SumFrame > k.forked && k.read[s] < k.voidTo:
				continue
			}
			if e.SumFrame > k.done {
				break // ours comes later
			}
			if e.Sum == k.ring[e.SumFrame&(ringFrames-1)] {
				k.agreed[l.holder] = max(k.agreed[l.holder], e.SumFrame)
			} else {
				c.disputed(l.holder, e.SumFrame)
			}
		}
	}
}

// settle moves settled on to what every voter agrees with.
func (c *Core) settle() {
	settled := min(c.confirmed, c.sums.done)
	voters := c.voters()
	for m := range c.cfg.Members {
		if m != c.cfg.Self && voters.Has(m) {
			settled = min(settled, c.sums.agreed[m])
		}
	}
	c.settled = max(c.settled, settled)
}
