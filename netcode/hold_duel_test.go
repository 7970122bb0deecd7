package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestDuel: two ways to get an agreement wrong, brought about on purpose. Either
// the only one with the last moves of the dead promises and dies at once, while
// full datagrams carry a promise without all of its moves; or the voters lose
// each other just when the first has voted, so that a second leader tries
// while the first one's decree may be decided already.
func TestDuel(t *testing.T) {
	matches, silenced, torn := 0, 0, 0
	seeds.Each(t, 200, func(t *testing.T, seed uint64) {
		v := newVigil(seed, 5, seed%2 == 0, ordinary)
		below := func(d time.Duration) time.Duration { return time.Duration(v.dice.Below(uint64(d))) }
		dies := v.dice.Below(2) == 0
		for _, h := range v.heirs {
			h.talks = dies
		}
		v.begin(t, 40)
		first := int(v.dice.Below(5))
		holder := (first + 1 + int(v.dice.Below(4))) % 5
		d := &death{victim: first, heard: 1 << holder, more: 1 + int(v.dice.Below(7)), way: mutely}
		v.strike(d)
		if dies {
			v.diesPromising(holder, int(v.dice.Below(3)), func() { silenced++ })
		}
		voted := false
		for _, h := range v.heirs {
			tick := h.onTick
			h.onTick = func() {
				if tick != nil {
					tick()
				}
				if state := h.sess.Agreement(); !voted && !dies && state == epoch.Voted {
					voted = true
					torn++
					v.scatter(func() (bool, time.Duration) {
						return v.dice.Below(2) == 0, 100*time.Millisecond + below(800*time.Millisecond)
					})
				}
			}
		}
		v.until(t, "the first death", time.Second, func() bool { return v.heirs[first].dead })
		v.inherit(t, 8*time.Second)
		matches++
	})
	t.Logf("%d matches; %d holders died right after their promise, %d times the voters lost each other", matches, silenced, torn)
	if matches >= 100 && (silenced*4 < matches || torn*4 < matches) {
		t.Errorf("%d and %d of %d", silenced, torn, matches)
	}
}

// diesPromising ends a player a few ticks after it promised, during which all
// hear it.
func (v *vigil) diesPromising(i, ticks int, died func()) {
	h := v.heirs[i]
	v.onFirst = func() {
		for o := range v.heirs {
			v.shape(i, o, ordinary)
		}
	}
	h.onTick = func() {
		if h.sess.Agreement() != epoch.Promised {
			return
		}
		if ticks == 0 {
			v.die(i)
			died()
		}
		ticks--
	}
}

// scatter mutes ways between the living.
func (v *vigil) scatter(choose func() (cut bool, span time.Duration)) {
	for from, a := range v.heirs {
		for to, b := range v.heirs {
			if cut, span := choose(); from != to && !a.dead && !b.dead && cut {
				v.mute(from, to, span)
			}
		}
	}
}
