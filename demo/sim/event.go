package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// Kind says what an [Event] is about.
type Kind uint8

// The kinds of events.
const (
	Hit      Kind = iota // a ship hit the puck
	Clash                // two ships collided
	Wall                 // the puck hit a wall or a post
	Dash                 // a ship began to dash
	Goal                 // a team scored
	KickOff              // the countdown is over
	FullTime             // the match is over
	Emoted               // an emote appeared
	Pop                  // the puck burst free of the ships that held it fast
)

// Event is something worth a sound or a spark. Events are a view of the
// simulation, not a part of it.
type Event struct {
	Frame uint32    // the frame whose Step it happened in, as World.Frame said before it
	Kind  Kind      // what happened
	Seat  int       // whose ship: for Goal who touched the puck last; -1 nobody
	Team  int       // team of Seat; for Goal the team that scored
	Pos   fixp.Vec2 // where
	Power fixp.Q16  // speed of the impact, units per frame; 0 where it says nothing
}

// EventFrames is how many frames an event stays in [World.Events]: longer than
// any rollback, so that a front end that draws now and then misses none.
const EventFrames = 90

// logSize is how many events are kept: the oldest go first.
const logSize = 64

// log is the events of the last frames, oldest first.
type log struct {
	events [logSize]Event
	n      int
}

// note appends an event of the frame being stepped. The same thing happening in
// several substeps is one event, the hardest.
func (w *World) note(e Event) {
	l := &w.log
	e.Frame = w.frame
	for i := l.n - 1; i >= 0 && l.events[i].Frame == e.Frame; i-- {
		if old := &l.events[i]; old.Kind == e.Kind && old.Seat == e.Seat {
			if e.Power > old.Power {
				*old = e
			}
			return
		}
	}
	if l.n == logSize {
		copy(l.events[:], l.events[1:])
		l.n--
	}
	l.events[l.n] = e
	l.n++
}

// advance forgets what is too old, and what lies ahead: after a Load the frames
// from there on happen again, maybe otherwise.
func (l *log) advance(now uint32) {
	kept := l.events[:0]
	for _, e := range l.events[:l.n] {
		if e.Frame < now && now-e.Frame <= EventFrames {
			kept = append(kept, e)
		}
	}
	l.n = len(kept)
}

// Events returns what happened in the last [EventFrames] frames, oldest first.
// The slice dies with the next Step or Load. After a rollback some events may have
// gone and others come; [Feed] tells which are new.
func (w *World) Events() []Event { return w.log.events[:w.log.n] }

// Feed hands out each event once, however often a rollback repeats it. The zero
// value is ready; one Feed belongs to one front end.
type Feed struct {
	seen [2 * logSize]eventKey
	n    int
	out  []Event
}

// eventKey says which event it is; its place and power may differ a little after
// a rollback.
type eventKey struct {
	frame uint32
	kind  Kind
	seat  int8
	used  bool
}

// New returns the events of w that were not returned before, oldest first. The
// slice dies with the next call.
func (f *Feed) New(w *World) []Event {
	f.out = f.out[:0]
	for _, e := range w.Events() {
		key := eventKey{e.Frame, e.Kind, int8(e.Seat), true}
		if f.has(key) {
			continue
		}
		f.seen[f.n%len(f.seen)] = key
		f.n++
		f.out = append(f.out, e)
	}
	return f.out
}

func (f *Feed) has(key eventKey) bool {
	for _, k := range &f.seen {
		if k == key {
			return true
		}
	}
	return false
}
