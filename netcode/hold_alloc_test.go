package netcode_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/simnet"
)

// TestSignedTickDoesNotAllocate: with keys too, four players tick, roll back,
// hash, sign and keep each other's heads without an allocation per tick. What
// crypto/ed25519 allocates for a signature, every half second, is counted apart.
func TestSignedTickDoesNotAllocate(t *testing.T) {
	s := newScene(4, simnet.Config{Seed: 1, Weather: rough}, netcode.Config{CheckInterval: 10, ArchiveBytes: 64 << 10}, asIs)
	for _, p := range s.players {
		p.dead = true // no timers: step ticks
		p.game.quiet = true
	}
	step := func() {
		for _, p := range s.players {
			if p.dice.Below(6) == 0 {
				p.held = keys{Left: p.dice.Below(2) == 0, Aim: int16(p.dice.Below(7)) - 3}
			}
			if err := p.sess.Tick(p.held); err != nil {
				t.Fatal(err)
			}
		}
		s.net.RunFor(time.Second / 60)
	}
	for range 6000 {
		step()
	}
	before := s.players[0].sess.Stats()
	var from, to runtime.MemStats
	runtime.ReadMemStats(&from)
	perTick := testing.AllocsPerRun(600, step)
	runtime.ReadMemStats(&to)
	st := s.players[0].sess.Stats()
	if st.Confirmed-before.Confirmed < 550 || st.Checks-before.Checks < 150 || st.Rollbacks-before.Rollbacks < 20 {
		t.Fatalf("hardly anything was played: %v", st)
	}
	if perTick != 0 {
		t.Errorf("%v allocations per tick of four players", perTick)
	}
	const heads = 4 * 600 / 30
	perHead := float64(to.Mallocs-from.Mallocs) / heads
	t.Logf("%d allocations in 600 ticks of four players, %.1f for each signed head", to.Mallocs-from.Mallocs, perHead)
	if perHead > 4 {
		t.Errorf("%.1f allocations for each of %d heads", perHead, heads)
	}
}
