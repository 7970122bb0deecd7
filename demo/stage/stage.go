package stage

import (
	"image/color"
	"math"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// Stage draws one match after the other. The zero value is ready. It belongs to
// the goroutine that calls it.
type Stage struct {
	// Seat is the seat of the player who looks; its ship is marked. -1 is a
	// spectator.
	Seat int
	// Names are the players' names by seat; "" is no player.
	Names [sim.MaxShips]string
	// Busy says that something else lies over the lower part of the picture: the
	// hints give way.
	Busy bool
	// Touch says that the player has no keyboard: the hints follow.
	Touch bool
	// Detail is how much of the session's numbers is shown.
	Detail Detail
	// Thumb is where the player's thumb steers on a touch screen.
	Thumb Thumb

	sheet  ink.Sheet
	floor  floorArt
	motion motion
	feed   sim.Feed
	works  fireworks
	shake  shake
	trails [sim.MaxShips + 1]trail
	thrust [sim.MaxShips]float32 // 0 to 1, how bright each flame is
	heat   [sim.MaxShips]float32 // 1 while a ship dashes, then cooling to 0
	toasts toasts
	meter  meter
	called call
	pulse  [2]float32 // 1 to 0 after each goal of a team
	flash  float32    // 1 to 0 after a goal
	hints  float32    // presence of the key hints, 1 to 0
	time   float64    // frames since the beginning
	moved  bool       // the player flew and dashed: the hints may go
	begun  bool
}

// call is the newest goal or kick-off.
type call struct {
	age        float32 // frames since
	seat, team int
}

// Begin makes the stage ready for another match, seen from a seat.
func (g *Stage) Begin(seat int) {
	shown := Stage{
		Seat: seat, Touch: g.Touch, Detail: g.Detail, sheet: g.sheet, floor: g.floor, toasts: g.toasts, time: g.time,
	}
	*g = shown
}

// Rest lets time pass while no match is shown.
func (g *Stage) Rest(dt time.Duration) { g.time += math.Min(dt.Seconds()*sim.FrameRate, 15) }

// Blink lets carets blink while a match stands still.
func (g *Stage) Blink() { g.time += 0.8 }

// Say shows a message for a few seconds.
func (g *Stage) Say(text string) { g.toasts.add(text) }

// Pass takes in the world after dt passed on the wall: everything that flies,
// fades or shakes moves on.
func (g *Stage) Pass(w *sim.World, st netcode.Stats, dt time.Duration) {
	frames := math.Min(dt.Seconds()*sim.FrameRate, 15)
	f := float32(frames)
	if !g.begun {
		g.begun, g.hints = true, 1
		g.called.age = math.MaxFloat32
	}
	g.time += frames
	g.motion.pass(w, frames)
	for _, e := range g.feed.New(w) {
		g.react(w, e)
	}
	g.fly(w, f)
	g.works.pass(f)
	g.shake.pass(frames)
	g.toasts.pass(f)
	g.meter.pass(st.BytesIn+st.BytesOut, dt)
	g.called.age += f
	for i := range g.pulse {
		g.pulse[i] = max(0, g.pulse[i]-f/40)
	}
	g.flash = max(0, g.flash-f/45)
	if g.moved || w.Clock() < sim.MatchFrames-12*sim.FrameRate {
		g.hints = max(0, g.hints-f/40)
	}
}

// fly lets trails and flames follow the ships.
func (g *Stage) fly(w *sim.World, f float32) {
	for i := range w.Ships() {
		ship, b := w.Ship(i), &g.motion.bodies[i]
		if ship.Dashing {
			g.heat[i] = 1
		} else {
			g.heat[i] = max(0, g.heat[i]-f/14)
		}
		g.trails[i].pass(b.x, b.y, g.heat[i], f)
		speed := float32(math.Hypot(float64(b.vx), float64(b.vy)))
		g.thrust[i] += (min(1, speed/2.6) - g.thrust[i]) * min(1, 0.2*f)
		if i == g.Seat && ship.Dashing {
			g.moved = true
		}
	}
	p := &g.motion.bodies[puckBody]
	speed := float32(math.Hypot(float64(p.vx), float64(p.vy)))
	g.trails[puckBody].pass(p.x, p.y, min(1, speed/7), f)
}

// react turns an event of the simulation into light.
func (g *Stage) react(w *sim.World, e sim.Event) {
	x, y := units(e.Pos)
	power := float32(e.Power) / 65536
	switch e.Kind {
	case sim.Hit:
		g.works.burst(x, y, 4+int(power*4), 0.8+power*0.45, 0, 2*math.Pi, 22, hull(e.Seat))
		g.works.ring(x, y, 6+power*3, 14, 1.2, hull(e.Seat))
		g.shake.hit(min(0.35, power*0.05))
	case sim.Clash:
		g.works.burst(x, y, 3+int(power*3), 0.6+power*0.35, 0, 2*math.Pi, 18, snow)
		g.shake.hit(min(0.25, power*0.04))
	case sim.Wall:
		inwards := float32(math.Atan2(float64(-y), float64(-x)))
		g.works.burst(x, y, 2+int(power*2), 0.6+power*0.3, inwards, math.Pi, 18, wall)
	case sim.Dash:
		back := heading(w.Ship(e.Seat)) + math.Pi
		g.works.burst(x, y, 14, 2.6, back, 1.1, 24, hull(e.Seat))
		g.works.ring(x, y, 16, 16, 1.4, hull(e.Seat))
	case sim.Goal:
		g.goal(e, x, y)
	case sim.KickOff:
		g.called = call{seat: -1}
		g.works.ring(0, 0, 60, 30, 1.5, snow)
	}
}

// goal is the moment it is all about.
func (g *Stage) goal(e sim.Event, x, y float32) {
	c := teamColor[e.Team]
	g.called = call{seat: e.Seat, team: e.Team}
	g.pulse[e.Team], g.flash = 1, 1
	g.shake.hit(0.9)
	inwards := float32(0)
	if x > 0 {
		inwards = math.Pi
	}
	g.works.burst(x, y, 120, 5.5, inwards, 2.4, 70, c)
	g.works.burst(x, y, 40, 3, 0, 2*math.Pi, 50, snow)
	for i := range 3 {
		g.works.ring(x, y, 50+45*float32(i), 34+10*float32(i), 2.4, c)
	}
}

// Draw draws the picture.
func (g *Stage) Draw(dst *ebiten.Image, w *sim.World, st netcode.Stats) {
	size := dst.Bounds().Size()
	l := fit(size.X, size.Y)
	dx, dy := g.shake.offset()
	g.floor.draw(dst, l, dx*l.scale, dy*l.scale)

	s := &g.sheet
	s.Begin(l.scale, l.dx+dx*l.scale, l.dy+dy*l.scale)
	g.drawWorld(s, w)
	s.Map(l.scale, l.dx, l.dy)
	drawScore(s, w, g.pulse)
	if !g.Busy {
		drawHints(s, g.Touch, g.hints)
	}
	g.drawCall(s, w)
	g.toasts.draw(s)
	s.Map(1, 0, 0)
	drawThumb(s, g.Thumb, l.scale)
	s.Map(l.scale, l.dx, l.dy)
	drawNumbers(s, g.Detail, w, st, g.meter.rate, ebiten.ActualFPS(), g.Touch)
	s.Flush(dst)
}

// drawWorld draws what is inside the arena.
func (g *Stage) drawWorld(s *ink.Sheet, w *sim.World) {
	if g.flash > 0 {
		c := teamColor[g.called.team].Light()
		s.Fill(outline(0), c.Fade(0.22*g.flash*g.flash))
		walls(s, [2]ink.Color{c.Fade(g.flash), c.Fade(g.flash)}, ink.Pen{Width: 2.2, Glow: 16, Shine: 0.6 * g.flash, Flat: true})
		mouth(s, 1-g.called.team, ink.Pen{Width: 3, Color: c.Fade(g.flash), Glow: 24, Shine: 0.8 * g.flash, Flat: true})
	}
	for i := range w.Ships() {
		b := g.motion.bodies[i]
		g.trails[i].draw(s, b.x, b.y, 9, hull(i))
	}
	puck, b := w.Puck(), g.motion.bodies[puckBody]
	glow := snow
	if puck.Last >= 0 {
		glow = teamColor[puck.Last&1]
	}
	g.trails[puckBody].draw(s, b.x, b.y, 7, glow)
	for i := range w.Ships() {
		drawShip(s, w.Ship(i), g.motion.bodies[i], i == g.Seat, g.thrust[i], g.time+float64(7*i))
	}
	drawPuck(s, puck, b)
	g.works.draw(s)
	for i := range w.Ships() {
		ship := w.Ship(i)
		switch {
		case w.Phase() == sim.Countdown && w.Clock() == sim.MatchFrames:
			drawTag(s, g.motion.bodies[i], g.seatName(ship), hull(i).Mix(snow, 0.4))
		case g.Names[i] != "" && !ship.Bot && i != g.Seat && !(w.Phase() == sim.Result && ship.Ready):
			drawTag(s, g.motion.bodies[i], g.seatName(ship), hull(i).Mix(snow, 0.4).Fade(0.8))
		}
		if w.Phase() == sim.Result && ship.Ready {
			drawTag(s, g.motion.bodies[i], "READY", snow)
		}
		drawEmote(s, ship, g.motion.bodies[i])
	}
}

// rgba returns an opaque colour for Ebitengine.
func rgba(c ink.Color) color.RGBA {
	return color.RGBA{uint8(c.R * 255), uint8(c.G * 255), uint8(c.B * 255), 255}
}
