package mesh

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/kept"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/process"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// link is what any goroutine knows of one peer. It outlives connections.
type link struct {
	m     *Mesh
	id    peer.ID
	state atomic.Uint32 // peer.State; changes under mu

	messagesIn, bytesIn, messagesOut, bytesOut, staleMoves, staleIn atomic.Int64

	// mu is never held while a receiver runs.
	mu      sync.Mutex
	active  *way   // carries messages; nil while there is none
	theirs  uint64 // incarnation of the other end that the counts below belong to
	retired process.Retired
	got     uint64 // messages of the control lane that came
	told    uint64 // of which the other end knows; told <= got
	owed    int    // bytes of those it does not know
	ackAt   time.Duration
	kept    kept.List
	scratch []byte
	rtt     roundTrip // of the direct way
	since   time.Duration

	relay      relay
	heardThere heardFrom
	sending    time.Duration // since then moves are sent without a pause
	moved      time.Duration // when the last move was sent
	errands    errands

	bulk     bulk
	watched  pathTold
	impaired atomic.Pointer[impairment] // nil is good weather
}

func (l *link) send(ch peer.Channel, b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if peer.State(l.state.Load()) != peer.Linked {
		if ch == peer.Moves && l.active != nil {
			l.moved = l.m.now()
			_ = l.sendMove(l.active, b) // nobody counts on it, but it may be what finds the way free again
		}
		return peer.ErrNotLinked
	}
	now := l.m.now()
	if ch == peer.Moves {
		if now-l.moved >= flowing {
			l.sending = now
		}
		l.moved = now
	}
	w, through := l.active, l.relays()
	if through {
		l.judge(now)
		through = l.relay.on
	}
	if w == nil && !through {
		return peer.ErrNotLinked
	}
	var err error
	switch ch {
	case peer.Moves:
		// While the direct way is in doubt they go both ways: it may work in one
		// direction, and whether it works again shows by what comes.
		if through {
			err = l.sendMove(l.relay.way, b)
		}
		if w != nil {
			if direct := l.sendMove(w, b); !through || direct == nil {
				err = direct
			}
		}
	case peer.Bulk:
		err = l.sendBulk(now, b)
	default:
		err = l.sendOrdered(w, ch, b)
		if through && err == nil {
			l.pump(now)
		}
	}
	if err == nil {
		l.messagesOut.Add(1)
		l.bytesOut.Add(int64(len(b)))
	}
	return err
}

func (l *link) sendMove(w *way, b []byte) error {
	now := l.m.now()
	switch {
	case len(b) > peer.MaxDatagram:
		return peer.ErrTooLarge
	case !l.mayMove(now, w, moveHead+len(b)):
		l.staleMoves.Add(1)
		return peer.ErrFull
	}
	w.riders = w.riders[:0]
	ride := w == l.active && w.conn.packets()
	if ride {
		w.riding = true
		l.run(now, w)
		w.riding = false
	}
	stamp := now / time.Millisecond
	heard := heardByte(now - time.Duration(w.heard.Load()))
	l.scratch = append(append(l.scratch[:0], dataFrame, byte(w.moves), byte(w.moves>>8), heard, byte(stamp), byte(stamp>>8)), b...)
	w.moves++
	if ride && l.doubt(now) {
		w.hedged = now + hedgeFor
	}
	if ride && now < w.hedged && now-time.Duration(w.heard.Load()) < hush && w.conn.buffered(movesLane) <= movesBound {
		_ = w.queue(movesLane, l.scratch) // it may be datagrams of our own alone that do not get through
	}
	if !w.conn.packet(l.scratch, w.riders, w.spares.Next(l.missing(now))) {
		if ride && w.conn.buffered(movesLane)+len(l.scratch) > movesBound {
			l.staleMoves.Add(1) // the machine refuses datagrams: SCTP would keep each one
			return peer.ErrFull
		}
		if w.queue(movesLane, l.scratch) != nil {
			return peer.ErrNotLinked // it has just ended; the mesh is about to know
		}
	}
	if w == l.active && !ride {
		l.run(now, w)
	}
	return nil
}

// sendOrdered keeps a message until it is acknowledged, and sends it by the
// direct way, if there is one: that has to have them all.
func (l *link) sendOrdered(w *way, ch peer.Channel, b []byte) error {
	switch {
	case len(b) > peer.MaxMessage:
		return peer.ErrTooLarge
	case l.kept.Bytes()+1+len(b) > controlBound || l.kept.Len() == kept.Max:
		return peer.ErrFull
	}
	frame := append(append(l.kept.Buffer(), byte(ch)), b...)
	if w != nil && w.put(controlLane, frame) != nil {
		return peer.ErrNotLinked
	}
	l.kept.Add(frame)
	return nil
}

// lose takes a way off. A third member may carry on in its place. mu is held.
func (l *link) lose(w *way, why Reason) {
	if l.active != w && !w.relayed {
		return
	}
	if why == Junk {
		l.relay.barred = true
	}
	if !w.relayed {
		l.active = nil
	}
	if why != Broken || !l.relays() {
		l.unlink(why)
		return
	}
	l.relay.lost = l.m.now()
	l.judge(l.relay.lost)
}

// isRetired says whether a letter is of an earlier process.
func (l *link) isRetired(incarnation uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.retired.Has(incarnation)
}

// unlink makes a Linked link Linking. mu is held.
func (l *link) unlink(why Reason) {
	if peer.State(l.state.Load()) == peer.Linked {
		l.state.Store(uint32(peer.Linking))
		l.m.events.put(Unlinked{l.id, why})
	}
}
