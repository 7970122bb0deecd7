package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestHoldRelay: one pair of four never hears each other directly on Moves; the
// other two pass its moves on. In ten minutes nothing differs, and the median
// frame is confirmed at most 35 ms later than in the same match with all links,
// both since it was stepped and since its moves were made.
func TestHoldRelay(t *testing.T) {
	const (
		length = 10 * time.Minute
		settle = 600 // frames until measuring begins
	)
	type medians struct{ stepped, made, madePair time.Duration }
	measure := func(t *testing.T, seed uint64, parted bool) medians {
		m := newHold(seed, 4, holdWeather, netcode.Config{}, nil)
		m.run(t, time.Second) // they greet each other while they can
		for _, p := range m.players {
			if p.stats.Phase != netcode.Running {
				t.Fatalf("after a second: %v", p.stats)
			}
		}
		a, b := m.players[0], m.players[1]
		before := m.net.Count(a.id, b.id, peer.Moves).Delivered + m.net.Count(b.id, a.id, peer.Moves).Delivered
		if parted {
			m.net.Cut(a.id, b.id)
		}
		m.run(t, length)
		last := m.low()
		if last < netcode.Frame(length/time.Second)*59 {
			t.Fatalf("only %d frames in %v", last, length)
		}
		m.mustAgree(t, last)
		if came := m.net.Count(a.id, b.id, peer.Moves).Delivered + m.net.Count(b.id, a.id, peer.Moves).Delivered - before; (came == 0) != parted {
			t.Fatalf("parted %v: %d datagrams came through between the two", parted, came)
		}
		if !parted {
			m.mustLose(t, 1, 3)
		}
		m.mustRollBack(t, 100)
		var got medians
		var stepped, made, madePair []time.Duration
		var delays []int
		stalls := int64(0)
		for i, p := range m.players {
			for f := netcode.Frame(settle); f < last; f++ {
				stepped = append(stepped, p.sure[f]-p.saw[f])
				for k, q := range m.players {
					if k == i {
						continue
					}
					made = append(made, p.sure[f]-q.wrote[f])
					if i+k == 1 {
						madePair = append(madePair, p.sure[f]-q.wrote[f])
					}
				}
			}
			delays = append(delays, p.stats.InputDelayFrames)
			stalls += p.stats.StalledTicks
		}
		got.stepped, got.made, got.madePair = quantile(stepped, 500), quantile(made, 500), quantile(madePair, 500)
		t.Logf("parted %v: confirmed after %.1f ms since stepped (99 %%: %.1f), %.1f since made (99 %%: %.1f), within the pair %.1f (99 %%: %.1f); delays %d, %d stalls, %d frames, %d bytes/s per player",
			parted, millis(got.stepped), millis(quantile(stepped, 990)), millis(got.made), millis(quantile(made, 990)), millis(got.madePair), millis(quantile(madePair, 990)),
			delays, stalls, last, m.net.Total(peer.Moves).Bytes/4/int64(length/time.Second))
		return got
	}
	seeds.Each(t, 1, func(t *testing.T, seed uint64) {
		all, parted := measure(t, seed, false), measure(t, seed, true)
		for _, c := range []struct {
			since     string
			all, part time.Duration
			most      time.Duration
		}{
			{"stepped", all.stepped, parted.stepped, 35 * time.Millisecond},
			{"made", all.made, parted.made, 35 * time.Millisecond},
			// Between the two themselves every move takes a second path of 30 to 50
			// ms, and waits for a tick of whoever passes it on.
			{"made, within the pair", all.madePair, parted.madePair, 60 * time.Millisecond},
		} {
			if c.part-c.all > c.most {
				t.Errorf("since %s: the median frame is confirmed after %v, with all links after %v", c.since, c.part, c.all)
			}
		}
	})
}
