package chat

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// maxKnown is how many authors and receivers a Chat remembers.
	maxKnown = 64
	// maxJunk is how many senseless messages an author has until he is cut off.
	maxJunk = 16
	// causal is how long a line waits for what its author had seen.
	causal = 1500 * time.Millisecond
)

// author is what is known of somebody who talks to us.
type author struct {
	id    peer.ID
	life  uint64
	queue uint64
	next  uint64               // number expected, >= 1 once queue is known
	early map[uint64]*envelope // came before next; keys in (next, next+window)
	last  [scopes]uint64       // newest Seq accepted
	shown uint64               // newest Seq to the room shown; <= last[toRoom]
	held  []heldLine           // accepted, in order, waiting for others' lines

	letters, lines, answers bucket
	junk                    int
	cut                     bool
}

// heldLine waits until what its author had seen is shown, but not for ever.
type heldLine struct {
	line  Line
	seen  []seen
	until time.Time
}

// meet begins a new life or a new queue of the author's if the envelope is of
// one. It returns false for a queue whose beginning is not known here; then its
// author has to begin another one.
func (a *author) meet(e *envelope) bool {
	if e.life != a.life {
		if e.oldest > 1 {
			return false
		}
		a.life, a.queue = e.life, e.queue-1
		a.last, a.shown = [scopes]uint64{}, 0
	}
	if e.queue != a.queue {
		if e.oldest > 1 {
			return false
		}
		a.queue, a.next, a.early = e.queue, 1, nil
	}
	return true
}

// hold keeps an early envelope, the first of its number.
func (a *author) hold(e *envelope) {
	if a.early == nil {
		a.early = make(map[uint64]*envelope)
	}
	if a.early[e.number] == nil {
		a.early[e.number] = e
	}
}

// forgetful reports whether an author may be forgotten.
func (a *author) forgetful(members []peer.ID) bool {
	return len(a.held) == 0 && !slices.Contains(members, a.id)
}
