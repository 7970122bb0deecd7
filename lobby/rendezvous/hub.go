//go:build !js

package rendezvous

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	storeTimeout = 5 * time.Second
	maxConflicts = 8
)

// hub is one room as this server serves it.
type hub struct {
	store Store

	mu    sync.Mutex
	room  *roomstate.Room // replaced, never changed, so that it can be read after mu
	rev   uint64          // of room in the store
	conns map[peer.ID]*conn
	links map[peer.ID][]peer.ID // whom each connected member reaches without us
	gone  bool                  // the room is empty and deleted
}

func newHub(store Store, room *roomstate.Room, rev uint64) *hub {
	return &hub{store: store, room: room, rev: rev, conns: map[peer.ID]*conn{}, links: map[peer.ID][]peer.ID{}}
}

// change applies f to the room, stores the result and tells the members. If
// somebody else changed the store meanwhile, f is applied to that. The error is
// f's, or [roomstate.Unavailable]; then nothing changed. h.mu is held.
func (h *hub) change(f func(*roomstate.Room) error) error {
	if h.gone {
		return roomstate.WrongCode
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	for range maxConflicts {
		next := h.room.Clone()
		if err := f(next); err != nil {
			return err
		}
		if next.Version == h.room.Version {
			return nil
		}
		err := h.put(ctx, next)
		if err == nil {
			h.room = next
			h.tell()
			return nil
		}
		if !errors.Is(err, ErrConflict) || h.reload(ctx) != nil {
			return roomstate.Unavailable
		}
	}
	return roomstate.Unavailable
}

func (h *hub) put(ctx context.Context, next *roomstate.Room) error {
	if len(next.Members) == 0 {
		err := h.store.Delete(ctx, next.Code, h.rev)
		h.gone = err == nil
		return err
	}
	rev, err := h.store.Update(ctx, next.Code, msg.Room(next), h.rev)
	if err == nil {
		h.rev = rev
	}
	return err
}

func (h *hub) reload(ctx context.Context) error {
	e, err := h.store.Get(ctx, h.room.Code)
	if err != nil {
		return err
	}
	room, err := decode(e.Value)
	if err == nil {
		h.room, h.rev = room, e.Revision
	}
	return err
}

func decode(value []byte) (*roomstate.Room, error) {
	_, table, err := msg.Open(value)
	if err != nil {
		return nil, err
	}
	return msg.ParseRoom(table)
}

// tell sends the room to its members, and closes the connections of those who
// are none any more.
func (h *hub) tell() {
	b := msg.Room(h.room)
	for id, c := range h.conns {
		if h.room.Member(id) != nil {
			c.send(b)
			continue
		}
		delete(h.conns, id)
		delete(h.links, id)
		if slices.Contains(h.room.Kicked, id) {
			c.end(msg.Refused{Code: roomstate.Kicked}.Message())
		} else {
			c.end(nil)
		}
	}
}

// enter lets c in and makes it the connection of its ID; vouched: a member let it
// in before. h.mu is not held.
func (h *hub) enter(c *conn, name string, welcome msg.Welcome, seed uint64, vouched bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.conns[c.id]
	delete(h.conns, c.id) // it is not told that it is back
	if err := h.change(func(r *roomstate.Room) error {
		if vouched {
			return r.EnterVouched(c.id, name, seed)
		}
		return r.Enter(c.id, name, seed)
	}); err != nil {
		if old != nil {
			h.conns[c.id] = old
		}
		return err
	}
	if old != nil {
		old.end(msg.Refused{Code: roomstate.Replaced}.Message())
	}
	c.hub = h
	h.conns[c.id] = c
	delete(h.links, c.id)
	welcome.Room = h.room
	c.send(welcome.Message())
	return nil
}

// lost notes that c ended. Not if another connection has taken its place.
func (h *hub) lost(c *conn, nowMs int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns[c.id] != c {
		return
	}
	delete(h.conns, c.id)
	delete(h.links, c.id)
	_ = h.change(func(r *roomstate.Room) error { r.Lost(c.id, nowMs); return nil })
}

// expire removes members that did not come back in time, and reports whether
// the room is gone.
func (h *hub) expire(nowMs, graceMs int64, seed uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gone {
		return true
	}
	linked := func(id peer.ID) bool {
		for _, list := range h.links {
			if slices.Contains(list, id) {
				return true
			}
		}
		return false
	}
	_ = h.change(func(r *roomstate.Room) error { r.Expire(nowMs, graceMs, linked, seed); return nil })
	return h.gone
}

// do carries out a member's command.
func (h *hub) do(c *conn, cmd roomstate.Command, seed uint64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns[c.id] != c {
		return roomstate.NotMember
	}
	return h.change(func(r *roomstate.Room) error { return r.Do(c.id, cmd, seed) })
}

// relay passes a message on; false if the receiver is not connected, or was cut
// off because it does not read.
func (h *hub) relay(c *conn, m msg.Relay) bool {
	to := m.Peer
	m.Peer = c.id
	h.mu.Lock()
	defer h.mu.Unlock()
	other := h.conns[to]
	return h.conns[c.id] == c && other != nil && other != c && other.send(m.Message())
}

// linked notes whom c reaches without us.
func (h *hub) linked(c *conn, list []peer.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns[c.id] == c {
		h.links[c.id] = list
	}
}
