package simnet

import (
	"cmp"
	"slices"
	"time"
)

// After runs f once, when d has passed on the peer's own clock; at once, but not
// before what is due already, when d is 0 or less. f runs inside
// [Net.RunUntil] and its kind. The timer belongs to the peer: while the peer is
// frozen it does not run, what fell due meanwhile runs late, right at
// [Net.Thaw], and after [Net.Crash] it never runs.
func (l *Link) After(d time.Duration, f func()) {
	if l.crashed {
		return
	}
	e := event{kind: evTimer, link: l, due: later(l.Now(), max(d, 0)), call: f}
	if l.clock.stands {
		l.late = append(l.late, e)
		return
	}
	e.at = max(l.net.now, l.clock.when(e.due))
	l.net.push(e)
}

// ring runs a timer whose time has come, or keeps it for Thaw.
func (l *Link) ring(e event) {
	switch {
	case l.crashed:
	case l.frozen:
		l.late = append(l.late, e)
	default:
		e.call()
	}
}

// retime puts the timers of l where its clock, which has changed, has them.
func (n *Net) retime(l *Link) {
	if l.clock.stands {
		return // Thaw or Freeze will do it
	}
	moved := false
	for i := range n.events {
		e := &n.events[i]
		if e.kind == evTimer && e.link == l {
			e.at = max(n.now, l.clock.when(e.due))
			moved = true
		}
	}
	if moved {
		n.events.order()
	}
}

// wake schedules again what Freeze and Suspend have held back, the earliest
// first.
func (n *Net) wake(l *Link) {
	slices.SortStableFunc(l.late, func(a, b event) int { return cmp.Compare(a.due, b.due) })
	for _, e := range l.late {
		e.at = max(n.now, l.clock.when(e.due))
		n.push(e)
	}
	clear(l.late)
	l.late = l.late[:0]
}
