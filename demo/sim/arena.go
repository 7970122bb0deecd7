package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// The arena in units: a rectangle with rounded corners and a goal in the middle
// of either short side.
const (
	HalfW      = 160 // from the centre to the goal lines
	HalfH      = 90  // from the centre to the long walls
	Corner     = 44  // radius of the rounded corners
	GoalHalf   = 27  // half the width of a goal's mouth
	GoalDepth  = 18  // from the goal line to the back of the net
	ShipRadius = 8
	PuckRadius = 5
)

// q is fixp.Int for constants.
func q(n int) fixp.Q16 { return fixp.Q16(n << 16) }

// bump says how hard a wall was hit; the zero value is not at all.
type bump struct {
	speed fixp.Q16 // into the wall
}

// confine keeps a body of radius r inside the arena: it moves pos to the nearest
// allowed place and reflects the part of vel that goes into the wall, keeping the
// share bounce of it. Only the puck may enter the goals.
//
// The arena has two mirror axes: the work is done in the quadrant x, y >= 0.
func confine(pos, vel *fixp.Vec2, r, bounce fixp.Q16, puck bool) (hit bump) {
	flipX, flipY := pos.X < 0, pos.Y < 0
	p, v := mirror(*pos, flipX, flipY), mirror(*vel, flipX, flipY)
	stop := func(speed *fixp.Q16, pos *fixp.Q16, limit fixp.Q16) {
		if *pos <= limit {
			return
		}
		*pos = limit
		if *speed > 0 {
			hit.speed = max(hit.speed, *speed)
			*speed = -speed.Mul(bounce)
		}
	}
	along := func(n fixp.Vec2) { // n points into the wall
		if into := v.Dot(n); into > 0 {
			hit.speed = max(hit.speed, into)
			v = v.Sub(n.Scale(into.Add(into.Mul(bounce))))
		}
	}
	switch {
	case puck && p.X > q(HalfW)-r && p.Y < q(GoalHalf):
		if p.X > q(HalfW) { // in the net, which swallows most of the speed
			stop(&v.Y, &p.Y, q(GoalHalf)-r)
			stop(&v.X, &p.X, q(HalfW+GoalDepth)-r)
			break
		}
		// In the mouth: the posts are points.
		post := fixp.Vec2{X: q(HalfW), Y: q(GoalHalf)}
		if off := post.Sub(p); off.Within(r) {
			n := off.Norm()
			p = post.Sub(n.Scale(r))
			along(n)
		}
	case p.X > q(HalfW-Corner) && p.Y > q(HalfH-Corner):
		centre := fixp.V(HalfW-Corner, HalfH-Corner)
		if off := p.Sub(centre); !off.Within(q(Corner) - r) {
			n := off.Norm()
			p = centre.Add(n.Scale(q(Corner) - r))
			along(n)
		}
	default:
		stop(&v.X, &p.X, q(HalfW)-r)
		stop(&v.Y, &p.Y, q(HalfH)-r)
	}
	*pos, *vel = mirror(p, flipX, flipY), mirror(v, flipX, flipY)
	return hit
}

// mirror flips the parts of v.
func mirror(v fixp.Vec2, x, y bool) fixp.Vec2 {
	if x {
		v.X = v.X.Neg()
	}
	if y {
		v.Y = v.Y.Neg()
	}
	return v
}

// inside reports whether a body of radius r at pos is where confine leaves it;
// rounding may put it a thousandth of a unit into the wall.
func inside(pos fixp.Vec2, r fixp.Q16, puck bool) bool {
	const slack = 64
	p := mirror(pos, pos.X < 0, pos.Y < 0)
	switch {
	case puck && p.X > q(HalfW) && p.X <= q(HalfW+GoalDepth)-r+slack:
		return p.Y <= q(GoalHalf)-r+slack
	case puck && p.X > q(HalfW)-r+slack && p.X <= q(HalfW) && p.Y < q(GoalHalf):
		return !p.Sub(fixp.V(HalfW, GoalHalf)).Within(r - slack)
	case p.X > q(HalfW-Corner) && p.Y > q(HalfH-Corner):
		return p.Sub(fixp.V(HalfW-Corner, HalfH-Corner)).Within(q(Corner) - r + slack)
	}
	return p.X <= q(HalfW)-r+slack && p.Y <= q(HalfH)-r+slack
}
