//go:build !js

package lobby_test

import (
	"testing"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// FuzzGossip: whatever members say to one who comes in by them, and afterwards, the
// room stays one that has room for it, and says who is in it.
func FuzzGossip(f *testing.F) {
	host, other := key(1), key(2)
	room := roomstate.New([16]byte{3}, "ABC234", "pong/1", "b1", 4, 0)
	room.Enter(host.ID(), "Ann", 1)
	say := func(k peer.Key, r *roomstate.Room) []byte {
		h := msg.Hello{ID: k.ID(), Signature: make([]byte, 64), Game: "pong/1", Build: "b1", Name: "x", Code: "ABC234", Resume: r}
		if r != nil {
			copy(h.Signature, k.Sign(msg.Vouched(r.ID, key(9).ID())))
		}
		return h.Message()
	}
	leave := msg.Command(0, roomstate.Leave{})
	refused := msg.Refused{Code: roomstate.Kicked}.Message()
	f.Add(say(host, room), say(other, nil), leave)
	f.Add(say(host, room), leave, refused)
	f.Add(refused, say(host, room), say(other, room))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		cfg := lobby.Config{Game: "pong/1", Build: "b1", Key: key(9), Room: "http://lobby/r/ABC234#by=AgEx"}
		r := lobby.Still(cfg)
		for i, text := range [][]byte{a, b, c, b, a} {
			r.Gossip([]peer.ID{host.ID(), other.ID()}[i%2], text)
			s := r.Snapshot()
			seen := map[peer.ID]bool{}
			for _, m := range s.Members {
				if seen[m.ID] || m.Name == "" {
					t.Fatalf("%+v", s.Members)
				}
				seen[m.ID] = true
			}
			if len(s.Members) > roomstate.MaxMembers || s.Phase != lobby.Joining && s.Phase != lobby.Over && !seen[key(9).ID()] {
				t.Fatalf("%+v", s)
			}
		}
	})
}
