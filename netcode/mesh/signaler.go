package mesh

import "github.com/tuttiplay/tutti/netcode/peer"

// Signaler is the room a mesh belongs to, as much of it as the mesh needs: who
// is in it, and a way for the first handshakes. lobby.Room is one. All methods
// are safe for concurrent use and none blocks. Of the [peer.Link] in it the mesh
// uses [peer.Signal] alone, which may go by a server or through other peers,
// and need not be honest.
type Signaler interface {
	peer.Link
	// RoomID names the room, the same for all members; "" until it is entered.
	RoomID() string
	// Members returns who is in the room now, self included, in a fresh slice.
	// While the server cannot be reached it returns who was there last.
	Members() []peer.ID
	// Sign signs msg with the key of Self, as [peer.Key.Sign] does.
	Sign(msg []byte) []byte
	// ICEServers returns URLs such as "stun:stun.example.org:3478"; nil is none.
	ICEServers() []string
	// Attach is called once, by New: reliable messages to peers that m has
	// Linked may go by m from then on.
	Attach(m peer.Link)
}

// Host is a [Signaler] that goes on while its server is away: somebody may come in
// by a member, and is a guest until the server knows of it. lobby.Room is one. All
// methods are safe for concurrent use, and none blocks or calls the mesh but by Met,
// which may send. A Signaler that is none has no guests but the mesh's own, see
// [Mesh.Members].
type Host interface {
	Signaler
	// Invitation returns the text ([Mesh.Invite]) of the member to come in by,
	// because the server cannot be reached; "" while that is not so. Without
	// effect in a page.
	Invitation() string
	// Guest reports whether one of Members is no member for the server.
	Guest(id peer.ID) bool
	// Banned reports whether nobody may let that player in.
	Banned(id peer.ID) bool
	// Met is called once for each process of another member that is linked.
	Met(id peer.ID)
	// Gone is called when a guest has not been linked for two minutes.
	Gone(id peer.ID)
}
