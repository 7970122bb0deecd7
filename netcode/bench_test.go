package netcode_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// BenchmarkTick measures one Tick of one player, the simulated network included.
// Plain lockstep hides the path behind its input delay; with rollback every Tick
// goes back 8 frames and steps 9, which is asserted.
func BenchmarkTick(b *testing.B) {
	const (
		depth = 8
		frame = time.Second / netcode.DefaultTickRate
	)
	for _, players := range []int{2, 4, 8} {
		for _, mode := range []struct {
			name string
			roll int
			cfg  netcode.Config
		}{
			{"plain", 0, netcode.Config{MaxRollback: netcode.NoRollback, InputDelay: depth}},
			{"rollback=8", depth, netcode.Config{MaxRollback: depth, InputDelay: netcode.NoDelay}},
		} {
			b.Run(fmt.Sprintf("players=%d/%s", players, mode.name), func(b *testing.B) {
				path := weather.Weather{Latency: depth*frame - frame/2}
				m := newMatch(b, 1, players, path, mode.cfg)
				for _, p := range m.players {
					p.dead, p.game.quiet = true, true // no timers, no records
				}
				ticks, next := 0, 0
				tick := func() {
					p := m.players[next]
					p.held.Aim = int16(ticks % 7) // never as in the tick before, so that every guess is wrong
					if err := p.sess.Tick(p.held); err != nil {
						b.Fatal(err)
					}
					if next++; next == players {
						next, ticks = 0, ticks+1
						m.net.RunFor(frame)
					}
				}
				for range 600 * players {
					tick()
				}
				first := m.players[0].sess
				before := first.Stats()
				b.ReportAllocs()
				count := 0
				for b.Loop() {
					tick()
					count++
				}
				st := first.Stats()
				// The last round of players may be unfinished.
				frames, slack := int64(count/players), int64(1)
				stepped := int64(st.Frame - before.Frame)
				if stepped < frames-slack || stepped > frames+slack {
					b.Fatalf("%d frames in %d ticks", stepped, frames)
				}
				again := st.RolledBackFrames - before.RolledBackFrames
				if int64(st.Rollbacks-before.Rollbacks)*int64(mode.roll) != again || again != stepped*int64(mode.roll) {
					b.Fatalf("%d rollbacks over %d frames in %d ticks", st.Rollbacks-before.Rollbacks, again, stepped)
				}
				b.ReportMetric(float64(stepped+again)/float64(stepped), "steps/op")
			})
		}
	}
}
