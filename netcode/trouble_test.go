package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// isolate cuts or heals all links of one player.
func (m *simMatch) isolate(x *player, cut bool) {
	for _, p := range m.players {
		switch {
		case p == x:
		case cut:
			m.net.Cut(x.id, p.id)
		default:
			m.net.Heal(x.id, p.id)
		}
	}
}

// mustPlayOn asserts that within limit of now all living players step at full
// pace again, nobody left and all agree.
func (m *simMatch) mustPlayOn(t *testing.T, limit time.Duration) {
	t.Helper()
	m.net.RunFor(limit)
	from := m.players[0].sess.Stats().Confirmed
	m.net.RunFor(2 * time.Second)
	to := m.players[0].sess.Stats().Confirmed
	if to-from < 115 {
		t.Errorf("%v after the trouble only %d frames in 2 s", limit, to-from)
	}
	m.runTo(t, to, 2*time.Second)
	m.mustAgree(t, to)
	for i, p := range m.players {
		if left := find[netcode.Left](p); len(left) > 0 {
			t.Errorf("player %d: %v", i, left)
		}
	}
}

// TestBlackout: nothing reaches or leaves one player for 1.5 s. All are told
// that they wait and that they play again, within a moment of the end.
func TestBlackout(t *testing.T) {
	for _, rollback := range []int{netcode.NoRollback, 8} {
		seeds.Each(t, 6, func(t *testing.T, seed uint64) {
			m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: rollback})
			m.runTo(t, 300, 20*time.Second)
			x := m.players[seed%4]
			before := x.sess.Stats().Frame
			for _, p := range m.players {
				p.events = nil // a lost greeting may have made them wait before
			}
			m.isolate(x, true)
			m.net.RunFor(1500 * time.Millisecond)
			if now := x.sess.Stats().Frame; now > before+40 {
				t.Fatalf("alone it stepped from frame %d to %d", before, now)
			}
			m.isolate(x, false)
			m.net.RunFor(200 * time.Millisecond)
			for i, p := range m.players {
				if len(find[netcode.Waiting](p)) != 1 || len(find[netcode.Resumed](p)) != 1 {
					t.Errorf("player %d: 200 ms after the blackout: %v", i, p.events)
				}
				for _, w := range find[netcode.Waiting](p) {
					if p != x && (len(w.For) != 1 || w.For[0] != x.id) {
						t.Errorf("player %d: %v", i, w)
					}
				}
			}
			m.mustPlayOn(t, 300*time.Millisecond)
		})
	}
}

// TestHiddenPage: nobody calls Tick on one machine for 2.6 s. It answers
// meanwhile, is not dropped, and nobody else is when it comes back.
func TestHiddenPage(t *testing.T) {
	for _, rollback := range []int{netcode.NoRollback, 8} {
		seeds.Each(t, 6, func(t *testing.T, seed uint64) {
			m := newMatch(t, seed, 3, rough, netcode.Config{MaxRollback: rollback})
			m.runTo(t, 300, 20*time.Second)
			x := m.players[seed%3]
			x.dead = true
			m.net.RunFor(2600 * time.Millisecond)
			for i, p := range m.players {
				st := p.sess.Stats()
				for _, other := range st.Peer[:st.Peers] {
					if p != x && other.Silent > 150*time.Millisecond {
						t.Errorf("player %d hears nothing of %s since %v", i, other.ID.Short(), other.Silent)
					}
				}
			}
			x.dead = false
			m.start(x, 0)
			m.mustPlayOn(t, time.Second)
		})
	}
}

// TestStorm: bursts, reorder, duplicates, a thin line, and no one dropped.
func TestStorm(t *testing.T) {
	for _, n := range []int{2, 8} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			seeds.Each(t, 3, func(t *testing.T, seed uint64) {
				m := newMatch(t, seed, n, weather.Storm(), netcode.Config{MaxRollback: rollback})
				m.runTo(t, 900, time.Minute)
				m.mustAgree(t, 900)
				for i, p := range m.players {
					if left := find[netcode.Left](p); len(left) > 0 {
						t.Errorf("player %d: %v", i, left)
					}
				}
			})
		}
	}
}

// TestSeats: two players at one keyboard, one alone, empty seats between them.
func TestSeats(t *testing.T) {
	for _, seats := range [][]int{{0, 1, 0}, {-1, 0, -1, 1, 1, -1, 2}, {0, 0, 0, 0, 1, 1, 1, 1}, {0, -1}} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			m := newSeated(t, 1, seats, rough, netcode.Config{MaxRollback: rollback, CheckInterval: 10})
			m.runTo(t, 900, 30*time.Second)
			m.mustAgree(t, 900)
			g := m.players[0].game
			for i, holder := range seats {
				if want := map[bool]netcode.Status{true: netcode.Playing, false: netcode.Empty}[holder >= 0]; g.status[i] != want {
					t.Errorf("%v: seat %d is %v", seats, i, g.status[i])
				}
				if moved := g.pos[i] != 0; moved != (holder >= 0) {
					t.Errorf("%v: seat %d moved: %v", seats, i, moved)
				}
			}
		}
	}
}
