package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/weather"
)

var home = weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(1)} // 50 ms there and back

// TestPace: machines whose Update runs at other rates, whose clocks drift or who
// came late play at one pace, close together.
func TestPace(t *testing.T) {
	tick := time.Second / 60
	for _, c := range []struct {
		name   string
		every  [3]time.Duration // between two Ticks
		ppm    [3]int           // by how much the clock is fast
		spread netcode.Frame
	}{
		{"60 Hz", [3]time.Duration{tick, tick, tick}, [3]int{}, 2},
		{"59 to 61 Hz", [3]time.Duration{time.Second / 59, tick, time.Second / 61}, [3]int{}, 2},
		{"144 and 240 Hz", [3]time.Duration{time.Second / 144, tick, time.Second / 240}, [3]int{}, 2},
		{"drift", [3]time.Duration{tick, tick, tick}, [3]int{200, 0, -200}, 2},
		{"a 1 % clock", [3]time.Duration{tick, tick, tick}, [3]int{10_000, 0, 0}, 3},
		{"10 Hz", [3]time.Duration{time.Second / 10, tick, tick}, [3]int{}, 7},
		{"9 Hz", [3]time.Duration{time.Second / 9, tick, tick}, [3]int{}, 8},
		{"all 10 Hz", [3]time.Duration{time.Second / 10, time.Second / 10, time.Second / 10}, [3]int{}, 8},
	} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			t.Run(c.name, func(t *testing.T) {
				m := newMatch(t, 1, 3, home, netcode.Config{MaxRollback: rollback})
				for i, p := range m.players {
					p.every = c.every[i]
					p.drift = c.ppm[i]
				}
				m.net.RunFor(10 * time.Second)
				from := m.players[1].sess.Stats()
				worst := netcode.Frame(0)
				for range 600 {
					m.net.RunFor(100 * time.Millisecond)
					low, high := netcode.Frame(1<<30), netcode.Frame(0)
					for _, p := range m.players {
						f := p.sess.Stats().Frame
						low, high = min(low, f), max(high, f)
					}
					worst = max(worst, high-low)
				}
				to := m.players[1].sess.Stats()
				m.mustAgree(t, to.Confirmed-20)
				frames, stalls := to.Confirmed-from.Confirmed, to.StalledTicks-from.StalledTicks
				t.Logf("rollback %d: at most %d frames apart, %d frames and %d stalls in a minute, delay %d", rollback, worst, frames, stalls, to.InputDelayFrames)
				if worst > c.spread {
					t.Errorf("up to %d frames apart, want %d", worst, c.spread)
				}
				if frames < 3560 || frames > 3640 {
					t.Errorf("%d frames in a minute", frames)
				}
				if stalls > 20 {
					t.Errorf("%d stalls in a minute", stalls)
				}
			})
		}
	}
}

// TestLateStart: one player comes 2 s later; nobody steps before, and all step
// together from frame 0.
func TestLateStart(t *testing.T) {
	m := newMatch(t, 1, 3, rough, netcode.Config{})
	late := m.players[1]
	late.dead = true
	m.net.RunFor(2 * time.Second)
	for i, p := range m.players {
		if st := p.sess.Stats(); st.Frame != 0 || p != late && st.Phase != netcode.Greeting {
			t.Fatalf("player %d did not wait: %v", i, st)
		}
		if w := find[netcode.Waiting](p); p != late && (len(w) != 1 || len(w[0].For) != 1 || w[0].For[0] != late.id) {
			t.Errorf("player %d was told %v", i, p.events)
		}
	}
	late.dead = false
	m.start(late, 0)
	m.net.RunFor(time.Second)
	low, high := netcode.Frame(1<<30), netcode.Frame(0)
	for _, p := range m.players {
		f := p.sess.Stats().Frame
		low, high = min(low, f), max(high, f)
	}
	if low < 45 || high-low > 3 {
		t.Errorf("after a second the players are at frames %d to %d", low, high)
	}
	m.runTo(t, 300, 10*time.Second)
	m.mustAgree(t, 300)
}

