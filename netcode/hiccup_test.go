package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestDeathAmongHiccups: every survivor's program stands still now and then, for
// longer than what counts as running, and more often than it takes to miss
// somebody. The dead are dropped all the same, and nobody else is.
func TestDeathAmongHiccups(t *testing.T) {
	var took series
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		s := newScene(4, simnet.Config{Seed: seed, Weather: ordinary}, netcode.Config{}, asIs)
		dice, stood := weather.NewDice(seed), [4]int{}
		for i, p := range s.players {
			next := time.Duration(0)
			p.onTick = func(p *player) {
				p.every = time.Second / 60
				if now := s.net.Now(); now >= next {
					p.every = 260*time.Millisecond + time.Duration(dice.Below(uint64(140*time.Millisecond)))
					next = now + p.every + 400*time.Millisecond + time.Duration(dice.Below(uint64(400*time.Millisecond)))
					stood[i]++
				}
			}
		}
		s.runTo(t, 200, 20*time.Second)
		for i, p := range s.players {
			if len(find[netcode.Dropped](p)) > 0 {
				t.Errorf("player %d, while all lived: %v", i, p.events)
			}
		}
		s.players[3].dead = true
		died := s.net.Now()
		before := stood
		dropped := func() bool {
			for _, p := range s.players[:3] {
				if len(find[netcode.Dropped](p)) == 0 {
					return false
				}
			}
			return true
		}
		for !dropped() {
			if s.net.Now() > died+6*dropAfter {
				s.dump(t)
				t.Fatalf("%v after its death not all have dropped it", s.net.Now()-died)
			}
			s.net.RunFor(20 * time.Millisecond)
		}
		took.add(s.net.Now() - died)
		s.mustAct(t, 10*time.Second)
		for i, p := range s.players[:3] {
			if stood[i] < before[i]+2 {
				t.Errorf("premise: player %d stood still %d times since the death", i, stood[i]-before[i])
			}
			if d := find[netcode.Dropped](p); len(d) != 1 || d[0].Peer != s.players[3].id {
				t.Errorf("player %d was told %v", i, d)
			}
		}
	})
	t.Logf("dropped after %v", &took)
}
