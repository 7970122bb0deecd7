package lobby

import (
	"net/url"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// A page has no socket to knock with: it comes in by the server alone, and its
// links lead there. It does see who came in by others.

// Invitation returns "": a page cannot come in by a member.
func (r *Room) Invitation() string { return "" }

// Met does nothing in a page.
func (r *Room) Met(peer.ID) {}

// asksIn shows who was let in; the member that did has told it of the room.
func (r *Room) asksIn(_ *talk, h *msg.Hello) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told != nil && r.err == nil && h.Game == r.told.Game && h.Build == r.told.Build && h.Code == r.told.Code {
		r.show(h)
	}
}

func (r *Room) tellGuests()                    {}
func (r *Room) answered(*msg.Hello)            {}
func (r *Room) turnedAway(error)               {}
func (r *Room) granted(roomstate.Refusal) bool { return false }
func (r *Room) memberErr() error               { return nil }
func (r *Room) memberText() string             { return "" }
func parseMember(*url.URL) string              { return "" }
