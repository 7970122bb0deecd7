package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestHoldRough: two players, 100 ms there and back and up to 50 ms more each
// way, one datagram in five lost, 5 % twice, 10 % late. For 36,000 frames all is
// the same on both, at most 1 % of the ticks stall, and of the frames 99 % are
// confirmed within 400 ms of being stepped.
func TestHoldRough(t *testing.T) {
	const frames = 36_000
	w := weather.Weather{
		Latency: 50 * time.Millisecond, Jitter: 50 * time.Millisecond, Loss: weather.Percent(20),
		Duplicate: weather.Percent(5), Reorder: weather.Percent(10),
	}
	seeds.Each(t, 1, func(t *testing.T, seed uint64) {
		m := newHold(seed, 2, w, netcode.Config{InputDelay: 3, MaxRollback: 8}, nil)
		m.runTo(t, frames, 11*time.Minute)
		m.mustAgree(t, frames)
		c := m.mustLose(t, 18, 22)
		if c.Duplicated*100 < c.Delivered*4 || c.Reordered*100 < c.Delivered*5 {
			t.Fatalf("of %d datagrams only %d came twice and %d late", c.Delivered, c.Duplicated, c.Reordered)
		}
		m.mustRollBack(t, 1000)
		for i, p := range m.players {
			late, worst := 0, time.Duration(0)
			var waits []time.Duration
			for f := range frames {
				wait := p.sure[f] - p.saw[f]
				waits = append(waits, wait)
				worst = max(worst, wait)
				if wait > 400*time.Millisecond {
					late++
				}
			}
			st := p.stats
			t.Logf("player %d: %d of %d ticks stalled, %d of %d frames confirmed later than 400 ms (median %.0f ms, 99 %% %.0f ms, worst %.0f ms), %d rollbacks, deepest %d, in %.1f s",
				i, st.StalledTicks, p.ticks, late, frames, millis(quantile(waits, 500)), millis(quantile(waits, 990)), millis(worst), st.Rollbacks, st.DeepestRollback, m.net.Now().Seconds())
			if st.StalledTicks*100 > p.ticks {
				t.Errorf("player %d: %d of %d ticks stalled", i, st.StalledTicks, p.ticks)
			}
			if late*100 > frames {
				t.Errorf("player %d: %d of %d frames were confirmed later than 400 ms", i, late, frames)
			}
		}
		// Stalls counted from outside: 36,000 frames are 600 s.
		if m.net.Now() > 607*time.Second {
			t.Errorf("%d frames took %v", frames, m.net.Now())
		}
	})
}
