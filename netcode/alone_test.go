package netcode_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestAloneWaits: of two players that lose each other neither goes on, and
// after the grace time both are told that it is over; or they meet again before
// and play on as if nothing had been.
func TestAloneWaits(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		for _, heals := range []bool{true, false} {
			m := newMatch(t, seed, 2, rough, netcode.Config{DropAfter: time.Second, Grace: 10 * time.Second})
			m.runTo(t, 200, 20*time.Second)
			m.net.Cut(m.players[0].id, m.players[1].id)
			m.net.RunFor(3 * time.Second)
			var stuck [2]netcode.Frame
			for i, p := range m.players {
				if split := find[netcode.Split](p); len(split) != 1 || len(split[0].Lost) != 1 || !p.sess.Stats().Split {
					t.Errorf("player %d was told %v", i, p.events)
				}
				stuck[i] = p.sess.Stats().Frame
			}
			if heals {
				m.net.Heal(m.players[0].id, m.players[1].id)
				m.runTo(t, 600, 20*time.Second)
				m.mustAgree(t, 600)
				for i, p := range m.players {
					if len(find[netcode.Resumed](p)) == 0 || find[netcode.Dropped](p) != nil || p.sess.Stats().Split {
						t.Errorf("player %d was told %v", i, p.events)
					}
				}
				continue
			}
			m.net.RunFor(10 * time.Second)
			for i, p := range m.players {
				if st := p.sess.Stats(); !errors.Is(p.err, netcode.ErrAlone) || st.Frame != stuck[i] {
					t.Errorf("player %d got %v at frame %d, stuck at %d", i, p.err, st.Frame, stuck[i])
				}
			}
		}
	})
}

// TestAloneBreaksTheTie: one of two plays on, the same one whoever asks, and
// the other comes back into its match.
func TestAloneBreaksTheTie(t *testing.T) {
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		m := newMatch(t, seed, 2, rough, netcode.Config{DropAfter: time.Second, WhenAlone: netcode.BreakTie})
		m.runTo(t, 200, 20*time.Second)
		m.net.Cut(m.players[0].id, m.players[1].id)
		m.net.RunFor(5 * time.Second)
		a, b := m.players[0], m.players[1]
		if len(find[netcode.Dropped](b)) > 0 {
			a, b = b, a
		}
		if len(find[netcode.Dropped](a)) != 1 || len(find[netcode.Split](a)) != 0 {
			t.Fatalf("who plays on was told %v", a.events)
		}
		if len(find[netcode.Split](b)) != 1 || len(find[netcode.Dropped](b)) != 0 {
			t.Fatalf("who waits was told %v", b.events)
		}
		if on, off := a.sess.Stats().Frame, b.sess.Stats().Frame; on < 380 || off > 260 {
			t.Fatalf("after five seconds at frames %d and %d", on, off)
		}
		m.net.Heal(a.id, b.id)
		m.runTo(t, 900, 20*time.Second)
		m.mustAgree(t, 900)
		if back := find[netcode.Back](b); len(back) != 1 || !back[0].Own {
			t.Errorf("who waited was told %v", b.events)
		}
		if st := b.sess.Stats(); st.Guest || st.Unilateral {
			t.Errorf("%v", st)
		}
	})
}

// TestAloneContinues: each plays on by itself, and both know that these are two
// matches.
func TestAloneContinues(t *testing.T) {
	m := newMatch(t, 1, 2, rough, netcode.Config{DropAfter: time.Second, WhenAlone: netcode.Continue})
	m.runTo(t, 200, 20*time.Second)
	m.net.Cut(m.players[0].id, m.players[1].id)
	m.net.RunFor(3 * time.Second)
	m.net.Heal(m.players[0].id, m.players[1].id)
	m.runTo(t, 900, 20*time.Second)
	var ids [2][16]byte
	for i, p := range m.players {
		alone := find[netcode.Alone](p)
		if len(alone) != 1 || !p.sess.Stats().Unilateral {
			t.Fatalf("player %d was told %v", i, p.events)
		}
		ids[i] = alone[0].Match
		if p.game.bad != nil || len(find[netcode.Left](p)) != 1 {
			t.Errorf("player %d: %v, %v", i, p.game.bad, p.events)
		}
	}
	if ids[0] == ids[1] || ids[0] == m.match.ID {
		t.Errorf("the matches are %x, %x, of %x", ids[0], ids[1], m.match.ID)
	}
	for k := range netcode.Frame(190) {
		if m.players[0].game.hashes[k] != m.players[1].game.hashes[k] {
			t.Fatalf("before frame %d they differ already", k)
		}
	}
}
