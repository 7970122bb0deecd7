package netcode_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// parting is one way in which five players are parted for ten seconds.
type parting struct {
	name     string
	minority []int
	oneWay   int  // 0: both ways; 1: the minority is not heard; 2: it does not hear
	dying    int  // who falls silent before it, so that its drop may be under way; -1 is nobody
	stands   bool // neither side can be sure to go on
}

var partings = []parting{
	{"three and two", []int{3, 4}, 0, -1, false},
	{"two and three", []int{0, 1}, 0, -1, false},
	{"mixed", []int{0, 3}, 0, -1, false},
	{"four and one", []int{2}, 0, -1, false},
	{"unheard", []int{3, 4}, 1, -1, false},
	{"deaf", []int{0, 1}, 2, -1, true},
	{"into a drop of the minority", []int{3, 4}, 0, 4, false},
	{"into a drop of the majority", []int{3, 4}, 0, 0, true},
}

// part cuts the minority off.
func (s *scene) part(c *parting) {
	for _, in := range c.minority {
		for out, p := range s.players {
			if slices.Contains(c.minority, out) {
				continue
			}
			if c.oneWay != 2 {
				s.net.CutOneWay(s.players[in].id, p.id)
			}
			if c.oneWay != 1 {
				s.net.CutOneWay(p.id, s.players[in].id)
			}
		}
	}
}

// TestMinority: five players are parted for ten seconds. At most one side goes
// on. The other is told within the time that detection takes and a second, and
// comes back into the match of those who went on.
func TestMinority(t *testing.T) {
	for i := range partings {
		c := &partings[i]
		t.Run(c.name, func(t *testing.T) {
			var told, back series
			went := 0
			seeds.Each(t, 12, func(t *testing.T, seed uint64) {
				if c.play(t, seed, &told, &back) {
					went++
				}
			})
			t.Logf("one side went on in %d; the other was told after %v; all played again %v after the healing", went, &told, &back)
		})
	}
}

// play reports whether one of the sides went on.
func (c *parting) play(t *testing.T, seed uint64, told, back *series) (went bool) {
	s := newScene(5, simnet.Config{Seed: seed, Weather: ordinary}, netcode.Config{}, asIs)
	s.runTo(t, 100, 10*time.Second)
	dice := weather.NewDice(seed)
	if c.dying >= 0 {
		// It was silent for 700 to 1,700 ms when the cut comes: before it is
		// missed, while the others agree on it, or after that.
		s.isolate(s.players[c.dying], true)
		s.net.RunFor(700*time.Millisecond + time.Duration(dice.Below(uint64(time.Second))))
	} else {
		s.net.RunFor(time.Duration(dice.Below(uint64(100 * time.Millisecond))))
	}
	cut := s.net.Now()
	s.part(c)
	s.net.RunFor(dropAfter + time.Second)
	var early [5]netcode.Frame
	for i, p := range s.players {
		early[i] = p.sess.Stats().Frame
	}
	s.net.RunFor(8 * time.Second)
	var goes [2]bool // the majority, the minority
	for i, p := range s.players {
		if st := p.sess.Stats(); st.Frame > early[i] && !st.Guest { // a guest follows what it hears
			goes[b2i(slices.Contains(c.minority, i))] = true
		}
	}
	switch {
	case goes[0] && goes[1]:
		s.dump(t)
		t.Fatal("both sides went on")
	case !c.stands && !goes[0]:
		s.dump(t)
		t.Fatal("the majority did not go on")
	}
	for i, p := range s.players {
		if i == c.dying || goes[b2i(slices.Contains(c.minority, i))] {
			continue
		}
		at, ok := s.firstAfter(i, 0, func(e netcode.Event) bool {
			_, split := e.(netcode.Split)
			return split || isOwn(e)
		})
		if !ok || at > cut+dropAfter+time.Second {
			s.dump(t)
			t.Fatalf("player %d, which stands, was told %v after the cut: %v", i, at-cut, p.events)
		}
		told.add(at - cut)
	}
	s.net.HealAll()
	healed := s.net.Now()
	back.add(s.mustBeWhole(t, 10*time.Second))
	s.mustAct(t, 5*time.Second)
	for i, p := range s.players {
		for _, d := range find[netcode.Dropped](p) {
			if d.Own {
				if at, ok := s.firstAfter(i, healed, isBack); !ok {
					t.Fatalf("player %d was dropped and never told that it is back, %v", i, at)
				}
			}
		}
	}
	lost := s.net.Total(peer.Moves)
	if lost.Lost*50 < lost.Sent {
		t.Fatalf("only %d of %d datagrams were lost", lost.Lost, lost.Sent)
	}
	return goes[0] || goes[1]
}
