package stage

import (
	"math"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode/fixp"
)

// motion turns frames that arrive none or three at a time into steady movement:
// it keeps the last two states it saw and shows a moment between them, on a
// clock of its own that is bent towards the simulation's.
type motion struct {
	old, new snapshot
	now      float64 // the frame shown, between old.frame and a little after new.frame
	bodies   [sim.MaxShips + 1]shown
}

// snapshot is where everything was in one frame.
type snapshot struct {
	frame float64
	pos   [sim.MaxShips + 1][2]float32 // the ships, then the puck in the last place
}

// shown is a body as drawn now.
type shown struct {
	x, y   float32
	vx, vy float32 // units per frame
	turn   float32 // radians, clockwise from right
}

const (
	puckBody = sim.MaxShips
	lag      = 0.6 // frames that the picture runs behind: hides uneven arrival
	leap     = 16  // units per frame: faster is not flight but a new kick-off
)

// pass takes in the world after frames of time passed on the wall.
func (m *motion) pass(w *sim.World, frames float64) {
	m.see(take(w), frames)
	for i := range w.Ships() {
		s, b := w.Ship(i), &m.bodies[i]
		b.vx, b.vy = units(s.Vel)
		b.turn = turnTowards(b.turn, heading(s), 1-float32(math.Pow(0.65, frames)))
	}
	p := &m.bodies[puckBody]
	p.vx, p.vy = units(w.Puck().Vel)
}

// see takes in where everything is and moves the bodies to where they are to be
// drawn.
func (m *motion) see(s snapshot, frames float64) {
	if s.frame != m.new.frame {
		m.old = m.new
		if d := s.frame - m.old.frame; d < 0 || d > 30 { // a new match, or a long sleep
			m.old, m.now = s, s.frame
		}
	}
	m.new = s // also when the frame is the same: a rollback may have changed it
	m.now += frames
	m.now += (m.new.frame - lag - m.now) * 0.12 * math.Min(frames, 3)
	m.now = math.Max(m.old.frame, math.Min(m.now, m.new.frame+0.5))

	span := m.new.frame - m.old.frame
	k := float32(1)
	if span > 0 {
		k = float32((m.now - m.old.frame) / span)
	}
	for i := range m.bodies {
		b, from, to := &m.bodies[i], m.old.pos[i], m.new.pos[i]
		dx, dy := to[0]-from[0], to[1]-from[1]
		if far := leap * max(1, float32(span)); dx*dx+dy*dy > far*far {
			from, dx, dy = to, 0, 0
		}
		b.x, b.y = from[0]+dx*k, from[1]+dy*k
	}
}

func take(w *sim.World) snapshot {
	s := snapshot{frame: float64(w.Frame())}
	for i := range w.Ships() {
		s.pos[i][0], s.pos[i][1] = units(w.Ship(i).Pos)
	}
	s.pos[puckBody][0], s.pos[puckBody][1] = units(w.Puck().Pos)
	return s
}

// units returns a vector of the simulation as floats.
func units(v fixp.Vec2) (x, y float32) { return float32(v.X) / 65536, float32(v.Y) / 65536 }

// heading returns the direction a ship points to, in radians clockwise from right.
func heading(s sim.Ship) float32 { return float32(s.Facing) * (2 * math.Pi / 65536) }

// turnTowards moves an angle a share of the shorter way to another.
func turnTowards(from, to, share float32) float32 {
	d := math.Remainder(float64(to-from), 2*math.Pi)
	return from + float32(d)*share
}
