package netcode

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Tick is the heartbeat: call it from Update, 60 times a second or as often as
// you can. It takes one move per local seat (the controls as held now), steps
// as many frames as are due by the session's own clock, none or several, and
// sends what the others need. Before the match began it steps nothing. It never
// blocks. Its error is fatal and sticky, except [*MoveCountError].
func (s *Session[M]) Tick(moves ...M) error {
	defer s.catchUp()
	s.engine.Lock()
	defer s.engine.Unlock()
	if err := s.Err(); err != nil {
		return err
	}
	now := s.cfg.Clock()
	s.tickedAt = now
	if s.phase == Running && len(moves) != len(s.local) {
		return &MoveCountError{Got: len(moves), Want: len(s.local)}
	}
	if s.phase == Forming {
		s.form()
	}
	if s.phase == Greeting {
		s.readLetters()
		s.greet(now)
	}
	if s.phase == Running {
		if s.hold(moves) {
			s.play(now)
		}
		if err := s.Err(); err != nil && err != ErrCutOff && err != ErrAlone {
			s.farewell(now) // the others need not wait in vain
		}
		s.publish()
	}
	if s.phase == Parting {
		s.part(now)
	}
	if err := s.Err(); err != nil {
		return err
	}
	if s.phase >= Parting {
		return ErrClosed
	}
	return nil
}

// catchUp does, without waiting, what was asked for while the engine was held.
// Whoever asks tries the lock after it left its wish, and whoever held the lock
// looks for wishes after giving it back: so none is missed.
func (s *Session[M]) catchUp() {
	for s.wished() && s.engine.TryLock() {
		now := s.cfg.Clock()
		s.takeIn(now)
		s.depart()
		if s.phase == Running && (now-s.tickedAt >= hiddenAfter || s.core.Hurry()) {
			s.send(now)
		}
		s.engine.Unlock()
	}
}

// hiddenAfter is how long nobody called Tick until datagrams are answered
// without it: a hidden page gets no Update, but the others still need its
// acknowledgements and what it passes on.
const hiddenAfter = 250 * time.Millisecond

func (s *Session[M]) wished() bool {
	s.front.Lock()
	phase, leaving := s.stats.Phase, s.leaving
	s.front.Unlock()
	return leaving && phase < Parting || !s.inbox.empty() || phase != Forming && !s.letters.empty()
}

// hold makes the moves the controls as held now, or ends the session and returns
// false if one of them is none.
func (s *Session[M]) hold(moves []M) bool {
	copy(s.moves, moves) // shorter only on the Tick that began the match
	for i, seat := range s.local {
		s.scratch = s.codec.encode(s.scratch[:0], &s.moves[i])
		if s.codec.custom && (len(s.scratch) == 0 || len(s.scratch) > lockstep.MaxMove) {
			s.fail(fmt.Errorf("netcode: AppendMove wrote %d bytes; want 1 to %d", len(s.scratch), lockstep.MaxMove))
			return false
		}
		s.core.SetMove(seat, s.scratch)
	}
	s.front.Lock()
	defer s.front.Unlock()
	for len(s.orders) > 0 {
		if s.core.Order(s.orders[0].seat, s.orders[0].text) != nil {
			break // it waits here for room
		}
		s.orders = s.orders[1:]
	}
	s.castVotes()
	return true
}

// play moves the engine on and does to the game what it asks for.
func (s *Session[M]) play(now time.Duration) {
	s.takeIn(now)
	for i, reqs := 0, s.core.Advance(now); i < len(reqs); i++ {
		if err := s.obey(&reqs[i]); err != nil {
			s.fail(err)
			return
		}
	}
	s.report()
	if s.phase == Running {
		s.send(now)
	}
}

func (s *Session[M]) obey(req *lockstep.Request) error {
	switch req.Op {
	case lockstep.Save:
		s.saves.save(req.Frame)
	case lockstep.Load:
		return s.saves.load(req.Frame)
	case lockstep.Hash:
		s.core.Hashed(req.Frame, s.saves.hash(req.Frame))
	case lockstep.Step:
		for i := range s.seats {
			in, seat := &req.Inputs[i], &s.seats[i]
			s.codec.decode(&seat.Move, in.Move)
			seat.Orders, seat.Status, seat.Changed = in.Orders, in.Status, in.Changed
		}
		if s.cfg.WhenAway == Pause && s.anyAway() {
			return nil
		}
		s.saves.stepped()
		s.game.Step(Input[M]{Frame: req.Frame, Seats: s.seats})
	}
	return nil
}

// anyAway reports whether a seat is Away in the frame to be stepped.
func (s *Session[M]) anyAway() bool {
	for i := range s.seats {
		if s.seats[i].Status == Away {
			return true
		}
	}
	return false
}

