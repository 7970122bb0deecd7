package pad

import (
	"testing"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

func TestTapOutlivesAnUpdateWithoutFrames(t *testing.T) {
	var p taps
	dash := sim.Keys{Dash: true}
	for i, step := range []struct {
		held sim.Keys
		next netcode.Frame
		want sim.Keys
	}{
		{dash, 7, dash},       // pressed, no frame is due
		{sim.Keys{}, 7, dash}, // released before one is
		{sim.Keys{Left: true}, 7, sim.Keys{Dash: true, Left: true}},
		{sim.Keys{}, 8, sim.Keys{}}, // frame 7 had it: done
		{dash, 8, dash},
	} {
		if got := p.hold(step.held, step.next); got != step.want {
			t.Errorf("step %d: %+v; want %+v", i, got, step.want)
		}
	}
}

func TestStickHasEightDirections(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want sim.Keys
	}{
		{0, 0, sim.Keys{}},
		{0.2, 0.2, sim.Keys{}},
		{1, 0, sim.Keys{Right: true}},
		{1, 0.3, sim.Keys{Right: true}},
		{0.7, 0.7, sim.Keys{Right: true, Down: true}},
		{0, -1, sim.Keys{Up: true}},
		{-0.7, -0.6, sim.Keys{Left: true, Up: true}},
	} {
		if got := stick(c.x, c.y, stickRest); got != c.want {
			t.Errorf("stick(%v, %v) = %+v; want %+v", c.x, c.y, got, c.want)
		}
	}
}
