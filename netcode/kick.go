package netcode

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Kick casts this player's vote to send another one out of the match for good.
// The vote goes into the log, and acts when more than half of the other players
// (not counting who is to go) have cast theirs: the seats are Gone then, and
// [Left] follows. A vote cannot be taken back. Nobody blocks, and it may be
// called from any goroutine. Errors, with which nothing is done:
// [ErrNotStarted], [ErrClosed], the error that ended the session, or one that
// says that who is not another player of the match.
func (s *Session[M]) Kick(who peer.ID) error {
	s.front.Lock()
	defer s.front.Unlock()
	switch {
	case s.err != nil:
		return s.err
	case s.leaving:
		return ErrClosed
	case s.stats.Phase != Running:
		return ErrNotStarted
	}
	for i := range s.stats.Peers {
		if s.stats.Peer[i].ID == who {
			s.kicks = append(s.kicks, who)
			return nil
		}
	}
	return fmt.Errorf("netcode: Kick of %s, who is not another player of this match", who.Short())
}

// castVotes hands the votes to the engine, one per frame. The caller holds
// front.
func (s *Session[M]) castVotes() {
	for len(s.kicks) > 0 && s.core.Kick(s.memberOf(s.kicks[0])) {
		s.kicks = s.kicks[1:]
	}
}
