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

// TestHoldTraffic: what four players with moves of four bytes send at 50 ms and
// 1 % loss, counted by the network and not by the session, on all channels. A
// lively game stays within 62 datagrams a second on each link, 6,000 bytes a
// second from each player and 5 stalls a minute. Controls that nobody touches
// are cheaper; those that change in every frame are the dearest there are, and
// only their datagrams and stalls are bounded.
func TestHoldTraffic(t *testing.T) {
	const length = 2 * time.Minute
	for _, path := range []struct {
		name string
		w    weather.Weather
	}{
		{"no jitter", weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(1)}},
		{"20 ms jitter", weather.Weather{Latency: 25 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(1)}},
	} {
		for _, c := range []struct {
			name      string
			steer     func(p *holder)
			low, high float64 // changes of the controls in a second
			bytes     int64   // a second, most; 0 is not bounded
		}{
			{"idle", func(*holder) {}, 0, 0, 6000},
			{"lively", lively, 13, 18, 6000},
			{"every frame", func(p *holder) { p.move.Aim += 257 }, 58, 61, 0},
		} {
			t.Run(path.name+", "+c.name, func(t *testing.T) {
				seeds.Each(t, 3, func(t *testing.T, seed uint64) {
					changes := 0
					m := newHold(seed, 4, path.w, netcode.Config{}, func(_ int, p *holder) {
						var before stick
						p.steer = func(p *holder) {
							c.steer(p)
							if p.move != before {
								changes++
							}
							before = p.move
						}
					})
					m.run(t, 10*time.Second)
					if m.low() < 480 {
						t.Fatalf("only %d frames in 10 s", m.low())
					}
					changes = 0
					frames := m.low()
					var bytes, messages [4][4]int64
					var stalls [4]int64
					count := func(sign int64) {
						for i, p := range m.players {
							for k, q := range m.players {
								for ch := range peer.Channels {
									n := m.net.Count(p.id, q.id, ch)
									bytes[i][k] += sign * n.Bytes
									messages[i][k] += sign * n.Sent
								}
							}
							stalls[i] += sign * p.stats.StalledTicks
						}
					}
					count(-1)
					m.run(t, length)
					count(1)
					frames = m.low() - frames
					m.mustLose(t, 0, 2)
					if lost := m.net.Total(peer.Moves).Lost; lost < 500 {
						t.Fatalf("only %d datagrams were lost", lost)
					}
					if perSecond := float64(changes) / 4 / length.Seconds(); perSecond < c.low || perSecond > c.high {
						t.Fatalf("the controls changed %.1f times a second, want %.1f to %.1f", perSecond, c.low, c.high)
					}
					if frames < netcode.Frame(length/time.Second)*59 {
						t.Fatalf("%d frames in %v", frames, length)
					}
					if c.name != "idle" { // nothing moves there
						m.mustAgree(t, m.low())
					}
					seconds := int64(length / time.Second)
					line, most, busiest, stalled := "", int64(0), int64(0), int64(0)
					for i, p := range m.players {
						sum := int64(0)
						for k := range m.players {
							sum += bytes[i][k]
							busiest = max(busiest, messages[i][k])
							if k != i && messages[i][k] < 58*seconds {
								t.Fatalf("player %d sent only %d messages to player %d", i, messages[i][k], k)
							}
						}
						most, stalled = max(most, sum), max(stalled, stalls[i])
						line += fmt.Sprintf(" %d", sum/seconds)
						if p.stats.Checks < 3*int(seconds-2) {
							t.Fatalf("player %d compared only %d hashes", i, p.stats.Checks)
						}
					}
					perLink := float64(busiest) / float64(seconds)
					t.Logf("%s, %s: bytes/s per player%s, at most %.2f datagrams/s per link, %.1f changes/s, stalls/min at most %.1f, delay %d",
						path.name, c.name, line, perLink, float64(changes)/4/length.Seconds(), float64(stalled)*60/float64(seconds), m.players[0].stats.InputDelayFrames)
					if c.bytes > 0 && most > c.bytes*seconds {
						t.Errorf("a player sent %d bytes/s, want at most %d", most/seconds, c.bytes)
					}
					if perLink > 62 {
						t.Errorf("%.2f datagrams/s on a link, want at most 62", perLink)
					}
					if stalled*60 > 5*seconds {
						t.Errorf("%d stalls in %v, want at most 5 a minute", stalled, length)
					}
				})
			})
		}
	}
}
