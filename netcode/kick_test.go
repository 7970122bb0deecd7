package netcode_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestKick: one vote of three does nothing; with two the player is out on the
// same frame everywhere and may not come back.
func TestKick(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		m := newMatch(t, seed, 4, rough, netcode.Config{DropAfter: time.Second})
		if err := m.players[0].sess.Kick(m.players[3].id); !errors.Is(err, netcode.ErrNotStarted) {
			t.Errorf("before the match: %v", err)
		}
		m.runTo(t, 200, 20*time.Second)
		rude := m.players[3]
		for _, who := range []peer.ID{m.players[0].id, {9}} {
			if err := m.players[0].sess.Kick(who); err == nil {
				t.Errorf("a vote against %s was taken", who.Short())
			}
		}
		if err := m.players[0].sess.Kick(rude.id); err != nil {
			t.Fatal(err)
		}
		m.runTo(t, 400, 20*time.Second)
		if st := m.players[1].sess.Stats(); st.Seat[3].Status != netcode.Playing || st.Epoch != 0 {
			t.Fatalf("one vote acted: %v", st)
		}
		if err := m.players[2].sess.Kick(rude.id); err != nil {
			t.Fatal(err)
		}
		m.net.RunFor(5 * time.Second)
		if !errors.Is(rude.err, netcode.ErrCutOff) {
			t.Errorf("who was kicked got %v, %v", rude.err, rude.events)
		}
		rude.dead = true
		m.runTo(t, 900, 20*time.Second)
		m.mustAgree(t, 900)
		frame := netcode.Frame(0)
		for i, p := range m.players[:3] {
			left := find[netcode.Left](p)
			if len(left) != 1 || left[0].Peer != rude.id || left[0].Reason != netcode.LeftByKick || p.game.status[3] != netcode.Gone {
				t.Fatalf("player %d: %v, the seat is %v", i, p.events, p.game.status[3])
			}
			if frame == 0 {
				frame = left[0].Frame
			}
			if left[0].Frame != frame {
				t.Errorf("player %d: gone from frame %d, player 0: %d", i, left[0].Frame, frame)
			}
		}
	})
}
