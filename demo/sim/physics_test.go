package sim

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// Nothing leaves the arena, nothing gets too fast, whatever eight wild players do.
func TestEveryFrameIsValid(t *testing.T) {
	seeds.Each(t, 6, func(t *testing.T, seed uint64) {
		w, s := begin(seed, 8), script{seed: seed, seats: 8}
		far, fast := fixp.Q16(0), fixp.Q16(0)
		for frame := range MatchFrames + 2000 {
			w.Step(s.at(frame))
			if err := w.validate(); err != nil {
				t.Fatalf("frame %d: %v", frame, err)
			}
			far, fast = max(far, w.puck.pos.X.Abs()), max(fast, w.puck.vel.Len())
		}
		if far < q(HalfW-20) || fast < q(4) {
			t.Errorf("the puck came to %v at speed %v: nothing was tested", far, fast)
		}
	})
}

// Not only where play leads: from any place at any speed a body ends up inside.
func TestConfineFromAnywhere(t *testing.T) {
	r := fixp.NewRand(1)
	reach, hits := q(HalfW+60), 0
	for i := range 200000 {
		b := body{
			fixp.Vec2{X: r.Between(-reach, reach), Y: r.Between(-reach, reach)},
			fixp.Polar(r.Between(0, maxPuckSpeed), r.Angle()),
		}
		radius, puck, before := q(ShipRadius), i%2 == 0, b.vel
		if puck {
			radius = q(PuckRadius)
		}
		if hit := confine(&b.pos, &b.vel, radius, wallBounce, puck); hit.speed > 0 {
			hits++
		}
		if !inside(b.pos, radius, puck) || !b.vel.Within(before.Len()+speedSlack) {
			t.Fatalf("left at %v, speed %v, was %v", b.pos, b.vel, before)
		}
	}
	if hits < 10000 {
		t.Errorf("only %d hits", hits)
	}
}

// alone puts one ship and the puck into play and everybody else far away.
func alone(t *testing.T, ship, puck body) *World {
	t.Helper()
	w := begin(1, 4)
	playOn(t, w)
	for i := range w.ships[:w.n] {
		w.ships[i].body = body{pos: fixp.V(-40+26*i, 80)}
	}
	w.ships[0].body, w.puck = ship, puck
	return w
}

// The fastest ship and the fastest puck, head on, in every offset at which they
// must touch, never pass through each other.
func TestNoTunnelling(t *testing.T) {
	offsets := []int{-20, 20} // these two pass
	for offset := -ShipRadius - PuckRadius + 1; offset < ShipRadius+PuckRadius; offset++ {
		offsets = append(offsets, offset)
	}
	for _, offset := range offsets {
		for start := range 15 { // where in the frame they meet
			w := alone(t,
				body{fixp.V(-50, 0), fixp.Vec2{X: dashSpeed}},
				body{fixp.V(30+start, offset), fixp.Vec2{X: -maxPuckSpeed}})
			w.ships[0].dash = dashFrames
			for range 8 {
				w.Step(idle)
			}
			if clear := offset == -20 || offset == 20; clear {
				if w.touch != noSeat || w.ships[0].pos.X < w.puck.pos.X {
					t.Fatalf("premise: with room between them they do not pass: %v, %v", w.ships[0].body, w.puck)
				}
			} else if w.touch != 0 {
				t.Errorf("offset %d, start %d: no touch; ship %v, puck %v", offset, start, w.ships[0].body, w.puck)
			}
			if offset == 0 && w.puck.vel.X <= 0 {
				t.Errorf("start %d: the puck was not thrown back: %v", start, w.puck)
			}
		}
	}
}

