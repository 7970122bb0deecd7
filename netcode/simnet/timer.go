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
	if l.frozen {
		e.seq = l.net.seq
		l.net.seq++
		l.late = append(l.late, e)
		return
	}
	l.net.schedule(e)
}

// schedule puts a timer where its peer's clock, which does not stand, has it.
func (n *Net) schedule(e event) {
	e.at = max(n.now, e.link.clock.when(e.due))
	n.push(e)
}

// ring runs a timer whose time has come.
func (l *Link) ring(e event) {
	if !l.crashed {
		e.call()
	}
}

// retime puts the timers of l where its clock, which has changed, has them now.
func (n *Net) retime(l *Link) {
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

// halt takes the timers of l off the Net.
func (n *Net) halt(l *Link) {
	kept := n.events[:0]
	for _, e := range n.events {
		if e.kind == evTimer && e.link == l {
			l.late = append(l.late, e)
		} else {
			kept = append(kept, e)
		}
	}
	clear(n.events[len(kept):]) // let go of what they point to
	n.events = kept
	n.events.order()
}

// resume brings back what halt has taken and After has added, the earliest
// first.
func (n *Net) resume(l *Link) {
	slices.SortFunc(l.late, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.seq, b.seq))
	})
	for _, e := range l.late {
		n.schedule(e)
	}
	clear(l.late)
	l.late = l.late[:0]
}
