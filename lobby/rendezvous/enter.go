//go:build !js

package rendezvous

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// maxDraws is how often a code is drawn that is already taken.
const maxDraws = 16

// enter makes the client a member of the room that it wants; c.id is proven.
// nil if it is in.
func (s *Server) enter(c *conn, h msg.Hello, welcome msg.Welcome) *msg.Refused {
	if h.Code == "" {
		return s.create(c, h, welcome)
	}
	code, ok := roomstate.ParseCode(h.Code)
	if !ok {
		return s.wrongCode(c)
	}
	// A room may vanish, or come, between two looks at it.
	for range 3 {
		hub := s.hub(code)
		if hub == nil {
			if comesBack(h, code) {
				switch err := s.recreate(c, h, code, welcome); {
				case err == nil:
					return nil
				case errors.Is(err, ErrExists):
					continue
				default:
					return refused(err)
				}
			}
			return s.wrongCode(c)
		}
		switch err := s.join(c, hub, h, welcome); {
		case err == nil:
			return nil
		case errors.Is(err, roomstate.WrongCode):
			s.forget(hub)
		default:
			return refused(err)
		}
	}
	return &msg.Refused{Code: roomstate.Unavailable}
}

func refused(err error) *msg.Refused {
	if r, ok := errors.AsType[msg.Refused](err); ok {
		return &r
	}
	if code, ok := errors.AsType[roomstate.Refusal](err); ok {
		return &msg.Refused{Code: code}
	}
	return &msg.Refused{Code: roomstate.Unavailable}
}

// wrongCode counts a wrong guess against where it came from.
func (s *Server) wrongCode(c *conn) *msg.Refused {
	if !s.wrong.take(c.source, time.Now()) {
		return &msg.Refused{Code: roomstate.Throttled}
	}
	return &msg.Refused{Code: roomstate.WrongCode}
}

// join lets the client into a room that is there.
func (s *Server) join(c *conn, hub *hub, h msg.Hello, welcome msg.Welcome) error {
	hub.mu.Lock()
	room, gone := hub.room, hub.gone
	hub.mu.Unlock()
	if gone {
		return roomstate.WrongCode
	}
	member := room.Member(c.id) != nil || room.Plays(c.id)
	vouched := !member && h.Vouch != nil && room.Member(h.Vouch.By) != nil && h.Vouch.Good(room.ID, c.id)
	// While a source is throttled its right guesses must look like wrong ones.
	if !member && !vouched && !s.wrong.allows(c.source, time.Now()) {
		return roomstate.Throttled
	}
	switch {
	case room.Game != h.Game:
		return msg.Refused{Code: roomstate.Mismatch, Field: "game", Yours: h.Game, Theirs: room.Game}
	case room.Build != h.Build:
		return msg.Refused{Code: roomstate.Mismatch, Field: "build", Yours: h.Build, Theirs: room.Build}
	case !member && h.Resume != nil && h.Resume.ID != room.ID:
		return roomstate.RoomLost
	}
	return hub.enter(c, h.Name, welcome, seed(), vouched)
}

// create makes a new room with the client in it.
func (s *Server) create(c *conn, h msg.Hello, welcome msg.Welcome) *msg.Refused {
	if h.Seats < 1 || h.Seats > peer.MaxSeats || h.AutoStart > h.Seats {
		return &msg.Refused{Code: roomstate.BadRequest}
	}
	for range maxDraws {
		code, err := roomstate.NewCode(rand.Reader)
		if err != nil {
			break
		}
		var id [16]byte
		rand.Read(id[:]) // never fails: see crypto/rand
		err = s.found(c, h, roomstate.New(id, code, h.Game, h.Build, h.Seats, h.AutoStart), welcome)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, ErrExists):
			return refused(err)
		}
	}
	return &msg.Refused{Code: roomstate.Unavailable}
}

// comesBack reports whether the client was a member of the room with that code
// when it last saw it.
func comesBack(h msg.Hello, code string) bool {
	r := h.Resume
	return r != nil && r.Code == code && r.Game == h.Game && r.Build == h.Build && (r.Member(h.ID) != nil || r.Plays(h.ID))
}

// recreate makes a room again that this server does not know any more, as the
// client remembers it. Everybody in it has the grace time to come back.
func (s *Server) recreate(c *conn, h msg.Hello, code string, welcome msg.Welcome) error {
	room := h.Resume.Clone()
	now := time.Now().UnixMilli()
	for i := range room.Members {
		m := &room.Members[i]
		m.Online, m.LostMs = false, now
	}
	err := s.found(c, h, room, welcome)
	if err == nil {
		s.cfg.Log.Info("rendezvous: a room came back", "code", code, "members", len(room.Members))
	}
	return err
}

// found stores a new room and lets its first member in.
func (s *Server) found(c *conn, h msg.Hello, room *roomstate.Room, welcome msg.Welcome) error {
	if !s.making.take(c.source, time.Now()) {
		return roomstate.Throttled
	}
	if err := room.Enter(c.id, h.Name, seed()); err != nil {
		return err
	}
	hub, err := s.place(room)
	if err != nil {
		return err
	}
	if err := hub.enter(c, "", welcome, seed(), false); err != nil {
		// Nobody is connected; the grace time ends the room.
		now := time.Now().UnixMilli()
		hub.mu.Lock()
		defer hub.mu.Unlock()
		_ = hub.change(func(r *roomstate.Room) error { r.Lost(c.id, now); return nil })
		return err
	}
	return nil
}

// place stores a new room and serves it.
func (s *Server) place(room *roomstate.Room) (*hub, error) {
	ctx, cancel := context.WithTimeout(s.ctx, storeTimeout)
	defer cancel()
	// So that a room that is in the store is always in hubs, too.
	s.placing.Lock()
	defer s.placing.Unlock()
	s.mu.Lock()
	full := len(s.hubs) >= s.cfg.MaxRooms
	s.mu.Unlock()
	if full {
		return nil, roomstate.ServerFull
	}
	rev, err := s.cfg.Store.Create(ctx, room.Code, msg.Room(room))
	if err != nil {
		return nil, err
	}
	hub := newHub(s.cfg.Store, room, rev)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hubs[room.Code] = hub
	return hub, nil
}