func TestHitKeepsMomentum(t *testing.T) {
	r := fixp.NewRand(2)
	hits := 0
	for range 2000 {
		ship := body{fixp.V(0, 0), fixp.Polar(r.Between(0, topSpeed), r.Angle())}
		puck := body{fixp.Polar(q(ShipRadius+PuckRadius-1), r.Angle()), fixp.Polar(r.Between(0, q(4)), r.Angle())}
		w := alone(t, ship, puck)
		momentum := ship.vel.Scale(q(4)).Add(puck.vel)
		w.collide()
		after := w.ships[0].vel.Scale(q(4)).Add(w.puck.vel)
		if w.puck.vel != puck.vel {
			hits++
		}
		if !after.Sub(momentum).Within(64) {
			t.Fatalf("momentum was %v, is %v", momentum, after)
		}
		energy := func(s, p fixp.Vec2) fixp.Q16 { return s.Dot(s)*4 + p.Dot(p) }
		if before, now := energy(ship.vel, puck.vel), energy(w.ships[0].vel, w.puck.vel); now > before+256 {
			t.Fatalf("energy was %v, is %v", before, now)
		}
	}
	if hits < 500 {
		t.Errorf("only %d hits", hits)
	}
}

// A dash sends the puck off faster than a ship can fly: it is worth its cooldown.
func TestDashShoots(t *testing.T) {
	speed := func(dash bool) fixp.Q16 {
		w := alone(t, body{fixp.V(-30, 0), fixp.Vec2{}}, body{})
		for i := range 24 {
			w.Step(input(Keys{Right: true, Dash: dash && i > 0}, Keys{}, Keys{}, Keys{}))
			if w.touch == 0 {
				return w.puck.vel.Len()
			}
		}
		t.Fatal("no hit")
		return 0
	}
	if push, shot := speed(false), speed(true); shot < 2*push || shot < 2*topSpeed {
		t.Errorf("a push gives %v, a dash %v", push, shot)
	}
}

// Swapping left and right and the teams gives exactly the mirrored match: neither
// side nor seat order gains a single bit.
func TestMirror(t *testing.T) {
	goals := 0
	seeds.Each(t, 6, func(t *testing.T, seed uint64) {
		a, b := begin(seed, 8), begin(seed, 8)
		s := script{seed: seed, seats: 8, humans: true}
		for frame := range 2 * MatchFrames {
			in := s.at(frame)
			var moves [8]Keys
			for i := range moves {
				move := in.Seats[i^1].Move
				move.Left, move.Right = move.Right, move.Left
				moves[i] = move
			}
			a.Step(in)
			b.Step(input(moves[:]...))
			if got := movingOf(b); got != movingOf(reflect(a)) {
				t.Fatalf("frame %d: not mirrored", frame)
			}
			if a.phase == GoalPause && a.timer == GoalFrames {
				goals++
			}
		}
	})
	if goals == 0 {
		t.Error("no goal was scored")
	}
}

// moving is what a mirror acts on.
type moving struct {
	bodies [MaxShips + 1]body
	score  [2]uint8
	touch  uint8
	phase  Phase
	clock  uint16
}

// movingOf returns what moves in w.
func movingOf(w *World) moving {
	m := moving{score: w.score, touch: w.touch, phase: w.phase, clock: w.clock}
	for i := range w.ships {
		m.bodies[i] = w.ships[i].body
	}
	m.bodies[MaxShips] = w.puck
	return m
}

// reflect returns w in a mirror: left is right, and the teams swap seats.
func reflect(w *World) *World {
	m := *w
	flip := func(b body) body { return body{mirror(b.pos, true, false), mirror(b.vel, true, false)} }
	for i := range m.ships {
		m.ships[i].body = flip(w.ships[i^1].body)
	}
	m.puck = flip(w.puck)
	m.score = [2]uint8{w.score[1], w.score[0]}
	if w.touch != noSeat {
		m.touch = w.touch ^ 1
	}
	return &m
}

// Who comes from both sides at once touched it at once: the goal is nobody's.
func TestTouchAtOnce(t *testing.T) {
	w := begin(1, 4)
	playOn(t, w)
	w.puck = body{}
	var feed Feed
	hits := 0
	for range 60 {
		w.Step(input(Keys{Right: true}, Keys{Left: true}, Keys{}, Keys{}))
		for _, e := range feed.New(w) {
			if e.Kind == Hit {
				hits++
			}
		}
		if w.touch != noSeat {
			t.Fatalf("touched by ship %d alone", w.touch)
		}
	}
	if hits < 2 {
		t.Errorf("%d hits: nothing was tested", hits)
	}
}
