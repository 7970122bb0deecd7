package mesh

import (
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Event is something that happened to the mesh, for telling the players:
// [Linked], [Unlinked], [PathChanged], [*ForgedError] or [Missed]. Each prints as a sentence.
type Event interface {
	fmt.Stringer
	event()
}

// Linked: messages to and from this peer are carried from now on.
type Linked struct {
	Peer peer.ID
	Took time.Duration // since the handshake began that made this connection
}

// Unlinked: a peer that was linked is not. The mesh goes on trying while the
// peer is in the room; [Linked] may follow. Moves and bulk messages under way are lost.
// Messages on the other channels are sent again over the next connection, unless Why
// is [Restarted] or the peer left the room.
type Unlinked struct {
	Peer peer.ID
	Why  Reason
}

// Reason says why a link ended.
type Reason uint8

// Why a link ended.
const (
	Silent    Reason = iota + 1 // nothing was heard for Config.Silence
	Broken                      // the connection failed, or the other end closed it
	Restarted                   // the peer came back as a new process under the same key
	LeftRoom                    // the peer is no member of the room any more, or we are in another
	Junk                        // the peer sent too much that no honest peer sends
)

// String returns the reason in words.
func (r Reason) String() string {
	switch r {
	case Silent:
		return "nothing is heard of it"
	case Broken:
		return "the connection broke"
	case Restarted:
		return "it started anew"
	case LeftRoom:
		return "it is not in the room any more"
	case Junk:
		return "it sent junk"
	}
	return "unknown"
}

// ForgedError says that an offer or an answer was not what its sender made, or
// not for now and here: somebody who carries the signalling tampers with it.
// The message was dropped and changed nothing. It is an [Event].
type ForgedError struct {
	// From is the peer in whose name it came.
	From peer.ID
	// Field is what was wrong: "signature", "fingerprint", "ufrag",
	// "description", "nonce" (used before, or never asked for), "expiry",
	// "certificate" or "candidate" (an address that it did not sign).
	Field string
}

// Error names the peer and the field.
func (e *ForgedError) Error() string {
	return fmt.Sprintf("mesh: a handshake in the name of %s was forged or replayed: wrong %s", e.From.Short(), e.Field)
}

// PathChanged: another kind of path leads to this peer, by another relaying
// member maybe, or its [Grade] changed. The first one follows [Linked].
type PathChanged struct {
	Peer peer.ID
	Path Path
}

// Missed: so many events were dropped before this one, because nobody took them.
type Missed struct{ Events int }

func (Linked) event()       {}
func (Unlinked) event()     {}
func (*ForgedError) event() {}
func (PathChanged) event()  {}
func (Missed) event()       {}

func (e Linked) String() string {
	return fmt.Sprintf("linked with %s in %v", e.Peer.Short(), e.Took.Round(time.Millisecond))
}
func (e Unlinked) String() string { return fmt.Sprintf("lost %s: %v", e.Peer.Short(), e.Why) }
func (e PathChanged) String() string {
	p := e.Path
	by := ""
	if p.Kind == RelayedPath {
		by = ", " + p.RelayedBy.Short()
	}
	return fmt.Sprintf("path to %s: %v%s, %v: round trip %v, loss in %v, out %v", e.Peer.Short(), p.Kind, by, p.Grade,
		p.RTT.Round(time.Millisecond/10), p.LossIn, p.LossOut)
}
func (e *ForgedError) String() string { return e.Error() }
func (e Missed) String() string       { return fmt.Sprintf("%d events were not taken", e.Events) }

// How many events wait at most; of forgeries, which a stranger can cause, only
// a few, so that they never push out the others.
const (
	maxEvents = 256
	maxForged = 32
)

// events is a queue that never blocks.
type events struct {
	mu     sync.Mutex
	list   []Event
	forged int // of list
	missed int
}

func (q *events) put(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, forgery := e.(*ForgedError)
	switch {
	case forgery && q.forged == maxForged:
		q.missed++
		return
	case forgery:
		q.forged++
	}
	if len(q.list) == maxEvents {
		if _, was := q.list[0].(*ForgedError); was {
			q.forged--
		}
		q.list = append(q.list[:0], q.list[1:]...)
		q.missed++
	}
	q.list = append(q.list, e)
}

func (q *events) take() []Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	if q.missed > 0 {
		list = append([]Event{Missed{q.missed}}, list...)
	}
	q.list, q.forged, q.missed = nil, 0, 0
	return list
}

// Events returns what happened since it was last called, oldest first, and
// forgets it. It never blocks. Whoever never calls it loses nothing but news:
// at most 256 events wait, and [Missed] says how many did not.
func (m *Mesh) Events() iter.Seq[Event] {
	list := m.events.take()
	return func(yield func(Event) bool) {
		for _, e := range list {
			if !yield(e) {
				return
			}
		}
	}
}
