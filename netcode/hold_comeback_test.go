package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// uneven is a network on which moves come in bunches, so that a player confirms
// several frames at once.
var uneven = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 40 * time.Millisecond, Loss: weather.Percent(6)}

// TestComeback: a player dies and comes back as another process, or is cut off
// for a while and comes back, to players whose delays differ. It takes its seats
// again on the same frame everywhere, and no frame that anyone had confirmed
// changes for it.
func TestComeback(t *testing.T) {
	var away series
	matches, restarts, rollbacks := 0, 0, 0
	seeds.Each(t, 100, func(t *testing.T, seed uint64) {
		v := newTuned(seed, 4, seed%2 == 0, uneven, func(i int, cfg *netcode.Config) {
			cfg.InputDelay = 1 + (i+int(seed))%4*4
		})
		v.begin(t, 40)
		x := int(v.dice.Below(4))
		old := v.heirs[x]
		gone := dropAfter + 300*time.Millisecond + time.Duration(v.dice.Below(uint64(time.Second)))
		restart := v.dice.Below(2) == 0
		if restart {
			v.vanish(x)
		} else {
			for i := range v.heirs {
				if i != x {
					v.mute(i, x, gone)
					v.mute(x, i, gone)
				}
			}
		}
		v.net.RunFor(gone)
		if restart {
			v.enter(x)
		}
		from := v.net.Now()
		v.until(t, "it is back", 10*time.Second, func() bool {
			for _, h := range v.heirs {
				if h.sess.Stats().Guest || len(backs(h)) == 0 {
					return false
				}
			}
			return true
		})
		away.add(v.net.Now() - from)
		at := backs(v.heirs[x])[0].Frame
		v.until(t, "all play on", 5*time.Second, func() bool { return v.low(func(*heir) bool { return true }) >= at+60 })
		v.mustBeOne(t)
		for i, h := range v.heirs {
			if b := backs(h); len(b) != 1 || b[0].Frame != at || b[0].Peer != old.id {
				v.dump(t)
				t.Fatalf("player %d: %v; want one return on frame %d", i, b, at)
			}
			if st := h.sess.Stats(); st.Seat[x].Status != netcode.Playing {
				t.Fatalf("player %d sees the one that is back %v", i, st.Seat[x].Status)
			}
			for f := range old.game.settled {
				if h.game.sealed[f] != old.game.sealed[f] {
					t.Fatalf("player %d: frame %d of the old process is another one", i, f)
				}
			}
		}
		matches++
		restarts += b2i(restart)
		rollbacks += v.rollbacks()
	})
	t.Logf("%d matches, %d with a new process, %d rollbacks; all played again after %v", matches, restarts, rollbacks, &away)
	if rollbacks < matches {
		t.Errorf("%d rollbacks in %d matches", rollbacks, matches)
	}
}

// vanish ends a process whose player will start another one.
func (v *vigil) vanish(i int) {
	h := v.heirs[i]
	h.dead = true
	for ch := range peer.Channels {
		v.net.Link(h.id).Bind(peer.Channel(ch), nil)
	}
}

func backs(h *heir) (all []netcode.Back) {
	for _, e := range h.events {
		if b, ok := e.(netcode.Back); ok {
			all = append(all, b)
		}
	}
	return all
}
