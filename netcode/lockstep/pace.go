package lockstep

import (
	"slices"
	"time"
)

// pacer turns time into frames that are due and datagrams to send.
type pacer struct {
	frame   time.Duration
	next    time.Duration // when the next frame is due
	running bool
	wrote   bool          // something new stands in the log since the last datagrams
	sentAt  time.Duration // when datagrams went out last
	sentAny bool
}

// begin starts the clock with the first frame due at once.
func (p *pacer) begin(now time.Duration) {
	if !p.running {
		p.running, p.next = true, now
	}
}

func (p *pacer) due(now time.Duration) bool { return now >= p.next }

// stepped schedules the frame after the one just stepped, bent by so much.
func (p *pacer) stepped(bend time.Duration) {
	p.next += p.frame + bend
	p.wrote = true
}

// forgive gives up frames that Advance could not fit: time that is lost stays
// lost, the others waited too.
func (p *pacer) forgive(now time.Duration) {
	if now-p.next > maxDue*p.frame {
		p.next = now
	}
}

// longestQuiet is how far apart datagrams are at most, however long a frame is,
// so that silence means trouble.
const longestQuiet = deafAfter / 3

// SendDue reports whether datagrams should go out now: when a frame was stepped
// since the last ones, or else about once a frame time, so that acks and relays
// flow while the match stands still. It counts as sent.
func (c *Core) SendDue(now time.Duration) bool {
	p := &c.pace
	quiet := p.frame
	if c.stall.ticks == 0 {
		quiet += p.frame / 2 // the next frame is about to be stepped
	}
	if p.sentAny && !p.wrote && !c.hurry && now-p.sentAt < min(quiet, longestQuiet) {
		return false
	}
	p.wrote, p.sentAny, p.sentAt, c.hurry = false, true, now, false
	return true
}

// Clocks are compared by what both sides see: each measures by how many frames
// it is ahead of the newest frame number that arrived from the other, delay of
// the path included. Half the difference is how far one really runs ahead; equal
// delays cancel out (GGPO's frame advantage, here in fractions of a frame). The
// bend then is smooth: 1 % per frame of difference, at most 3 %.
const (
	aheadUnit = 64 // aheadAvg and offset count 1/64 frames
	aheadWire = 8  // the datagram carries 1/8 frames
	maxBend   = 3  // percent
)

// measure takes a sample of the advantage over a member, when its datagram with
// its current frame has come.
func (c *Core) measure(now time.Duration, m *member) {
	since := max(0, min(now-(c.pace.next-c.pace.frame), c.pace.frame)) // the current frame was due
	frames := max(-ringFrames, min(c.current-m.frame, ringFrames))
	sample := int(frames-1)*aheadUnit + int(since*aheadUnit/c.pace.frame)
	if m.received == 1 {
		m.aheadAvg = sample
	} else {
		m.aheadAvg += (sample - m.aheadAvg) / 16
	}
}

// offset returns by how much we run ahead of a member, in 1/aheadUnit frames.
func (m *member) offset() int { return (m.aheadAvg - m.ahead*(aheadUnit/aheadWire)) / 2 }

// bend returns what to add to the next frame's length: positive if we run ahead
// of the others on average. What stands out from the middle of them by more than a
// frame counts as one frame: a path that is slow in one direction only looks like
// a clock that is off, and where the paths to the others tell the truth it is
// outvoted (Huber's robust mean).
func (c *Core) bend() time.Duration {
	var by [MaxMembers]int
	n := 0
	for m := range c.cfg.Members {
		p := &c.members[m]
		if m != c.cfg.Self && p.fresh(c.watcher.polled) && c.takesPart(m) {
			by[n] = p.offset()
			n++
		}
	}
	if n == 0 {
		return 0
	}
	slices.Sort(by[:n])
	middle := (by[(n-1)/2] + by[n/2]) / 2 // the same one twice where their number is odd
	sum := 0
	for _, off := range by[:n] {
		sum += max(middle-aheadUnit, min(off, middle+aheadUnit))
	}
	permille := sum / n * 10 / aheadUnit
	permille = max(-10*maxBend, min(permille, 10*maxBend))
	return c.pace.frame * time.Duration(permille) / 1000
}
