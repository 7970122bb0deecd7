package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// A puck that ships hold fast, in a corner say, bursts free: otherwise two
// stubborn players could stand there until the end.
const (
	jamFrames          = 75     // of being held until it bursts
	jamReach           = 2      // units between ship and puck that still count as held
	jamSlow   fixp.Q16 = 52429  // 0.8 units a frame is not held
	popSpeed  fixp.Q16 = 294912 // 4.5, of the puck towards the centre
	popReach           = 36     // ships so close are thrown back
	popShip   fixp.Q16 = 196608 // 3, how fast
)

// unjam counts how long the puck has been held, and lets it burst free.
func (w *World) unjam() {
	if w.phase != Play || !w.puck.vel.Within(jamSlow) || !w.held() {
		w.jam -= min(w.jam, 2)
		return
	}
	if w.jam++; w.jam < jamFrames {
		return
	}
	w.jam = 0
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		if off := s.pos.Sub(w.puck.pos); off.Within(q(popReach)) {
			s.vel, s.dash = off.Norm().Scale(popShip), 0
		}
	}
	w.puck.vel = w.puck.pos.Norm().Scale(-popSpeed)
	w.note(Event{Kind: Pop, Seat: -1, Pos: w.puck.pos, Power: popSpeed})
}

// held reports whether a ship touches the puck.
func (w *World) held() bool {
	for i := range w.ships[:w.n] {
		if w.ships[i].pos.Sub(w.puck.pos).Within(q(ShipRadius + PuckRadius + jamReach)) {
			return true
		}
	}
	return false
}
