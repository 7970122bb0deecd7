package stage

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/sim"
)

// floorArt is all that never moves: night, floor, lines, walls. It is painted once
// per window size and then copied.
type floorArt struct {
	image *ebiten.Image
	w, h  int
}

// draw paints the art if the window changed, and copies it to dst, off by a
// shake in pixels.
func (f *floorArt) draw(dst *ebiten.Image, l lens, dx, dy float32) {
	size := dst.Bounds().Size()
	if f.image == nil || f.w != size.X || f.h != size.Y {
		if f.image != nil {
			f.image.Deallocate()
		}
		f.w, f.h = size.X, size.Y
		f.image = ebiten.NewImage(f.w, f.h)
		f.paint(l)
	}
	dst.Fill(rgba(night))
	var op ebiten.DrawImageOptions
	op.GeoM.Translate(float64(dx), float64(dy))
	op.Blend = ebiten.BlendCopy
	dst.DrawImage(f.image, &op)
}

// paint draws the art anew.
func (f *floorArt) paint(l lens) {
	var s ink.Sheet
	s.Begin(l.scale, l.dx, l.dy)
	f.image.Fill(rgba(night))

	// The floor glows in the colour of the team that guards it.
	s.Fill(outline(0), floor)
	s.Flush(f.image)
	for side, x := range [2]float32{-sim.HalfW - 9, sim.HalfW + 9} {
		s.Dot(x, 0, 0.5, ink.Pen{Color: teamColor[side].Light(), Glow: 150, Shine: 0.16})
	}
	s.Dot(0, 0, 0.5, ink.Pen{Color: ink.Hex(0x5068c8).Light(), Glow: 130, Shine: 0.12})
	s.Flush(f.image)

	// A grid of points, and the lines of the game.
	for y := float32(-80); y <= 80; y += 20 {
		for x := float32(-160); x <= 160; x += 20 {
			if insideArena(x, y, 6) {
				s.Dot(x, y, 0.6, ink.Pen{Color: lines.Mix(wall, 0.12)})
			}
		}
	}
	paint := ink.Pen{Width: 1, Color: lines}
	s.Line(0, -sim.HalfH, 0, sim.HalfH, paint)
	s.Ring(0, 0, 30, paint)
	s.Dot(0, 0, 2, paint)
	for side, x := range [2]float32{-sim.HalfW, sim.HalfW} {
		c := lines.Mix(teamColor[side], 0.35)
		from := float32(-math.Pi / 2)
		if side == 1 {
			from = math.Pi / 2
		}
		s.Arc(x, 0, sim.GoalHalf+14, from, from+math.Pi, ink.Pen{Width: 1, Color: c})
		net(&s, side)
	}
	sides := [2]ink.Color{wall.Mix(teamColor[0], 0.45), wall.Mix(teamColor[1], 0.45)}
	walls(&s, sides, ink.Pen{Width: 2, Glow: 11, Shine: 0.42, Flat: true})
	for side := range 2 {
		mouth(&s, side, ink.Pen{Width: 2.2, Color: teamColor[side], Glow: 10, Shine: 0.6, Flat: true})
	}
	s.Flush(f.image)
}

// walls strokes the walls without the goals: each half in one colour, the long
// sides shading from one into the other.
func walls(s *ink.Sheet, colors [2]ink.Color, p ink.Pen) {
	const w, h, c, g = sim.HalfW, sim.HalfH, sim.Corner, sim.GoalHalf
	left, right := p, p
	left.Color, right.Color = colors[0], colors[1]
	for _, y := range [2]float32{-h, h} {
		s.Fading(-w+c, y, w-c, y, left, right)
	}
	for side, x := range [2]float32{-w, w} {
		p.Color = colors[side]
		s.Line(x, -h+c, x, -g, p)
		s.Line(x, g, x, h-c, p)
	}
	for i, at := range [4][2]float32{{w - c, h - c}, {-w + c, h - c}, {-w + c, -h + c}, {w - c, -h + c}} {
		from := float32(i) * math.Pi / 2
		p.Color = left.Color
		if at[0] > 0 {
			p.Color = right.Color
		}
		s.Arc(at[0], at[1], c, from, from+math.Pi/2, p)
	}
}

// mouth strokes the inside of a goal and its posts.
func mouth(s *ink.Sheet, side int, p ink.Pen) {
	const g, r = sim.GoalHalf, 6 // half the width, radius of the corners
	x, out := float32(-sim.HalfW), float32(-1)
	if side == 1 {
		x, out = -x, 1
	}
	back, bend := x+out*sim.GoalDepth, x+out*(sim.GoalDepth-r)
	s.Line(x, -g, bend, -g, p)
	s.Line(back, -g+r, back, g-r, p)
	s.Line(bend, g, x, g, p)
	if side == 1 {
		s.Arc(bend, -g+r, r, -math.Pi/2, 0, p)
		s.Arc(bend, g-r, r, 0, math.Pi/2, p)
	} else {
		s.Arc(bend, -g+r, r, math.Pi, math.Pi*3/2, p)
		s.Arc(bend, g-r, r, math.Pi/2, math.Pi, p)
	}
	for _, y := range [2]float32{-g, g} {
		s.Dot(x, y, 2.6, ink.Pen{Color: snow, Glow: 9, Shine: 0.6})
	}
}

// net fills a goal with a faint mesh.
func net(s *ink.Sheet, side int) {
	x, out := float32(-sim.HalfW), float32(-sim.GoalDepth)
	if side == 1 {
		x, out = -x, -out
	}
	const g = sim.GoalHalf
	s.Fill([]float32{x, -g, x + out, -g, x + out, g, x, g}, floor.Mix(teamColor[side], 0.16))
	p := ink.Pen{Width: 0.5, Color: teamColor[side].Light().Fade(0.28)}
	for y := float32(-g + 6); y < g; y += 6 {
		s.Line(x, y, x+out, y, p)
	}
	for k := float32(1); k < 3; k++ {
		s.Line(x+out*k/3, -g, x+out*k/3, g, p)
	}
	s.Line(x, -g, x, g, ink.Pen{Width: 0.9, Color: teamColor[side].Light().Fade(0.45)})
}

// outline returns the arena's edge as a convex polygon, pulled in by inset.
func outline(inset float32) []float32 {
	const steps = 12
	var points []float32
	w, h, c := float32(sim.HalfW), float32(sim.HalfH), float32(sim.Corner)
	for i, at := range [4][2]float32{{w - c, h - c}, {-w + c, h - c}, {-w + c, -h + c}, {w - c, -h + c}} {
		for k := range steps + 1 {
			sin, cos := math.Sincos((float64(i) + float64(k)/steps) * math.Pi / 2)
			points = append(points, at[0]+(c-inset)*float32(cos), at[1]+(c-inset)*float32(sin))
		}
	}
	return points
}

// insideArena reports whether a point is at least margin away from the walls.
func insideArena(x, y, margin float32) bool {
	x, y = max(x, -x), max(y, -y)
	dx, dy := x-(sim.HalfW-sim.Corner), y-(sim.HalfH-sim.Corner)
	if dx > 0 && dy > 0 {
		return math.Hypot(float64(dx), float64(dy)) < float64(sim.Corner-margin)
	}
	return x < sim.HalfW-margin && y < sim.HalfH-margin
}
