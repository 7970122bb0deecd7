package stage

import (
	"math"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode/fixp"
)

// dart is the hull of a ship that points to the right: nose, wing, tail, wing.
var dart = [4][2]float32{{6.6, 0}, {-4.6, 4.6}, {-2.2, 0}, {-4.6, -4.6}}

// drawShip draws one ship where b is; mine is the one that this player flies.
func drawShip(s *ink.Sheet, ship sim.Ship, b shown, mine bool, thrust float32, time float64) {
	c := hull(ship.Seat)
	rim := ink.Pen{Width: 1.1, Color: c, Glow: 7, Shine: 0.42}
	if ship.Dashing {
		rim.Color, rim.Glow, rim.Shine = c.Mix(snow, 0.7), 12, 0.8
	}
	sin, cos := math.Sincos(float64(b.turn))
	at := func(x, y float32) (float32, float32) {
		return b.x + x*float32(cos) - y*float32(sin), b.y + x*float32(sin) + y*float32(cos)
	}
	if thrust > 0.05 { // the flame flickers
		long := 3 + 6*thrust + 1.6*float32(math.Sin(time*1.9))*thrust
		x0, y0 := at(-sim.ShipRadius+1, 0)
		x1, y1 := at(-sim.ShipRadius+1-long, 0)
		s.Fading(x0, y0, x1, y1,
			ink.Pen{Width: 4.4 * thrust, Color: snow.Mix(c, 0.45).Light(), Glow: 5, Shine: 0.45},
			ink.Pen{Width: 0.2, Color: c.Light().Fade(0.1)})
	}
	s.Dot(b.x, b.y, sim.ShipRadius-0.4, ink.Pen{Color: night.Mix(c, 0.16)})
	s.Ring(b.x, b.y, sim.ShipRadius-0.6, rim)

	var hullPoints [8]float32
	for i, p := range dart {
		hullPoints[2*i], hullPoints[2*i+1] = at(p[0], p[1])
	}
	h := hullPoints
	s.Fill([]float32{h[0], h[1], h[2], h[3], h[4], h[5]}, c)
	s.Fill([]float32{h[0], h[1], h[4], h[5], h[6], h[7]}, c.Mix(snow, 0.25))
	s.Path(hullPoints[:], true, ink.Pen{Width: 0.9, Color: c.Mix(snow, 0.3)})

	if mine {
		drawMine(s, ship, b, time)
	}
}

// drawMine marks the player's own ship: a ring of light that refills after each
// dash.
func drawMine(s *ink.Sheet, ship sim.Ship, b shown, time float64) {
	charge := float32(ship.Charge) / float32(fixp.One)
	const r = sim.ShipRadius + 3
	s.Ring(b.x, b.y, r, ink.Pen{Width: 0.7, Color: snow.Light().Fade(0.16)})
	p := ink.Pen{Width: 1.1, Color: snow.Fade(0.55 + 0.35*charge)}
	if charge >= 1 {
		p.Glow, p.Shine = 4, 0.25+0.1*float32(math.Sin(time*0.12))
	}
	s.Arc(b.x, b.y, r, -math.Pi/2, -math.Pi/2+2*math.Pi*charge, p)
}

// drawTag writes over a ship who flies it.
func drawTag(s *ink.Sheet, b shown, text string, c ink.Color) {
	s.Text(b.x, b.y-sim.ShipRadius-5.5, 3.6, ink.Center, cut(3.6, text, 46), ink.Pen{Color: c})
}

// emotes are what a ship can say, by number; the first is silence.
var emotes = [sim.Emotes + 1]string{"", "HELLO!", "NICE!", "GG", "WOW", "SORRY", "THANKS", "OOPS", "?!"}

// drawEmote shows what a ship says in a bubble over it.
func drawEmote(s *ink.Sheet, ship sim.Ship, b shown) {
	if ship.Emote < 1 || ship.Emote > sim.Emotes {
		return
	}
	text := emotes[ship.Emote]
	const size = 5
	half := ink.TextWidth(size, text) / 2
	y := b.y - sim.ShipRadius - 12
	s.Line(b.x-half, y, b.x+half, y, ink.Pen{Width: 11.6, Color: hull(ship.Seat), Glow: 5, Shine: 0.3})
	s.Line(b.x-half, y, b.x+half, y, ink.Pen{Width: 10, Color: night})
	s.Text(b.x, y+size/2.0, size, ink.Center, text, ink.Pen{Color: snow})
}

// drawPuck draws the puck, lit by who touched it last.
func drawPuck(s *ink.Sheet, p sim.Puck, b shown) {
	c := snow
	if p.Last >= 0 {
		c = teamColor[p.Last&1]
	}
	speed := min(1, float32(math.Hypot(float64(b.vx), float64(b.vy)))/8)
	s.Dot(b.x, b.y, sim.PuckRadius, ink.Pen{Color: snow, Glow: 9 + 9*speed, Shine: 0.5 + 0.3*speed})
	s.Ring(b.x, b.y, sim.PuckRadius-0.4, ink.Pen{Width: 1.4, Color: c})
	s.Dot(b.x, b.y, 1.5, ink.Pen{Color: c.Mix(night, 0.2)})
}
