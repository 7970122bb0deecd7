package lobby

import (
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// entry is our own way into the room without the server.
type entry struct {
	text   string // of the link: how to reach a member; "" is none
	open   bool   // it is time to try it
	in     bool   // we came in by it, and the server does not know of us
	vouch  *msg.Vouch
	denied time.Time // since when the server refuses us
}

// sayGoodbye tells the members that we leave.
func (r *Room) sayGoodbye() {
	mesh := r.attachedMesh()
	for _, id := range r.Members() {
		if mesh != nil && mesh.State(id) == peer.Linked {
			_ = mesh.Send(id, peer.Room, goodbye()) // who does not hear it will notice
		}
	}
}
