package netcode

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// firstDelay is the adaptive input delay before anything is measured, in frames.
const firstDelay = 2

// form waits for the match and takes its place in it.
func (s *Session[M]) form() {
	match, ok := s.starter.Match()
	if !ok {
		return
	}
	if err := match.Validate(); err != nil {
		s.fail(err)
		return
	}
	self := here
	if s.link != nil {
		self = s.link.Self()
	}
	s.match, s.members, s.local = match, match.Peers(), match.SeatsOf(self)
	if s.link == nil && len(s.members) == 1 {
		s.local = match.SeatsOf(s.members[0])
		self = s.members[0]
	}
	if s.link == nil && len(s.members) > 1 {
		s.fail(fmt.Errorf("netcode: the match has %d peers, but New got no link to reach them", len(s.members)))
		return
	}
	if len(s.local) == 0 {
		s.fail(fmt.Errorf("netcode: %s holds no seat of match %x; watch it instead", self.Short(), match.ID[:4]))
		return
	}
	for i, id := range s.members {
		if id == self {
			s.self = i
		}
	}
	s.prepareHello()
	s.phase = Greeting
	s.publish()
}

// begin makes the engine and the game ready for frame 0.
func (s *Session[M]) begin() {
	core, err := lockstep.New(s.coreConfig())
	if err != nil {
		s.fail(fmt.Errorf("netcode: %w", err))
		return
	}
	s.core = core
	s.seats = make([]Seat[M], len(s.match.Seats))
	s.moves = make([]M, len(s.local))
	s.phase = Running
	s.game.Start(s.match)
	s.tell(Started{Match: s.match})
}

// beginAgain starts over at frame 0 as a guest: the game cannot take back what
// the others never got, but it can play the whole log again.
func (s *Session[M]) beginAgain() error {
	s.late = true
	s.lives++
	core, err := lockstep.New(s.coreConfig())
	if err != nil {
		return fmt.Errorf("netcode: %w", err)
	}
	s.core = core
	s.saves.forget()
	s.game.Start(s.match)
	return nil
}

// key returns what signs for this player; the zero Key if nothing does.
func (s *Session[M]) key() peer.Key {
	if !s.cfg.Key.IsZero() {
		return s.cfg.Key
	}
	if l, ok := s.link.(interface{ Sign(msg []byte) []byte }); ok {
		return peer.KeyOf(s.link.Self(), l.Sign)
	}
	return peer.Key{}
}

// coreConfig is what the engine needs to know of this match.
func (s *Session[M]) coreConfig() lockstep.Config {
	low, high := s.codec.limits()
	cfg := lockstep.Config{
		Tag: wire.NewTag(s.match.ID, 0), Members: len(s.members), Self: s.self,
		MoveMin: low, MoveMax: high,
		Frame:    time.Second / time.Duration(s.cfg.TickRate),
		Rollback: s.cfg.MaxRollback, CheckInterval: s.cfg.CheckInterval, DropAfter: s.cfg.DropAfter,
		Match: s.match.ID, IDs: s.members, Key: s.key(), Late: s.late, Nonce: uint32(s.greeter.hello.Nonce) + s.lives<<16, // never one that was used
		SaveEvery: s.cfg.SaveEvery, Snapshots: s.saves.saver != nil,
		Grace: Frame(s.cfg.Grace * time.Duration(s.cfg.TickRate) / time.Second),
		Stop:  s.cfg.WhenAlone != BreakTie, ArchiveBytes: s.cfg.ArchiveBytes,
	}
	for _, holder := range s.match.Seats {
		member := -1
		for m, id := range s.members {
			if id == holder {
				member = m
			}
		}
		cfg.Seats = append(cfg.Seats, member)
	}
	switch {
	case s.cfg.InputDelay > 0:
		cfg.InputDelay = s.cfg.InputDelay
	case s.cfg.InputDelay == 0 && len(s.members) > 1:
		cfg.InputDelay, cfg.Adapt = firstDelay, true
	}
	if p, ok := any(s.game).(Predictor[M]); ok {
		cfg.Predict = func(dst []byte, seat int, last []byte) []byte {
			s.codec.decode(&s.guess, last)
			s.guess = p.Predict(seat, s.guess)
			return s.codec.encode(dst, &s.guess)
		}
	}
	return cfg
}
