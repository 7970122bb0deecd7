package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// Bot returns the keys that a bot would hold now at a seat. It is a pure function
// of the world, so it plays empty seats inside Step, and a headless process can
// feed it to a session as its player's input. Hands off if there is no such seat.
//
// Each bot has a character grown from the match seed and its seat, and a little
// noise that changes twice a second: it aims a bit off and misses some chances.
func Bot(w *World, seat int) Keys {
	if seat < 0 || seat >= int(w.n) || w.phase == Countdown {
		return Keys{}
	}
	b := look(w, seat)
	var target fixp.Vec2
	var dash bool
	switch w.phase {
	case Play:
		target, dash = b.plan()
	default: // home, after a goal or the match
		target = spots[seat/2]
	}
	k := b.flyTo(target)
	s := &w.ships[seat]
	k.Dash = dash && s.cooldown == 0 && !s.held
	k.Ready = w.phase == Result && w.timer < ResultFrames-minResultFrames
	if team(seat) == 1 {
		k.Left, k.Right = k.Right, k.Left
	}
	return k
}

// eye is what a bot sees, turned so that its team attacks to the right.
type eye struct {
	w          *World
	seat       int
	me, puck   body
	ahead      fixp.Vec2 // where the puck will be when the bot gets there
	spread     fixp.Q16  // character: how far it aims off, units
	reach      fixp.Q16  // character: from how far it shoots
	distracted bool      // for the moment: no reading ahead, no dash
}

// The bots' measures in units and frames.
const (
	botPace    = 3  // units per frame it counts on
	botLead    = 24 // frames it reads ahead at most
	botBrake   = 8  // frames of its own flight it allows for
	botMargin  = 12 // it does not aim nearer to a wall
	botBehind  = 26 // how far behind the puck it lines up
	keeperLine = 22 // in front of its goal
)

// Cosines of the angle between where the bot comes from and where the puck shall go.
const (
	botLinedUp fixp.Q16 = 51118 // 0.78: fly through the puck
	botShoot   fixp.Q16 = 60948 // 0.93: dash
)

// look turns the world for a bot and draws its noise.
func look(w *World, seat int) eye {
	b := eye{w: w, seat: seat, me: b2(w.ships[seat].body, seat), puck: b2(w.puck, seat)}
	character := fixp.NewRand(w.seed ^ uint64(seat+1)<<40)
	b.spread = fixp.Int(4 + character.Intn(12))
	b.reach = fixp.Int(36 + character.Intn(30))
	mood := b.noise(1)
	b.distracted = mood.Chance(1, 8)
	frames := fixp.Q16(0)
	if !b.distracted {
		way := b.puck.pos.Sub(b.me.pos).Len()
		frames = min(way/botPace, fixp.Int(botLead))
	}
	b.ahead = tame(b.puck.pos.Add(b.puck.vel.Scale(frames)))
	return b
}

// b2 turns a body so that the seat's team attacks to the right.
func b2(b body, seat int) body {
	left := team(seat) == 1
	return body{mirror(b.pos, left, false), mirror(b.vel, left, false)}
}

// tame brings a point to where a ship can fly.
func tame(p fixp.Vec2) fixp.Vec2 {
	x, y := q(HalfW-botMargin), q(HalfH-botMargin)
	return fixp.Vec2{X: min(max(p.X, -x), x), Y: min(max(p.Y, -y), y)}
}

// noise returns random numbers that change every half second, at another time for
// each bot. The state of the world is left alone: reading must not move it.
func (b *eye) noise(what uint64) fixp.Rand {
	moment := uint64(b.w.frame+uint32(b.seat)*7) / 32
	return fixp.NewRand(b.w.seed ^ fixp.Mix(moment<<16|uint64(b.seat)<<8|what))
}

// plan decides where to fly and whether to dash.
func (b *eye) plan() (target fixp.Vec2, dash bool) {
	chaser, keeper := b.roles()
	switch b.seat {
	case chaser:
		return b.attack()
	case keeper:
		return b.keep()
	}
	return b.support(), false
}

// roles picks, from all ships of the team (players included: a bot leaves the
// puck to the one who is nearer), who chases and who keeps the goal.
func (b *eye) roles() (chaser, keeper int) {
	cost := func(seat int) fixp.Q16 {
		ship := b2(b.w.ships[seat].body, b.seat)
		c := b.ahead.Sub(ship.pos).Len()
		if ship.pos.X > b.ahead.X { // has to fly round first
			c += q(40)
		}
		return c
	}
	chaser, keeper = team(b.seat), -1
	for i := chaser + 2; i < int(b.w.n); i += 2 {
		if cost(i) < cost(chaser) {
			chaser = i
		}
	}
	var last fixp.Q16
	for i := team(b.seat); i < int(b.w.n); i += 2 {
		if x := b2(b.w.ships[i].body, b.seat).pos.X; i != chaser && (keeper < 0 || x < last) {
			keeper, last = i, x
		}
	}
	return chaser, keeper
}

