package lockstep

import "github.com/tuttiplay/tutti/netcode/epoch"

// keptSums is how many of our own hashes are kept for comparing: a power of two.
// An author's check is at most 64 frames and one backlog of 64 older than the
// entry that carries it.
const keptSums = 256

// checker takes hashes at frames that are multiples of the interval, publishes
// them in the log once they are confirmed, and compares those of others.
type checker struct {
	interval  Frame
	frames    [keptSums]Frame
	sums      [keptSums]uint64
	published Frame             // the newest frame whose hash is final here
	written   Frame             // the newest one in our own log
	compared  [MaxMembers]Frame // per seat: entries below were compared
	differs   uint8             // members with a desync, told already
	// Per seat: in entries before ended, hashes of states after beyond are of a
	// history that is gone; see doubt.
	beyond, ended [MaxMembers]Frame
}

func (k *checker) dueAt(f Frame) bool { return k.interval > 0 && f > 0 && f%k.interval == 0 }

func (k *checker) place(f Frame) int { return int(f/k.interval) & (keptSums - 1) }

func (k *checker) sum(f Frame) uint64 {
	if f == 0 {
		return 0
	}
	return k.sums[k.place(f)]
}

// forget drops what was hashed after frame f.
func (k *checker) forget(f Frame) {
	k.published, k.written = min(k.published, f), min(k.written, f)
	if k.interval > 0 {
		k.published -= k.published % k.interval
		for i := range k.frames {
			if k.frames[i] > f {
				k.frames[i] = 0
			}
		}
	}
}

// doubt notes that a decree ended the logs of several at once. Each of them may
// have confirmed more of another's moves than count, for none of them promised
// how much it held; so what it says of a state that has such moves in it proves
// nothing. Whoever is not dropped promised, and confirmed no more than counts.
func (k *checker) doubt(rec *epoch.Record) {
	first := forever
	for s, holder := range rec.Holder {
		if holder >= 0 {
			first = min(first, Frame(rec.Ends[s].Frame))
		}
	}
	for s, holder := range rec.Holder {
		if holder >= 0 {
			k.beyond[s], k.ended[s] = first, Frame(rec.Ends[s].Frame)
		}
	}
}

// has reports whether the hash for frame f is kept.
func (k *checker) has(f Frame) bool { return k.frames[k.place(f)] == f }

// Hashed answers a [Hash] request.
func (c *Core) Hashed(f Frame, sum uint64) {
	i := c.checks.place(f)
	c.checks.frames[i], c.checks.sums[i] = f, sum
}

// publish moves on to the newest hash of a state that is confirmed and was not
// computed on a wrong prediction: wrong is the first frame stepped wrongly.
func (c *Core) publish(wrong Frame) {
	k := &c.checks
	if k.interval == 0 {
		return
	}
	for f := k.published + k.interval; f <= c.confirmed && f <= wrong && k.has(f); f += k.interval {
		k.published = f
	}
}

// nextCheck returns the hash to write into our entry for frame at; frame 0 is
// none. Each hash is written once, one per entry.
func (c *Core) nextCheck(at Frame) (Frame, uint64) {
	k := &c.checks
	if k.interval == 0 || k.written >= k.published {
		return 0, 0
	}
	next := max(k.written+k.interval, k.published-(keptSums/2)*k.interval)
	if next > at {
		return 0, 0
	}
	k.written = next
	return next, k.sum(next)
}

// compare holds the checks in confirmed entries of others against our own.
func (c *Core) compare() {
	k := &c.checks
	if k.interval == 0 {
		return
	}
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 || l.holder == c.cfg.Self {
			continue
		}
		k.compared[s] = max(k.compared[s], l.start)
		for ; k.compared[s] < min(l.head, c.settled); k.compared[s]++ {
			e := &l.at(k.compared[s]).entry
			if e.CheckFrame == 0 || e.CheckFrame%k.interval != 0 {
				continue
			}
			if e.CheckFrame > c.sums.forked && k.compared[s] < c.sums.voidTo {
				continue
			}
			if e.CheckFrame > k.beyond[s] && k.compared[s] < k.ended[s] {
				continue
			}
			if e.CheckFrame > k.published {
				break // ours comes later
			}
			if !k.has(e.CheckFrame) {
				continue // older than an honest author's could be
			}
			c.stats.Checks++
			if ours := k.sum(e.CheckFrame); ours != e.Check && k.differs&bit(l.holder) == 0 {
				k.differs |= bit(l.holder)
				c.stats.Desynced = true
				c.events = append(c.events, Desync{Member: l.holder, Frame: e.CheckFrame, Ours: ours, Theirs: e.Check})
			}
		}
	}
}
