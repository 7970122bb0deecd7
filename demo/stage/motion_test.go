package stage

import (
	"testing"

	"github.com/tuttiplay/tutti/demo/sim"
)

// at is everything at x in that frame.
func at(frame, x float32) snapshot {
	s := snapshot{frame: float64(frame)}
	for i := range s.pos {
		s.pos[i][0] = x
	}
	return s
}

func TestMotionIsSteadyWhenFramesAreNot(t *testing.T) {
	const speed = 3 // units per frame
	var m motion
	frame, last := float32(0), float32(0)
	// One picture per frame of time; the frames come in fits.
	for i, steps := range []float32{1, 1, 1, 1, 1, 1, 1, 1, 0, 2, 0, 2, 1, 0, 2, 1, 1, 0, 2, 0, 2, 1} {
		frame += steps
		m.see(at(frame, speed*frame), 1)
		x := m.bodies[0].x
		if moved := x - last; i > 6 && (moved < 0.5*speed || moved > 1.5*speed) {
			t.Errorf("picture %d moves %.2f units after %v frames; want about %d", i, moved, steps, speed)
		}
		if behind := frame*speed - x; i > 6 && (behind < -speed || behind > 2*speed) {
			t.Errorf("picture %d lies %.2f units behind", i, behind)
		}
		last = x
	}
}

func TestMotionDoesNotFlyToTheKickOff(t *testing.T) {
	var m motion
	m.see(at(10, 0), 1)
	m.see(at(11, 2), 1)
	m.see(at(12, 150), 1)
	if x := m.bodies[0].x; x != 150 {
		t.Errorf("a ship that was put elsewhere is drawn at %v; want 150", x)
	}
}

func TestMotionStartsAgain(t *testing.T) {
	var m motion
	m.see(at(5000, 9), 1)
	m.see(at(1, 4), 1)
	if x := m.bodies[0].x; x != 4 {
		t.Errorf("after a new start a ship is drawn at %v; want 4", x)
	}
}

func TestTurnTakesTheShorterWay(t *testing.T) {
	if got := turnTowards(0.1, 6.2, 0.5); got > 0.1 {
		t.Errorf("from 0.1 to 6.2 it turns to %v: the long way", got)
	}
}

func TestShakeCalmsDown(t *testing.T) {
	var s shake
	s.hit(0.9)
	s.hit(0.9)
	for range 60 {
		s.pass(1)
		if x, y := s.offset(); x*x+y*y > 64 {
			t.Fatalf("shakes by %v, %v units; at most 8", x, y)
		}
	}
	if x, y := s.offset(); x != 0 || y != 0 {
		t.Errorf("a second later it still shakes by %v, %v", x, y)
	}
}

func TestFireworksAreBounded(t *testing.T) {
	var f fireworks
	for range 100 {
		f.burst(0, 0, 50, 1, 0, 6, 1000, snow)
	}
	if len(f.sparks) > maxSparks {
		t.Errorf("%d sparks; at most %d", len(f.sparks), maxSparks)
	}
	f.pass(2000)
	if len(f.sparks) != 0 {
		t.Errorf("%d sparks burn for ever", len(f.sparks))
	}
}

func TestClock(t *testing.T) {
	for frames, want := range map[int]string{0: "0:00", 1: "0:01", 60: "0:01", 61: "0:02", sim.MatchFrames: "1:30"} {
		if got := clock(frames); got != want {
			t.Errorf("clock(%d) = %s; want %s", frames, got, want)
		}
	}
}
