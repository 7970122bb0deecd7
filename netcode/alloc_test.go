package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
)

// TestTickDoesNotAllocate: after warm-up four players tick, send, receive, roll
// back and hash without a single allocation, game and simulated network
// included.
func TestTickDoesNotAllocate(t *testing.T) {
	for _, rollback := range []int{netcode.NoRollback, 8} {
		match, step := tightMatch(t, 4, netcode.Config{MaxRollback: rollback, CheckInterval: 10})
		for range 2000 {
			step()
		}
		before := match.players[0].sess.Stats()
		perTick := testing.AllocsPerRun(600, step)
		st := match.players[0].sess.Stats()
		if st.Confirmed-before.Confirmed < 550 || st.Checks-before.Checks < 150 {
			t.Fatalf("rollback %d: hardly anything was played: %v", rollback, st)
		}
		if rolls := st.Rollbacks > before.Rollbacks; rolls != (rollback > 0) {
			t.Fatalf("rollback %d: %d rollbacks while measuring", rollback, st.Rollbacks-before.Rollbacks)
		}
		if perTick != 0 {
			t.Errorf("rollback %d: %v allocations per tick of four players", rollback, perTick)
		}
	}
}

// TestStatsDoesNotAllocate because a game draws them every frame.
func TestStatsDoesNotAllocate(t *testing.T) {
	match, step := tightMatch(t, 2, netcode.Config{})
	step()
	var st netcode.Stats
	if n := testing.AllocsPerRun(100, func() { st = match.players[0].sess.Stats() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if st.Phase != netcode.Running && st.Phase != netcode.Greeting {
		t.Errorf("phase %v", st.Phase)
	}
}

// tightMatch is a match that is stepped by hand, one tick of all players at a
// time, with changing controls; the step itself does not allocate.
func tightMatch(t testing.TB, n int, cfg netcode.Config) (*simMatch, func()) {
	m := newMatch(t, 1, n, rough, cfg)
	for _, p := range m.players {
		p.dead = true // no timers: step ticks
		p.game.quiet = true
	}
	return m, func() {
		for _, p := range m.players {
			if p.dice.Below(6) == 0 {
				p.held = keys{Left: p.dice.Below(2) == 0, Aim: int16(p.dice.Below(7)) - 3}
			}
			if err := p.sess.Tick(p.held); err != nil {
				t.Fatal(err)
			}
		}
		m.net.RunFor(time.Second / 60)
	}
}