// attack flies behind the puck and then through it towards the goal.
func (b *eye) attack() (target fixp.Vec2, dash bool) {
	if b.stuck() {
		return fixp.Vec2{}, false
	}
	aim := b.noise(2)
	goal := fixp.Vec2{X: q(HalfW + PuckRadius), Y: aim.Between(-b.spread, b.spread)}
	line := goal.Sub(b.ahead).Norm() // the way the puck shall go
	to := b.ahead.Sub(b.me.pos)
	lined := to.Norm().Dot(line)
	if lined > botLinedUp {
		dash = lined > botShoot && to.Within(b.reach) && !b.distracted
		return b.ahead.Sub(line.Scale(q(PuckRadius))), dash
	}
	target = tame(b.ahead.Sub(line.Scale(q(botBehind))))
	lies := b.puck.vel.Within(fixp.Half)
	if target.Sub(b.me.pos).Within(q(6)) || b.distracted && lies {
		// No room behind it, or two stand in each other's way: poke it loose.
		return b.ahead, false
	}
	return b.around(target), false
}

// stuck reports whether the bot should let go of a puck that does not move.
func (b *eye) stuck() bool {
	slow := b.puck.vel.Within(fixp.Half)
	touching := b.puck.pos.Sub(b.me.pos).Within(q(ShipRadius + PuckRadius + 3))
	mood := b.noise(3)
	return slow && touching && b.w.jam > 20 && mood.Chance(1, 2)
}

// around returns target, or a point beside the puck if that is in the way: who
// comes from the front pushes it towards the own goal.
func (b *eye) around(target fixp.Vec2) fixp.Vec2 {
	way := target.Sub(b.me.pos)
	course := way.Norm()
	to := b.puck.pos.Sub(b.me.pos)
	forth := to.Dot(course)
	side := course.Perp()
	off := to.Dot(side)
	const room = ShipRadius + PuckRadius
	if forth < 0 || forth > way.Len() || off.Abs() > q(room+5) || to.X > q(room) {
		return target
	}
	if off > 0 {
		side = side.Neg()
	}
	return tame(b.puck.pos.Add(side.Scale(q(room + 12))))
}

// keep stays between the puck and the goal, and clears what comes near.
func (b *eye) keep() (target fixp.Vec2, dash bool) {
	p, v := b.puck.pos, b.puck.vel
	near := p.Sub(b.me.pos).Within(q(46))
	if near && b.me.pos.X < p.X && p.X < -q(HalfW/3) {
		return b.attack()
	}
	target = fixp.Vec2{X: -q(HalfW - keeperLine), Y: p.Y.Mul(fixp.Half)}
	if v.X < -fixp.One/2 && p.X > target.X { // it comes: be where it will pass
		target.Y = p.Y.Add(fixp.MulDiv(v.Y, p.X-target.X, -v.X))
	}
	limit := q(GoalHalf - 3)
	target.Y = min(max(target.Y, -limit), limit)
	far := target.Sub(b.me.pos)
	// A dash home must not take the puck along.
	dash = v.X < -2*fixp.One && p.X > b.me.pos.X && !far.Within(q(40)) && !b.distracted
	return b.around(target), dash
}

// support waits for the rebound, behind the puck and off its line.
func (b *eye) support() fixp.Vec2 {
	side := q(34)
	if b.seat/2%2 == 0 {
		side = -side
	}
	return b.around(tame(b.ahead.Add(fixp.Vec2{X: -q(54), Y: side})))
}

// flyTo returns the keys that bring the bot to a point, braking in time.
func (b *eye) flyTo(target fixp.Vec2) Keys {
	way := target.Sub(b.me.pos).Sub(b.me.vel.Scale(q(botBrake)))
	if way.Within(q(3)) {
		return Keys{}
	}
	// The eight directions part at an eighth of a right angle: tan 22.5° = 0.414.
	const eighth fixp.Q16 = 27146
	x, y := way.X.Abs(), way.Y.Abs()
	return Keys{
		Right: way.X > 0 && x > y.Mul(eighth),
		Left:  way.X < 0 && x > y.Mul(eighth),
		Down:  way.Y > 0 && y > x.Mul(eighth),
		Up:    way.Y < 0 && y > x.Mul(eighth),
	}
}
