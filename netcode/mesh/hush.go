package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// While nothing is heard from the other end, moves go on being sent, for one of
// them is what gets through first when the network is back. But each one is kept
// by SCTP and sent again, so they become rarer, and more of them may be under way
// than on a way that answers.
const (
	// hush is a silence after which moves become rarer. A peer that sends nothing
	// of its own is heard twice a second.
	hush = 1200 * time.Millisecond
	// hushBound takes the place of movesBound from halfHush on: the window of SCTP
	// is far from full, so nothing of it waits before the moves.
	halfHush  = 150 * time.Millisecond
	hushBound = 64 << 10
	// deaf is a silence after which moves in datagrams of our own, which cost nothing
	// but themselves, go each deafEvery.
	deaf, deafEvery = 10 * time.Second, 60 * time.Millisecond
)

// rarer returns how long after a move the next one is sent, after a silence.
func rarer(silent time.Duration) time.Duration {
	switch {
	case silent < hush:
		return 0
	case silent < 4*time.Second:
		return 30 * time.Millisecond
	case silent < 10*time.Second:
		return 60 * time.Millisecond
	}
	return 250 * time.Millisecond
}

// mayMove says whether a move of so many bytes may go a way now. mu is held.
func (l *link) mayMove(now time.Duration, w *way, size int) bool {
	silent := now - time.Duration(w.heard.Load())
	if w.conn.packets() {
		// Nothing keeps them, nothing waits for them. But who does not answer is not sent everything for ever.
		if silent >= deaf && now-w.movedOut < deafEvery {
			return false
		}
		w.movedOut = now
		return true
	}
	bound := movesBound
	if silent >= halfHush {
		bound = hushBound
	}
	if w.conn.buffered(movesLane)+size > bound || now-w.movedOut < rarer(silent) {
		return false
	}
	w.movedOut = now
	return true
}

// woken makes a link that was silent Linked at once. A message came over the way
// w; no lock is held.
func (l *link) woken(w *way) {
	if peer.State(l.state.Load()) != peer.Linking {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.active == w && w.up && !w.dead.Load() && peer.State(l.state.Load()) == peer.Linking {
		l.state.Store(uint32(peer.Linked))
		l.m.events.put(Linked{Peer: l.id})
	}
}
