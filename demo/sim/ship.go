package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// How ships fly. Speeds are units per frame.
const (
	thrust       fixp.Q16 = 8520  // 0.13 per frame
	turnBoost    fixp.Q16 = 4260  // on top while thrusting against the flight, so that turns bite
	cruise       fixp.Q16 = 62915 // 0.96 of the speed stays each frame: about 3.1 at most
	coast        fixp.Q16 = 60293 // 0.92 hands off: stops within half a second
	topSpeed     fixp.Q16 = 196608
	dashSpeed    fixp.Q16 = 360448 // 5.5
	dashFrames            = 10     // no drag, no steering
	dashCooldown          = 70
	maxShipSpeed fixp.Q16 = 425984 // 6.5, after any collision
)

// steer turns what is held into speed.
func (w *World) steer(keys *[MaxShips]Keys) {
	for i := range w.ships[:w.n] {
		s, k := &w.ships[i], keys[i]
		edge := k.Dash && !s.held
		s.held = k.Dash
		if s.emoteFor > 0 {
			if s.emoteFor--; s.emoteFor == 0 {
				s.emote = 0
			}
		}
		d := k.dir()
		if d != noDir {
			s.facing = d
		}
		if w.phase == Countdown {
			continue
		}
		if s.cooldown > 0 {
			s.cooldown--
		}
		if edge && s.cooldown == 0 {
			s.dash, s.cooldown = dashFrames, dashCooldown
			s.vel = units[s.facing].Scale(dashSpeed)
			w.note(Event{Kind: Dash, Seat: i, Team: team(i), Pos: s.pos, Power: dashSpeed})
		}
		s.fly(d)
	}
}

// fly applies thrust and drag; during a dash neither.
func (s *ship) fly(d dir) {
	if s.dash > 0 {
		if s.dash--; s.dash == 0 {
			s.vel = s.vel.ClampLen(topSpeed)
		}
		return
	}
	if d == noDir {
		s.vel = s.vel.Scale(coast)
		return
	}
	push := thrust
	if s.vel.Dot(units[d]) < 0 {
		push += turnBoost
	}
	s.vel = s.vel.Add(units[d].Scale(push)).Scale(cruise)
}
