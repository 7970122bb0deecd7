package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// play is a way to move the controls, and what it may cost.
type play struct {
	name      string
	steer     func(p *holder)
	low, high float64 // changes of the controls in a second
	most      int64   // bytes a second from one player; 0 is not bounded
}

// TestHoldTraffic: what four players with moves of four bytes send at 50 ms and
// 1 % loss, counted by the network and not by the session, on all channels. A
// lively game stays within 62 datagrams a second on each link, 6,000 bytes a
// second from each player and 5 stalls a minute. Controls that nobody touches
// are cheaper; those that change in every frame are the dearest there are, and
// only their datagrams and stalls are bounded.
func TestHoldTraffic(t *testing.T) {
	even := weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(1)}
	jittery := even
	jittery.Jitter = 20 * time.Millisecond
	for _, c := range []play{
		{"idle", func(*holder) {}, 0, 0, 6000},
		{"lively", lively, 13, 18, 6000},
		{"every frame", func(p *holder) { p.move.Aim += 257 }, 58, 61, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds.Each(t, 2, func(t *testing.T, seed uint64) { testTraffic(t, seed, even, c) })
		})
		t.Run(c.name+", 20 ms of jitter", func(t *testing.T) {
			seeds.Each(t, 2, func(t *testing.T, seed uint64) { testTraffic(t, seed, jittery, c) })
		})
	}
}

// sent is what a match of four sent so far.
type sent struct {
	bytes    [4]int64    // per player, on all channels
	messages [4][4]int64 // per direction, on all channels
	stalls   [4]int64
	frames   netcode.Frame
	changes  int
}

func testTraffic(t *testing.T, seed uint64, w weather.Weather, c play) {
	const seconds = 120
	changes := 0
	m := newHold(seed, 4, w, netcode.Config{}, func(_ int, p *holder) {
		p.steer = func(p *holder) {
			before := p.move
			c.steer(p)
			if p.move != before {
				changes++
			}
		}
	})
	m.run(t, 10*time.Second)
	from := m.sent(changes)
	m.run(t, seconds*time.Second)
	to := m.sent(changes)

	m.mustLose(t, 0, 2)
	if lost := m.net.Total(peer.Moves).Lost; lost < 500 {
		t.Fatalf("only %d datagrams were lost", lost)
	}
	perSecond := float64(to.changes-from.changes) / 4 / seconds
	if perSecond < c.low || perSecond > c.high {
		t.Fatalf("the controls changed %.1f times a second, want %.1f to %.1f", perSecond, c.low, c.high)
	}
	if from.frames < 480 || to.frames-from.frames < seconds*59 {
		t.Fatalf("%d frames in 10 s, %d in %d s", from.frames, to.frames-from.frames, seconds)
	}
	if c.high > 0 { // idle players do not move, so their state is mostly the same
		m.mustAgree(t, to.frames)
	}
	var each []int64
	busiest, stalls := int64(0), int64(0)
	for i, p := range m.players {
		each = append(each, (to.bytes[i]-from.bytes[i])/seconds)
		stalls = max(stalls, to.stalls[i]-from.stalls[i])
		for k := range m.players {
			n := to.messages[i][k] - from.messages[i][k]
			busiest = max(busiest, n)
			if k != i && n < 58*seconds {
				t.Fatalf("player %d sent only %d messages to player %d", i, n, k)
			}
		}
		if p.stats.Checks < 3*(seconds-2) {
			t.Fatalf("player %d compared only %d hashes", i, p.stats.Checks)
		}
		if c.most > 0 && each[i] > c.most {
			t.Errorf("player %d sent %d bytes/s, want at most %d", i, each[i], c.most)
		}
	}
	t.Logf("%d bytes/s from each player, at most %.2f datagrams/s on a link, %.1f changes/s, at most %.1f stalls a minute, delays %d",
		each, float64(busiest)/seconds, perSecond, float64(stalls)*60/seconds, m.delays())
	if busiest > 62*seconds {
		t.Errorf("%.2f datagrams/s on a link, want at most 62", float64(busiest)/seconds)
	}
	if stalls*60 > 5*seconds {
		t.Errorf("%d stalls in %d s, want at most 5 a minute", stalls, seconds)
	}
}

// sent counts what went out so far, by the network's own count.
func (m *holdMatch) sent(changes int) sent {
	s := sent{frames: m.low(), changes: changes}
	for i, p := range m.players {
		s.stalls[i] = p.stats.StalledTicks
		for k, q := range m.players {
			for ch := range peer.Channels {
				n := m.net.Count(p.id, q.id, ch)
				s.bytes[i] += n.Bytes
				s.messages[i][k] += n.Sent
			}
		}
	}
	return s
}
