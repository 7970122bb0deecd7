package netcode_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestHoldAlarm: every frame is hashed and compared, there is no delay, 300 ms
// there and back, and each move differs from the one before, so that every
// prediction is wrong. Nobody is ever told of a desync.
func TestHoldAlarm(t *testing.T) {
	const frames = 300
	w := holdWeather
	w.Latency = 150 * time.Millisecond
	for _, rollback := range []int{8, netcode.MaxRollback} {
		t.Run(fmt.Sprintf("rollback %d", rollback), func(t *testing.T) {
			var checks, repaired int64
			seeds.Each(t, 20, func(t *testing.T, seed uint64) {
				m := newHold(seed, 4, w, netcode.Config{InputDelay: netcode.NoDelay, MaxRollback: rollback, CheckInterval: 1}, func(_ int, p *holder) {
					p.steer = func(p *holder) {
						p.move.Aim++
						p.move.Fire = p.dice.Below(2) == 0
					}
				})
				m.runTo(t, frames, time.Minute)
				m.mustAgree(t, frames)
				m.mustLose(t, 1, 4)
				var again int64
				deepest := 0
				for i, p := range m.players {
					st := p.stats
					if st.Checks < 3*(frames-60) || st.InputDelayFrames != 0 {
						t.Fatalf("player %d compared only %d hashes, with delay %d", i, st.Checks, st.InputDelayFrames)
					}
					again += st.RolledBackFrames
					deepest = max(deepest, st.DeepestRollback)
					checks += int64(st.Checks)
				}
				// The path alone is nine frames long, so each frame is predicted by
				// about that many ticks, or as many as the window allows; a player
				// that started late predicts less, and the others more.
				if depth := min(rollback, 9); deepest < depth || again < 4*frames*int64(depth)*2/3 {
					t.Fatalf("hardly anything was predicted: %d frames stepped again by four players, deepest %d", again, deepest)
				}
				repaired += again
			})
			t.Logf("rollback %d: %d hashes compared, %d frames stepped again, no alarm", rollback, checks, repaired)
		})
	}
}
