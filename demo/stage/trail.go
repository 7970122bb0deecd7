package stage

import "github.com/tuttiplay/tutti/demo/ink"

// trailPoints is how many points a trail has, one per frame of time.
const trailPoints = 26

// trail is the light a body leaves behind.
type trail struct {
	points [trailPoints]trailPoint // newest first
	n      int
	wait   float32 // frames until the next point
}

type trailPoint struct {
	x, y float32
	heat float32 // 1 where the body dashed or was fast, else less
}

// pass adds points where the body is now.
func (t *trail) pass(x, y, heat, frames float32) {
	if t.n > 0 {
		dx, dy := x-t.points[0].x, y-t.points[0].y
		if far := leap * max(1, frames); dx*dx+dy*dy > far*far {
			t.n = 0
		}
	}
	if t.n == 0 {
		t.points[0], t.n, t.wait = trailPoint{x, y, heat}, 1, 1
		return
	}
	// Several points in one picture lie on the way from the last one.
	from := t.points[0]
	todo := float32(0)
	for t.wait -= frames; t.wait <= 0; t.wait++ {
		todo++
	}
	for i := float32(1); i <= todo; i++ {
		k := i / todo
		copy(t.points[1:], t.points[:])
		t.points[0] = trailPoint{from.x + (x-from.x)*k, from.y + (y-from.y)*k, from.heat + (heat-from.heat)*k}
		t.n = min(t.n+1, trailPoints)
	}
}

// draw strokes the trail from the body at (x, y) back: a veil, and where it is hot
// a bright thread in it.
func (t *trail) draw(s *ink.Sheet, x, y, width float32, color ink.Color) {
	t.strand(s, x, y, func(k, heat float32) ink.Pen {
		return ink.Pen{
			Width: width * k * (0.35 + 0.65*heat),
			Color: color.Light().Fade(k * k * (0.18 + 0.3*heat)),
			Glow:  width * 0.9 * k * heat, Shine: 0.35, Flat: true,
		}
	})
	t.strand(s, x, y, func(k, heat float32) ink.Pen {
		return ink.Pen{Width: width * 0.3 * k * heat, Color: color.Mix(snow, 0.6).Light().Fade(0.8 * k * heat), Flat: true}
	})
}

// strand strokes the trail with the pen for each point: k falls from 1 at the body
// to 0 at the end.
func (t *trail) strand(s *ink.Sheet, x, y float32, pen func(k, heat float32) ink.Pen) {
	last := trailPoint{x: x, y: y, heat: t.points[0].heat}
	from := pen(1, last.heat)
	for i := range t.n {
		p := t.points[i]
		to := pen(1-float32(i+1)/trailPoints, p.heat)
		if dx, dy := p.x-last.x, p.y-last.y; dx*dx+dy*dy > 0.01 && from.Color != (ink.Color{}) {
			s.Fading(last.x, last.y, p.x, p.y, from, to)
		}
		last, from = p, to
	}
}
