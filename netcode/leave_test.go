package netcode_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

func find[E netcode.Event](p *player) (got []E) {
	for _, e := range p.events {
		if e, ok := e.(E); ok {
			got = append(got, e)
		}
	}
	return got
}

// TestLeave: a player that leaves is Gone on the same frame everywhere, at
// once, and the others never wait for it.
func TestLeave(t *testing.T) {
	for _, rollback := range []int{netcode.NoRollback, 8} {
		seeds.Each(t, 10, func(t *testing.T, seed uint64) {
			m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: rollback})
			m.runTo(t, 200, 20*time.Second)
			gone := m.players[2]
			gone.sess.Leave()
			m.net.RunFor(300 * time.Millisecond)
			if !errors.Is(gone.err, netcode.ErrClosed) {
				t.Fatalf("Tick after Leave: %v", gone.err)
			}
			if st := gone.sess.Stats(); st.Phase != netcode.Over {
				t.Errorf("300 ms after Leave the others still don't know: %v", st.Phase)
			}
			if err := gone.sess.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			gone.dead = true
			m.runTo(t, 900, 30*time.Second)
			m.mustAgree(t, 900)
			m.mustHaveLeft(t, gone, 2, netcode.LeftByChoice)
		})
	}
}

// TestCrash: when a player dies the others find the highest frame that any of
// them holds of its moves, fill up to it and play on.
func TestCrash(t *testing.T) {
	for _, rollback := range []int{netcode.NoRollback, 8} {
		seeds.Each(t, 20, func(t *testing.T, seed uint64) {
			m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: rollback, DropAfter: time.Second, Grace: netcode.NoGrace})
			m.runTo(t, 200, 20*time.Second)
			gone := m.players[1]
			// Its last moves reach one of the others only.
			m.net.CutOneWay(gone.id, m.players[0].id)
			m.net.CutOneWay(gone.id, m.players[3].id)
			m.net.RunFor(time.Duration(20+seed%40) * time.Millisecond)
			gone.dead = true
			m.net.Crash(gone.id)
			m.runTo(t, 900, 30*time.Second)
			m.mustAgree(t, 900)
			m.mustHaveLeft(t, gone, 1, netcode.LeftByDrop)
			for i, p := range m.players {
				if p != gone && (len(find[netcode.Waiting](p)) == 0 || len(find[netcode.Resumed](p)) == 0) {
					t.Errorf("player %d was not told of the wait: %v", i, p.events)
				}
			}
		})
	}
}

// TestCrashBesideASlowMachine: one of those who are left gets to Tick only three
// times a second. It takes part in dropping the dead one all the same.
func TestCrashBesideASlowMachine(t *testing.T) {
	m := newMatch(t, 7, 4, rough, netcode.Config{DropAfter: time.Second, Grace: netcode.NoGrace})
	m.runTo(t, 200, 20*time.Second)
	gone := m.players[1]
	gone.dead = true
	m.net.Crash(gone.id)
	m.players[2].every = 330 * time.Millisecond
	m.net.RunFor(5 * time.Second)
	for i, p := range m.players {
		if p != gone && len(find[netcode.Left](p)) != 1 {
			t.Errorf("player %d: five seconds after the death nobody was dropped", i)
		}
	}
	m.players[2].every = time.Second / 60
	m.runTo(t, 600, 20*time.Second)
	m.mustAgree(t, 600)
	m.mustHaveLeft(t, gone, 1, netcode.LeftByDrop)
}

func (m *simMatch) mustHaveLeft(t *testing.T, gone *player, seat int, why netcode.LeftReason) {
	t.Helper()
	var frame netcode.Frame
	for i, p := range m.players {
		if p == gone {
			continue
		}
		left := find[netcode.Left](p)
		if len(left) != 1 || left[0].Peer != gone.id || left[0].Reason != why || !slices.Equal(left[0].Seats, []int{seat}) {
			t.Fatalf("player %d was told %v", i, left)
		}
		if frame == 0 {
			frame = left[0].Frame
		}
		if left[0].Frame != frame || frame < 150 || frame > 300 {
			t.Errorf("player %d: gone from frame %d, player before %d", i, left[0].Frame, frame)
		}
		if p.game.status[seat] != netcode.Gone {
			t.Errorf("player %d: the seat is %v", i, p.game.status[seat])
		}
	}
}

// TestCutOff: a player that comes back from a long silence learns that the
// others went on without it; none of them is disturbed.
func TestCutOff(t *testing.T) {
	m := newMatch(t, 5, 3, rough, netcode.Config{DropAfter: time.Second, Grace: netcode.NoGrace})
	m.runTo(t, 200, 20*time.Second)
	away := m.players[2]
	m.net.Cut(away.id, m.players[0].id)
	m.net.Cut(away.id, m.players[1].id)
	m.net.RunFor(1500 * time.Millisecond)
	stuck := away.sess.Stats().Frame
	m.net.RunFor(1500 * time.Millisecond)
	if now := away.sess.Stats().Frame; now != stuck {
		t.Errorf("the minority stepped from frame %d to %d", stuck, now)
	}
	if away.err != nil {
		t.Fatalf("alone it ended by itself: %v", away.err)
	}
	m.net.Heal(away.id, m.players[0].id)
	m.net.Heal(away.id, m.players[1].id)
	m.net.RunFor(time.Second)
	if !errors.Is(away.err, netcode.ErrCutOff) {
		t.Fatalf("back again it got %v", away.err)
	}
	away.dead = true
	m.runTo(t, 900, 30*time.Second)
	m.mustAgree(t, 900)
}

// TestRelay: two players whose link is cut play on through the others.
func TestRelay(t *testing.T) {
	m := newMatch(t, 6, 4, rough, netcode.Config{DropAfter: time.Second, Grace: netcode.NoGrace})
	m.runTo(t, 200, 20*time.Second)
	a, b := m.players[0], m.players[3]
	before := m.net.Count(a.id, b.id, peer.Moves).Delivered
	m.net.Cut(a.id, b.id)
	m.runTo(t, 1200, 60*time.Second)
	m.mustAgree(t, 1200)
	if after := m.net.Count(a.id, b.id, peer.Moves).Delivered; after-before > 5 {
		t.Errorf("%d datagrams came through the cut", after-before)
	}
	for i, p := range m.players {
		if left := find[netcode.Left](p); left != nil {
			t.Errorf("player %d: %v", i, left)
		}
	}
}
