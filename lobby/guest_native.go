//go:build !js

package lobby

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// answerEvery is the least time between two answers to one member.
const answerEvery = 200 * time.Millisecond

// asksIn answers a newcomer that a member let in: here is the room, and our word.
func (r *Room) asksIn(t *talk, h *msg.Hello) {
	if now := time.Now(); now.Sub(t.answered) >= answerEvery {
		t.answered = now
	} else {
		return
	}
	r.mu.Lock()
	var answer []byte
	switch {
	case r.told == nil || r.err != nil:
	case h.Game != r.told.Game:
		answer = msg.Refused{Code: roomstate.Mismatch, Field: "game", Yours: h.Game, Theirs: r.told.Game}.Message()
	case h.Build != r.told.Build:
		answer = msg.Refused{Code: roomstate.Mismatch, Field: "build", Yours: h.Build, Theirs: r.told.Build}.Message()
	case h.Code != r.told.Code:
		answer = msg.Refused{Code: roomstate.WrongCode}.Message()
	case slices.Contains(r.told.Kicked, h.ID):
		answer = msg.Refused{Code: roomstate.Kicked}.Message()
	case r.told.Member(h.ID) == nil && r.room.Member(h.ID) == nil && (len(r.guests.list) >= maxGuests || len(r.room.Members) >= roomstate.MaxMembers):
		answer = msg.Refused{Code: roomstate.RoomFull}.Message()
	default:
		r.show(h)
		answer = r.introduction(h.ID)
	}
	mesh := r.mesh
	r.mu.Unlock()
	if answer != nil && mesh != nil {
		_ = mesh.Send(h.ID, peer.Room, answer) // who did not get it is met again
	}
}

// introduction is the room as we know it, for one that we let in or that another
// member did. Our word is good for the server only if that knows us. r.mu is held.
func (r *Room) introduction(to peer.ID) []byte {
	h := msg.Hello{
		ID: r.key.ID(), Signature: make([]byte, 64), Game: r.cfg.Game, Build: r.cfg.Build, Code: r.told.Code,
		Resume: r.told,
	}
	if !r.entry.in {
		copy(h.Signature, r.key.Sign(msg.Vouched(r.told.ID, to)))
	}
	return h.Message()
}

// tellGuests passes on what the server told, which it does not tell them.
func (r *Room) tellGuests() {
	r.mu.Lock()
	mesh := r.mesh
	var list [][]byte
	ids := r.guests.ids()
	for _, id := range ids {
		list = append(list, r.introduction(id))
	}
	r.mu.Unlock()
	for i, id := range ids {
		if mesh != nil && mesh.State(id) == peer.Linked {
			_ = mesh.Send(id, peer.Room, list[i])
		}
	}
}
