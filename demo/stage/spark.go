package stage

import (
	"math"
	"math/rand/v2"

	"github.com/tuttiplay/tutti/demo/ink"
)

// maxSparks bounds the work of one picture; the oldest go first.
const maxSparks = 700

// spark is a glowing splinter.
type spark struct {
	x, y, vx, vy float32
	left, life   float32 // frames
	width        float32
	color        ink.Color
}

// wave is a ring of light that runs outwards.
type wave struct {
	x, y, reach float32
	left, life  float32 // frames
	width       float32
	color       ink.Color
}

// fireworks is all that flies about without weight.
type fireworks struct {
	sparks []spark
	waves  []wave
}

// burst throws n sparks from a place, all around if spread is 2π.
func (f *fireworks) burst(x, y float32, n int, speed, direction, spread float32, life float32, color ink.Color) {
	for range n {
		a := float64(direction + (rand.Float32()-0.5)*spread)
		v := speed * (0.25 + 0.75*rand.Float32())
		lasts := life * (0.5 + 0.5*rand.Float32())
		f.sparks = append(f.sparks, spark{
			x: x, y: y, vx: v * float32(math.Cos(a)), vy: v * float32(math.Sin(a)),
			left: lasts, life: lasts, width: 0.8 + 1.3*rand.Float32(),
			color: color.Mix(snow, rand.Float32()*0.5),
		})
	}
	if extra := len(f.sparks) - maxSparks; extra > 0 {
		f.sparks = append(f.sparks[:0], f.sparks[extra:]...)
	}
}

// ring sends a wave out from a place.
func (f *fireworks) ring(x, y, reach, life, width float32, color ink.Color) {
	f.waves = append(f.waves, wave{x: x, y: y, reach: reach, left: life, life: life, width: width, color: color})
}

// pass moves everything on by frames of time.
func (f *fireworks) pass(frames float32) {
	drag := float32(math.Pow(0.94, float64(frames)))
	sparks := f.sparks[:0]
	for _, s := range f.sparks {
		if s.left -= frames; s.left <= 0 {
			continue
		}
		s.x, s.y = s.x+s.vx*frames, s.y+s.vy*frames
		s.vx, s.vy = s.vx*drag, s.vy*drag
		sparks = append(sparks, s)
	}
	f.sparks = sparks
	waves := f.waves[:0]
	for _, w := range f.waves {
		if w.left -= frames; w.left > 0 {
			waves = append(waves, w)
		}
	}
	f.waves = waves
}

// draw strokes what is in the air.
func (f *fireworks) draw(s *ink.Sheet) {
	for _, w := range f.waves {
		k := w.left / w.life
		grown := 1 - k*k*k
		s.Ring(w.x, w.y, w.reach*grown, ink.Pen{Width: w.width * k, Color: w.color.Light().Fade(k), Glow: 5 * w.width * k, Shine: 0.5})
	}
	for _, p := range f.sparks {
		k := p.left / p.life
		head := ink.Pen{Width: p.width * (0.4 + 0.6*k), Color: p.color.Light().Fade(k), Glow: 4, Shine: 0.4}
		tail := ink.Pen{Width: 0.1, Color: ink.Color{}}
		s.Fading(p.x, p.y, p.x-p.vx*3, p.y-p.vy*3, head, tail)
	}
}
