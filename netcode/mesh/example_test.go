package mesh_test

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// A mesh forms by itself once the room has members.
func ExampleNew() {
	var room mesh.Signaler // a *lobby.Room in a game
	m := mesh.New(room, mesh.Config{})
	defer m.Close()
	m.Bind(peer.User, func(from peer.ID, b []byte) { fmt.Printf("%s says %s\n", from.Short(), b) })
	for e := range m.Events() {
		if l, ok := e.(mesh.Linked); ok {
			_ = m.Send(l.Peer, peer.User, []byte("hello"))
		}
	}
	fmt.Println(m.Err())
	// Output: mesh: New needs a Signaler, the room
}
