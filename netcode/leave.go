package netcode

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// closeWithin is how long Close waits for the others to know, at most.
const closeWithin = 250 * time.Millisecond

// Leave says goodbye and returns at once: the others see the seats Gone within
// a round trip. Later Ticks go on saying it until all others know, and return
// [ErrClosed]. Orders that are on no frame yet are lost. Leaving twice, or a
// session that has ended, does nothing.
func (s *Session[M]) Leave() {
	s.front.Lock()
	s.leaving = true
	s.front.Unlock()
	s.catchUp()
}

// Close leaves and waits until the others know, at most 250 ms, then releases
// the link. It may be called from any goroutine but not by the game's own
// methods, and again. It returns the error that had ended the session before,
// nil after an orderly leave.
func (s *Session[M]) Close() error {
	s.Leave()
	if !s.parted() {
		timeout, again := time.NewTimer(closeWithin), time.NewTicker(closeWithin/25)
		defer timeout.Stop()
		defer again.Stop()
		for waiting := true; waiting && !s.parted(); {
			select {
			case <-again.C:
			case <-timeout.C:
				waiting = false
			}
		}
	}
	s.release()
	return s.Err()
}

// parted moves the farewell on and reports whether nobody waits for it any more.
func (s *Session[M]) parted() bool {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.depart()
	s.part(s.cfg.Clock())
	return s.phase == Over
}

// release gives the link's channels back.
func (s *Session[M]) release() {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.phase = Over
	s.publish()
	if s.link != nil && !s.closed {
		s.link.Bind(peer.Moves, nil)
		s.link.Bind(peer.Control, nil)
		s.link.Bind(peer.Bulk, nil)
	}
	s.closed = true
}

// depart begins to say goodbye, if Leave was called.
func (s *Session[M]) depart() {
	s.front.Lock()
	leaving := s.leaving
	s.front.Unlock()
	if !leaving || s.phase >= Parting {
		return
	}
	if s.phase < Running {
		s.phase = Over
		s.publish()
		return
	}
	s.phase = Parting
	s.farewell(s.cfg.Clock())
	s.publish()
}

// farewell writes our last moves and sends them twice: as a datagram, which is
// fast, and on the reliable channel, which is sure.
func (s *Session[M]) farewell(now time.Duration) {
	s.core.Leave()
	for m, id := range s.members {
		if s.core.Wants(m) {
			s.packet = s.core.Datagram(now, m, s.packet[:0])
			s.link.Send(id, peer.Moves, s.packet)
			s.link.Send(id, peer.Control, wire.Seal(nil, wire.Header{Kind: kindFarewell, Match: s.match.ID}, s.packet))
		}
	}
}

// part goes on saying goodbye until all others hold our last moves.
func (s *Session[M]) part(now time.Duration) {
	if s.phase != Parting {
		return
	}
	s.takeIn(now)
	s.core.Advance(now)
	s.report()
	s.send(now)
	if s.phase == Parting && s.core.Parted() {
		s.phase = Over
	}
	s.publish()
}
