package mesh

import "time"

// Errands are small messages of the mesh's own that are in no hurry: an
// acknowledgement, a ping, a report. While moves flow they go with the next one:
// in its datagram, or written right behind it, for SCTP puts what is written at once
// into one packet, and the other end acknowledges packets. So they cost next to
// nothing.
type errands struct {
	measure, ack, tell bool
	report             []byte // to be told
}

// ridden is how long ago the last move was at most for the next one to be
// waited for.
const ridden = 40 * time.Millisecond

// waits says whether an errand is left for the next move. mu is held.
func (l *link) waits(now time.Duration) bool {
	return l.active != nil && now-l.moved < ridden
}

// run does all errands. mu is held.
func (l *link) run(now time.Duration, w *way) {
	e := &l.errands
	if e.measure {
		e.measure = false
		w.measure(now)
	}
	if e.ack {
		e.ack = false
		w.ack()
	}
	if e.tell {
		e.tell = false
		if w.conn.buffered(controlLane)+len(e.report) <= relayControl {
			_ = w.put(controlLane, e.report) // if it fails, the way is ending
		}
	}
}

// tell sends a message of the mesh's own on the control lane of the direct way;
// the newest one counts.
func (l *link) tell(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errands.tell, l.errands.report = true, append(l.errands.report[:0], b...)
	if now := l.m.now(); l.active != nil && !l.waits(now) {
		l.run(now, l.active)
	}
}