// takeIn hands what came to the engine.
func (s *Session[M]) takeIn(now time.Duration) {
	s.readLetters()
	s.inbox.drain(func(from peer.ID, b []byte) {
		m := s.memberOf(from)
		if m < 0 || s.core == nil {
			return // repeated anyway, once the match runs
		}
		if err := s.core.Receive(now, m, b); err != nil {
			s.cfg.Log.Debug("netcode: datagram dropped", "from", from.Short(), "err", err)
		}
	})
}

// memberOf returns the number of another member of the match, -1 for anyone
// else.
func (s *Session[M]) memberOf(id peer.ID) int {
	for m := range s.members {
		if s.members[m] == id && m != s.self {
			return m
		}
	}
	return -1
}

// onMoves runs on the link's goroutine.
func (s *Session[M]) onMoves(from peer.ID, b []byte) {
	if len(b) > peer.MaxDatagram {
		return
	}
	s.inbox.put(from, b)
	s.catchUp()
}

// send gives each other member its datagram, once per tick.
func (s *Session[M]) send(now time.Duration) {
	if s.link == nil {
		return
	}
	for _, l := range s.core.TakeLetters() {
		s.link.Send(s.members[l.To], l.Channel, l.Text) // what matters is said again
	}
	if !s.core.SendDue(now) {
		return
	}
	for m, id := range s.members {
		if s.core.Wants(m) {
			s.packet = s.core.Datagram(now, m, s.packet[:0])
			s.link.Send(id, peer.Moves, s.packet) // if it fails it is lost like on the way
		}
	}
}

// report turns what happened in the engine into events.
func (s *Session[M]) report() {
	for _, e := range s.core.TakeEvents() {
		switch e := e.(type) {
		case lockstep.Left:
			why := LeftByChoice
			switch {
			case e.Kicked:
				why = LeftByKick
			case e.Dropped:
				why = LeftByDrop
			}
			id := s.members[e.Member]
			s.tell(Left{Peer: id, Seats: s.match.SeatsOf(id), Frame: e.Frame, Reason: why})
		case lockstep.Desync:
			s.tell(Desync{Frame: e.Frame, Peer: s.members[e.Member], Ours: e.Ours, Theirs: e.Theirs})
		case lockstep.Waiting:
			s.tell(Waiting{For: s.named(e.Members)})
		case lockstep.Resumed:
			s.tell(Resumed{})
		case lockstep.Dropped:
			id := s.members[e.Member]
			s.tell(Dropped{Peer: id, Seats: s.match.SeatsOf(id), Frame: e.Frame, Until: e.Until})
		case lockstep.Back:
			id := s.members[e.Member]
			s.tell(Back{Peer: id, Seats: s.match.SeatsOf(id), Frame: e.Frame, Own: e.Member == s.self})
		case lockstep.Split:
			s.tell(Split{Lost: s.named(e.Members)})
			s.splitAt = max(s.cfg.Clock(), 1)
		case lockstep.Caught:
			s.tell(Caught{Peer: s.members[e.Member], Proof: e.Proof})
		case lockstep.CutOff:
			s.cutOff(e)
		case lockstep.Barred:
			s.send(s.cfg.Clock())
			if e.Truncated {
				s.fail(ErrLogTruncated)
			} else {
				s.fail(ErrCutOff)
			}
		}
	}
	s.watchAlone()
}

// cutOff tells the player that the others went on, and sees to the way back.
func (s *Session[M]) cutOff(e lockstep.CutOff) {
	self := s.members[s.self]
	s.tell(Dropped{Peer: self, Seats: s.match.SeatsOf(self), Frame: e.Frame, Own: true})
	if e.Restart {
		if err := s.beginAgain(); err != nil {
			s.fail(err)
		}
	}
}

// watchAlone ends or goes on alone when the other one of two players is lost.
func (s *Session[M]) watchAlone() {
	if !s.core.Split() || s.core.Voters() != 2 {
		s.splitAt = 0
	}
	if s.splitAt == 0 || s.phase != Running {
		return
	}
	now := s.cfg.Clock()
	switch s.cfg.WhenAlone {
	case Wait:
		if now-s.splitAt >= s.cfg.Grace {
			s.fail(ErrAlone)
		}
	case Continue:
		s.splitAt = 0
		s.tell(Alone{Match: s.core.GoAlone(), Frame: s.core.Current()})
	}
}

// named returns the peers whose bits are set.
func (s *Session[M]) named(mask uint8) (ids []peer.ID) {
	for m, id := range s.members {
		if mask>>m&1 != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