// TestAdaptiveDelay: the input delay settles where the path asks for it, comes
// up within a moment and goes down again when the path is better.
func TestAdaptiveDelay(t *testing.T) {
	at := func(rtt time.Duration) weather.Weather {
		return weather.Weather{Latency: rtt / 2, Jitter: rtt / 30, Loss: weather.Percent(1)}
	}
	for _, c := range []struct {
		rtt       time.Duration
		low, high [2]int // plain and with rollback
	}{
		{2 * time.Millisecond, [2]int{1, 1}, [2]int{3, 1}},
		{80 * time.Millisecond, [2]int{3, 1}, [2]int{6, 4}},
		{300 * time.Millisecond, [2]int{9, 6}, [2]int{14, 10}},
	} {
		for mode, rollback := range []int{netcode.NoRollback, 8} {
			m := newMatch(t, 1, 4, at(c.rtt), netcode.Config{MaxRollback: rollback})
			m.net.RunFor(15 * time.Second)
			delays := func() (low, high int) {
				low = 99
				for _, p := range m.players {
					d := p.sess.Stats().InputDelayFrames
					low, high = min(low, d), max(high, d)
				}
				return low, high
			}
			low, high := delays()
			t.Logf("%v, rollback %d: delay %d to %d", c.rtt, rollback, low, high)
			if low < c.low[mode] || high > c.high[mode] {
				t.Errorf("%v, rollback %d: delays %d to %d, want %d to %d", c.rtt, rollback, low, high, c.low[mode], c.high[mode])
			}
			before := m.players[0].sess.Stats().StalledTicks
			m.net.RunFor(20 * time.Second)
			if n := m.players[0].sess.Stats().StalledTicks - before; n > 10 {
				t.Errorf("%v, rollback %d: settled, and %d stalls in 20 s", c.rtt, rollback, n)
			}
			// Worse for 5 s, then as before.
			shape := func(w weather.Weather) {
				for _, a := range m.players {
					for _, b := range m.players {
						if a != b {
							if err := m.net.Shape(a.id, b.id, w); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
			}
			shape(at(c.rtt + 150*time.Millisecond))
			m.net.RunFor(3 * time.Second)
			if up, _ := delays(); up < low+2 {
				t.Errorf("%v, rollback %d: 150 ms more and after 3 s the delay went from %d to %d", c.rtt, rollback, low, up)
			}
			m.net.RunFor(2 * time.Second)
			shape(at(c.rtt))
			m.net.RunFor(30 * time.Second)
			if _, down := delays(); down > c.high[mode] {
				t.Errorf("%v, rollback %d: 30 s after the bad spell the delay is still %d", c.rtt, rollback, down)
			}
			m.mustAgree(t, m.players[0].sess.Stats().Confirmed-60)
		}
	}
}

// TestTraffic: what four players send at 50 ms and 1 % loss.
func TestTraffic(t *testing.T) {
	for _, hz := range []int{59, 60, 144, 240} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			m := newMatch(t, 1, 4, home, netcode.Config{MaxRollback: rollback})
			for _, p := range m.players {
				p.every = time.Second / time.Duration(hz)
				p.onTick = func(p *player) { // half of the keys and a stick change four times a second
					if f := p.sess.Stats().Frame; f%15 == 0 {
						p.held = keys{Left: f%2 == 0, Right: f%4 == 1, Aim: int16(f)}
					}
				}
			}
			m.net.RunFor(5 * time.Second)
			from := m.players[0].sess.Stats()
			m.net.RunFor(time.Minute)
			to := m.players[0].sess.Stats()
			bytes, messages := (to.BytesOut-from.BytesOut)/60, float64(to.MessagesOut-from.MessagesOut)/60/3
			stalls := to.StalledTicks - from.StalledTicks
			t.Logf("%d Hz, rollback %d: %d bytes/s, %.1f datagrams/s per link, %d stalls/min, delay %d", hz, rollback, bytes, messages, stalls, to.InputDelayFrames)
			most := int64(5500)
			if hz > 60 {
				most = 6100 // more entries, signed and acknowledged
			}
			if bytes > most || messages > 62 || stalls > 5 {
				t.Errorf("%d Hz, rollback %d: %d bytes/s, %.1f datagrams/s per link, %d stalls/min", hz, rollback, bytes, messages, stalls)
			}
			if to.Confirmed-from.Confirmed < 3590 || messages < 55 {
				t.Errorf("%d Hz: %d frames with %.1f datagrams/s per link", hz, to.Confirmed-from.Confirmed, messages)
			}
		}
	}
}
