package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// How the last moves of the dead are kept from being the same everywhere when
// the agreement on where they end begins.
const (
	plainly = iota // who has them passes them on as ever
	mutely         // who has them is not heard just then
	tardily        // they are under way just then
	ways
)

// death is one player's: its last moves reach only some of the others.
type death struct {
	victim int
	heard  uint8 // who hears its last moves
	more   int   // how many of them
	way    int
	began  time.Duration // when its way to the rest ended
	healed time.Duration // when the survivors heard each other again
}

// strike begins a death: the way from the victim to those who do not hear it is
// cut, and the victim dies when its log has more moves than then.
func (v *vigil) strike(d *death) {
	d.began = v.net.Now()
	d.healed = d.began
	h := v.heirs[d.victim]
	seat := d.victim
	// Who misses it does so after 1,050 to 1,150 ms.
	span := 1030*time.Millisecond + time.Duration(v.dice.Below(uint64(100*time.Millisecond)))
	for i := range v.heirs {
		switch {
		case i == d.victim:
		case d.heard>>i&1 == 0:
			v.mute(d.victim, i, 0)
		case d.way == tardily:
			v.shape(d.victim, i, weather.Weather{Latency: span, Jitter: ordinary.Jitter})
		case d.way == mutely:
			v.muffle(i, d, span)
		}
	}
	last := h.sess.Stats().Seat[seat].Held + netcode.Frame(d.more)
	h.onTick = func() {
		if h.sess.Stats().Seat[seat].Held >= last {
			v.die(d.victim)
		}
	}
	if d.more == 0 {
		v.die(d.victim)
	}
}

// muffle keeps one who hears the victim from passing its moves on.
func (v *vigil) muffle(i int, d *death, span time.Duration) {
	const head = 60 * time.Millisecond // moves are passed on after 80 ms
	v.net.After(head, func() {
		for o := range v.heirs {
			if o != i && d.heard>>o&1 == 0 && o != d.victim {
				v.mute(i, o, span-head)
			}
		}
	})
	d.healed = max(d.healed, d.began+span)
}

// spread returns by how many moves of a player the survivors differ.
func (v *vigil) spread(seat int) int {
	low, high := netcode.Frame(1<<30), netcode.Frame(0)
	for _, h := range v.heirs {
		if !h.dead {
			held := h.sess.Stats().Seat[seat].Held
			low, high = min(low, held), max(high, held)
		}
	}
	return int(high - low)
}

// TestDeath: a player's last 0 to 7 moves reach some of the others only. All
// survivors end up with the same ones, and nothing that anyone of them had
// confirmed, and nothing that the dead had settled, is different then.
func TestDeath(t *testing.T) {
	var took [3]series
	var all, late series
	var torn [8]int
	matches, outs, rollbacks := 0, 0, 0
	seeds.Each(t, 240, func(t *testing.T, seed uint64) {
		n, more := []int{3, 4, 6}[seed%3], int(seed/3%8)
		v := newVigil(seed, n, seed/24%2 == 0, ordinary)
		v.begin(t, 40)
		d := &death{victim: int(v.dice.Below(uint64(n))), more: more, way: mutely}
		if v.dice.Below(2) == 0 {
			d.way = int(v.dice.Below(ways))
		}
		for d.heard = 0; d.heard == 0 && seed%16 != 0; {
			d.heard = uint8(v.dice.Below(1<<n)) &^ (1 << d.victim)
		}
		v.onFirst = func() { torn[min(v.spread(d.victim), 7)]++ }
		v.strike(d)
		v.until(t, "the death", time.Second, func() bool { return v.heirs[d.victim].dead })
		v.inherit(t, 5*time.Second)
		matches++
		rollbacks += v.rollbacks()
		if v.rollbacks() == 0 {
			t.Error("nothing was predicted wrong")
		}
		from, to, out := d.agreed(v)
		if out {
			outs++
			return
		}
		if to-from > 4*roundTrip {
			late.add(to - from)
			t.Logf("seed %d: %+v took %v", seed, d, to-from)
		}
		all.add(to - from)
		took[seed%3].add(to - from)
	})
	differ := matches - torn[0]
	t.Logf("%d matches, %d rollbacks; at the first promise the survivors differed by 0, 1, 2, … moves in %v; %d survivors dropped", matches, rollbacks, torn, outs)
	for i, n := range []int{3, 4, 6} {
		t.Logf("%d players: from the last suspicion to the new epoch %v", n, &took[i])
	}
	t.Logf("all: %v; in round trips p50 %.2f, p99 %.2f, at most %.2f", &all, rtts(all.at(50)), rtts(all.at(99)), rtts(all.at(100)))
	if matches >= 100 {
		if differ*6 < matches {
			t.Errorf("in only %d of %d matches the survivors differed when they began to agree", differ, matches)
		}
		if tooMany(len(late.all), matches) {
			t.Errorf("%d of %d took longer than four round trips: %v", len(late.all), matches, &late)
		}
	}
}

func rtts(d time.Duration) float64 { return float64(d) / float64(roundTrip) }

// agreed returns when the last survivor missed the dead one, or could be heard
// again, and when all were in the new epoch; out says that one was dropped.
func (d *death) agreed(v *vigil) (from, to time.Duration, out bool) {
	from = d.healed
	for _, h := range v.heirs {
		if h.dead {
			continue
		}
		out = out || h.dropped
		from, to = max(from, h.suspected[d.victim]), max(to, h.entered[1])
	}
	return min(from, to), to, out
}
