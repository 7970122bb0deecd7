package main

import (
	"iter"
	"time"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// session stands in for netcode.Session until it steps frames.
type session struct {
	w     *sim.World
	m     peer.Match
	start time.Time
	frame netcode.Frame
	save  []byte
	order [][]byte
	evs   []netcode.Event
	st    netcode.Stats
}

func newSession(w *sim.World, m peer.Match, _ netcode.Config) *session {
	return &session{w: w, m: m}
}

func (s *session) Tick(moves ...sim.Keys) error {
	if s.start.IsZero() {
		s.start = time.Now()
		s.w.Start(s.m)
		s.evs = append(s.evs, netcode.Started{Match: s.m})
	}
	due := netcode.Frame(time.Since(s.start) * 60 / time.Second)
	if due-s.frame > 10 {
		s.start = s.start.Add(time.Duration(due-s.frame-10) * time.Second / 60)
		due = s.frame + 10
	}
	for s.frame < due {
		in := netcode.Input[sim.Keys]{Frame: s.frame, Seats: make([]netcode.Seat[sim.Keys], len(s.m.Seats))}
		in.Seats[0] = netcode.Seat[sim.Keys]{Move: moves[0], Status: netcode.Playing, Orders: s.order}
		s.order = nil
		s.w.Step(in)
		s.frame++
		if s.frame%60 == 0 {
			s.st.Hash, s.st.HashFrame, s.st.Checked = s.w.Hash(), s.frame, true
		}
	}
	s.st.Phase, s.st.Frame, s.st.Confirmed, s.st.Settled = netcode.Running, s.frame, s.frame, s.frame
	s.st.StateBytes = s.w.StateSize()
	return nil
}

func (s *session) Order(_ int, b []byte) error { s.order = append(s.order, b); return nil }
func (s *session) Events() iter.Seq[netcode.Event] {
	return func(yield func(netcode.Event) bool) {
		for len(s.evs) > 0 {
			e := s.evs[0]
			s.evs = s.evs[1:]
			if !yield(e) {
				return
			}
		}
	}
}
func (s *session) Stats() netcode.Stats { return s.st }
func (s *session) Leave()               {}
func (s *session) Close() error         { return nil }
