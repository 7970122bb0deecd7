package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestDuel: two ways to get an agreement wrong, brought about on purpose. Either
// the only one with the last moves of the dead promises and dies at once, while
// full datagrams carry a promise without all of its moves; or two who voted do
// not hear each other, so that a rival who never heard of their vote leads a
// second attempt while the first may be decided at any moment.
func TestDuel(t *testing.T) {
	matches, silenced, rivals := 0, 0, 0
	seeds.Each(t, 200, func(t *testing.T, seed uint64) {
		v := newVigil(seed, 5, seed%2 == 0, ordinary)
		dies := v.dice.Below(2) == 0
		for _, h := range v.heirs {
			h.talks = dies
		}
		v.begin(t, 40)
		first := int(v.dice.Below(5))
		holder := (first + 1 + int(v.dice.Below(4))) % 5
		d := &death{victim: first, heard: 1 << holder, more: 1 + int(v.dice.Below(2)), way: mutely}
		if dies {
			d.way, d.more = plainly, 5+int(v.dice.Below(3))
			v.diesPromising(holder, func() { silenced++ })
		}
		v.strike(d)
		var order [4]int // of the others
		for i := range order {
			order[i] = (first + 1 + i) % 5
		}
		for i := 3; i > 0; i-- {
			j := v.dice.Below(uint64(i + 1))
			order[i], order[j] = order[j], order[i]
		}
		if !dies {
			v.onFirst = func() {
				if v.proposer != holder {
					rivals++
					v.part(holder, order[:])
				}
			}
		}
		v.until(t, "the first death", time.Second, func() bool { return v.heirs[first].dead })
		v.inherit(t, 5*time.Second)
		matches++
	})
	t.Logf("%d matches; %d holders died right after their promise, %d times voters did not hear each other", matches, silenced, rivals)
	if matches >= 100 && (silenced*5 < matches || rivals*8 < matches) {
		t.Errorf("%d and %d of %d", silenced, rivals, matches)
	}
}

// sluice is a link whose moves get through only as it is told.
type sluice struct {
	peer.Link
	shut bool
	to   peer.ID // one more datagram to this one passes; zero is none
}

func (g *sluice) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if g.shut && ch == peer.Moves {
		if to != g.to {
			return nil // lost on the way
		}
		g.to = peer.ID{}
	}
	return g.Link.Send(to, ch, b)
}

// diesPromising lets one datagram of a player that has the last moves of the
// dead through to who leads: one that carries its promise. Then it dies.
func (v *vigil) diesPromising(i int, died func()) {
	h := v.heirs[i]
	v.net.After(120*time.Millisecond, func() { h.gate.shut = true })
	ticks := 0
	h.onTick = func() {
		if h.sess.Agreement() != epoch.Promised {
			return
		}
		switch ticks++; ticks {
		case 1:
			h.gate.to = v.heirs[v.proposer].id
		case 2:
			v.die(i)
			died()
		}
	}
}

// part is called when the first of them has proposed. It keeps that one's decree
// from a rival, and two that will vote for it from each other and from the
// leader, until about when the rival tries. One of the two has moves of the dead
// that the rival lacks.
func (v *vigil) part(holder int, others []int) {
	leader := v.proposer
	var rest []int
	for _, o := range others {
		if o != leader && o != holder {
			rest = append(rest, o)
		}
	}
	a, b, rival := holder, rest[0], rest[1]
	until := 340*time.Millisecond + time.Duration(v.dice.Below(uint64(4*roundTrip)))
	soon := func() time.Duration { return until + time.Duration(v.dice.Below(uint64(2*roundTrip))) - roundTrip }
	v.mute(leader, rival, until)
	v.mute(a, b, soon())
	v.mute(b, a, soon())
	v.net.After(130*time.Millisecond, func() { // their promises are on the way
		v.mute(a, leader, until)
		v.mute(b, leader, until)
	})
}
