package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

var rough = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(5)}

// TestMatch: 4 peers at 80 ms RTT, 20 ms jitter and 5 % loss play a minute, and
// all machines hold the same state before every frame.
func TestMatch(t *testing.T) {
	const frames = 3600
	for _, mode := range []struct {
		name     string
		rollback int
	}{{"lockstep", netcode.NoRollback}, {"rollback", 8}} {
		t.Run(mode.name, func(t *testing.T) {
			seeds.Each(t, 20, func(t *testing.T, seed uint64) {
				m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: mode.rollback})
				m.runTo(t, frames, 3*time.Minute)
				m.mustAgree(t, frames)
				lost := m.net.Total(peer.Moves)
				if lost.Lost*100 < lost.Sent*4 {
					t.Fatalf("only %d of %d datagrams were lost", lost.Lost, lost.Sent)
				}
				for i, p := range m.players {
					st := p.sess.Stats()
					if rolls := st.Rollbacks > 0; rolls != (mode.rollback > 0) || rolls != (p.game.loads > 0) {
						t.Errorf("player %d: %d rollbacks, %d loads", i, st.Rollbacks, p.game.loads)
					}
					if st.Checks < 3*(frames/60-2) {
						t.Errorf("player %d compared only %d hashes", i, st.Checks)
					}
				}
			})
		})
	}
}
