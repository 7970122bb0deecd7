package netcode_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

var far = weather.Weather{Latency: 150 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(3), Reorder: weather.Percent(3), Duplicate: weather.Percent(2)}

// TestDesync: when one machine computes another state, all are told, with the
// first compared frame that differs, whatever the interval, and only once.
func TestDesync(t *testing.T) {
	const wrong = 307 // the step that goes wrong on one machine
	for _, c := range []struct {
		interval int
		frame    netcode.Frame
	}{{1, wrong + 1}, {60, 360}, {7, 308}} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			t.Run(fmt.Sprintf("interval %d, rollback %d", c.interval, rollback), func(t *testing.T) {
				seeds.Each(t, 4, func(t *testing.T, seed uint64) {
					m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: rollback, CheckInterval: c.interval})
					sick := m.players[seed%4]
					sick.game.wrongAt = wrong
					m.runTo(t, 600, 30*time.Second)
					for i, p := range m.players {
						told := map[peer.ID]bool{}
						for _, d := range find[netcode.Desync](p) {
							if d.Frame != c.frame || d.Ours == d.Theirs || told[d.Peer] || d.Peer == p.id {
								t.Errorf("player %d: %v, want frame %d, once", i, d, c.frame)
							}
							told[d.Peer] = true
						}
						want := 1 // the sick one
						if p == sick {
							want = 3 // everyone else
						}
						if len(told) != want || p != sick && !told[sick.id] || !p.sess.Stats().Desynced {
							t.Errorf("player %d was told of %d others, want %d", i, len(told), want)
						}
					}
				})
			})
		}
	}
}

// TestNoFalseDesync: no delay, 300 ms, and controls that change in every frame,
// so that nearly every frame is predicted wrongly: every hash is right anyway.
func TestNoFalseDesync(t *testing.T) {
	seeds.Each(t, 4, func(t *testing.T, seed uint64) {
		m := newMatch(t, seed, 4, far, netcode.Config{InputDelay: netcode.NoDelay, MaxRollback: netcode.MaxRollback, CheckInterval: 1})
		for _, p := range m.players {
			p.onTick = func(p *player) {
				p.held = keys{Left: !p.held.Left, Right: p.dice.Below(2) == 0, Aim: p.held.Aim + 1}
			}
		}
		m.runTo(t, 900, time.Minute)
		m.mustAgree(t, 900)
		for i, p := range m.players {
			st := p.sess.Stats()
			if st.DeepestRollback < 9 || st.RolledBackFrames < 3*900 {
				t.Errorf("player %d: hardly anything was predicted: deepest %d, %d frames", i, st.DeepestRollback, st.RolledBackFrames)
			}
			if st.Checks < 3*800 || st.InputDelayFrames != 0 {
				t.Errorf("player %d: %d checks, delay %d", i, st.Checks, st.InputDelayFrames)
			}
		}
	})
}

// TestConfirmedNeverChanges: a frame is confirmed with the state that all have
// in the end, on every machine, at every moment.
func TestConfirmedNeverChanges(t *testing.T) {
	for _, delay := range []int{netcode.NoDelay, 0, 3} {
		seeds.Each(t, 4, func(t *testing.T, seed uint64) {
			m := newMatch(t, seed, 3, weather.Storm(), netcode.Config{InputDelay: delay})
			final := make([][]uint64, len(m.players)) // states as they were when first confirmed
			settled := make([]netcode.Frame, len(m.players))
			for i, p := range m.players {
				p.onTick = func(p *player) {
					st := p.sess.Stats()
					for f := netcode.Frame(len(final[i])); f < st.Confirmed; f++ {
						final[i] = append(final[i], p.game.hashes[f])
					}
					if st.Settled < settled[i] || st.Settled > st.Confirmed || st.Confirmed > st.Frame {
						t.Errorf("player %d: settled %d after %d, confirmed %d, frame %d", i, st.Settled, settled[i], st.Confirmed, st.Frame)
					}
					settled[i] = st.Settled
				}
			}
			m.runTo(t, 600, 2*time.Minute)
			m.mustAgree(t, 600)
			for i := range final {
				if len(final[i]) < 590 {
					t.Fatalf("player %d saw only %d frames confirmed", i, len(final[i]))
				}
				for f := range min(600, len(final[i])) {
					if final[i][f] != m.players[0].game.hashes[f] {
						t.Fatalf("player %d: the state before frame %d changed after the frame was confirmed", i, f)
					}
				}
			}
		})
	}
}
