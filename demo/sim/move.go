package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// How things bounce. Shares are of the speed along the line of contact.
const (
	// substeps per frame: the fastest two bodies close in at 14.5 units a
	// frame, so in a substep less than a third of the sum of their radii.
	substeps              = 4
	puckGlide    fixp.Q16 = 65077  // 0.993 of its speed stays each frame
	maxPuckSpeed fixp.Q16 = 524288 // 8
	wallBounce   fixp.Q16 = 60293  // 0.92
	shipBounce   fixp.Q16 = 26214  // 0.4 off a wall
	hitBounce    fixp.Q16 = 58982  // 0.9 ship against puck
	clashBounce  fixp.Q16 = 45875  // 0.7 ship against ship
	puckShare    fixp.Q16 = 52429  // 0.8: a ship weighs four pucks
	shipShare    fixp.Q16 = 13107  // 0.2
	dashKick     fixp.Q16 = 98304  // 1.5 on top when a dash hits the puck
	edgeBand              = 14     // so close to a wall a slow puck
	edgeDrift    fixp.Q16 = 1311   // drifts back in, 0.02 per frame faster
	edgeSlow     fixp.Q16 = 52429  // up to 0.8: it never gets stuck
	minPower     fixp.Q16 = 39322  // 0.6: softer contacts are no events
	netDrag      fixp.Q16 = 45875  // 0.7 of the speed stays each frame in a net
)

// shove is what collisions add to a body in one substep. Sums do not care for
// their order, so neither seat nor side has an advantage.
type shove struct{ pos, vel fixp.Vec2 }

// move flies everything for one frame.
func (w *World) move() {
	w.drift()
	for range substeps {
		for i := range w.ships[:w.n] {
			s := &w.ships[i]
			s.pos = s.pos.Add(quarter(s.vel))
		}
		w.puck.pos = w.puck.pos.Add(quarter(w.puck.vel))
		w.collide()
		w.walls()
	}
}

// quarter returns a substep's share of v, rounded to the nearest.
func quarter(v fixp.Vec2) fixp.Vec2 { return v.Scale(fixp.One / substeps) }

// drift slows the puck, and brings it back from the walls where it would be hard
// to get at.
func (w *World) drift() {
	p := &w.puck
	p.vel = p.vel.Scale(puckGlide)
	flipX, flipY := p.pos.X < 0, p.pos.Y < 0
	pos, vel := mirror(p.pos, flipX, flipY), mirror(p.vel, flipX, flipY)
	switch mouth := pos.Y < q(GoalHalf); {
	case pos.X >= q(HalfW+PuckRadius):
		vel = vel.Scale(netDrag)
	case mouth && pos.X > q(HalfW):
		vel.X += edgeDrift // half in is drawn in: no ship could reach it
	case !mouth && pos.X > q(HalfW-PuckRadius-edgeBand) && vel.X > -edgeSlow:
		vel.X -= edgeDrift
	}
	if pos.Y > q(HalfH-PuckRadius-edgeBand) && vel.Y > -edgeSlow {
		vel.Y -= edgeDrift
	}
	p.vel = mirror(vel, flipX, flipY)
}

// collide lets all bodies that touch bounce off each other at once.
func (w *World) collide() {
	var ships [MaxShips]shove
	var puck shove
	deepest := fixp.Q16(-1)
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		if deep, ok := w.hit(i, &ships[i], &puck); ok && deep >= deepest {
			// Equally deep is nobody's, or one side would get it always.
			first := deep > deepest
			if deepest, w.touch = deep, uint8(i); !first {
				w.touch = noSeat
			}
		}
		for j := i + 1; j < int(w.n); j++ {
			w.clash(s, &w.ships[j], &ships[i], &ships[j], i)
		}
	}
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		s.pos = s.pos.Add(ships[i].pos)
		s.vel = s.vel.Add(ships[i].vel).ClampLen(maxShipSpeed)
	}
	w.puck.pos = w.puck.pos.Add(puck.pos)
	w.puck.vel = w.puck.vel.Add(puck.vel).ClampLen(maxPuckSpeed)
}

// contact returns the direction from a to b and how deep they overlap.
func contact(a, b fixp.Vec2, radii fixp.Q16) (n fixp.Vec2, deep fixp.Q16, ok bool) {
	off := b.Sub(a)
	if !off.Within(radii) {
		return n, 0, false
	}
	if n = off.Norm(); n.IsZero() {
		n.Y = fixp.One
	}
	return n, radii - off.Len(), true
}

// hit bounces ship i and the puck, which takes nearly all of it, and returns how
// deep they overlapped.
func (w *World) hit(i int, ship, puck *shove) (deep fixp.Q16, ok bool) {
	s := &w.ships[i]
	n, deep, ok := contact(s.pos, w.puck.pos, q(ShipRadius+PuckRadius))
	if !ok {
		return 0, false
	}
	puck.pos = puck.pos.Add(n.Scale(deep.Mul(puckShare)))
	ship.pos = ship.pos.Sub(n.Scale(deep.Mul(shipShare)))
	closing := s.vel.Sub(w.puck.vel).Dot(n)
	if closing <= 0 {
		return deep, true
	}
	power := closing.Add(closing.Mul(hitBounce))
	kick := power.Mul(puckShare)
	if s.dash > 0 {
		kick = kick.Add(dashKick)
	}
	puck.vel = puck.vel.Add(n.Scale(kick))
	ship.vel = ship.vel.Sub(n.Scale(power.Mul(shipShare)))
	if closing >= minPower {
		at := s.pos.Add(n.Scale(q(ShipRadius)))
		w.note(Event{Kind: Hit, Seat: i, Team: team(i), Pos: at, Power: closing})
	}
	return deep, true
}

// clash bounces two ships of the same weight.
func (w *World) clash(a, b *ship, shoveA, shoveB *shove, seat int) {
	n, deep, ok := contact(a.pos, b.pos, q(2*ShipRadius))
	if !ok {
		return
	}
	apart := n.Scale(deep.Mul(fixp.Half))
	shoveA.pos, shoveB.pos = shoveA.pos.Sub(apart), shoveB.pos.Add(apart)
	closing := a.vel.Sub(b.vel).Dot(n)
	if closing <= 0 {
		return
	}
	power := n.Scale(closing.Add(closing.Mul(clashBounce)).Mul(fixp.Half))
	shoveA.vel, shoveB.vel = shoveA.vel.Sub(power), shoveB.vel.Add(power)
	if closing >= minPower {
		w.note(Event{Kind: Clash, Seat: seat, Team: team(seat), Pos: a.pos.Add(n.Scale(q(ShipRadius))), Power: closing})
	}
}

// walls keeps everything in the arena; it comes last in a substep, so nothing is
// ever seen outside.
func (w *World) walls() {
	for i := range w.ships[:w.n] {
		confine(&w.ships[i].pos, &w.ships[i].vel, q(ShipRadius), shipBounce, false)
	}
	hit := confine(&w.puck.pos, &w.puck.vel, q(PuckRadius), wallBounce, true)
	if hit.speed >= minPower {
		w.note(Event{Kind: Wall, Seat: -1, Pos: w.puck.pos, Power: hit.speed})
	}
}
