package stage

import "math"

// The picture is at least this many units wide and high, with the origin in its
// middle; what a window has beyond that shows more night.
const (
	viewWidth  = 392
	viewHeight = 222
)

// lens maps units to pixels.
type lens struct {
	scale  float32 // pixels per unit
	dx, dy float32 // pixels of the origin
}

// fit returns the lens for a picture of that many pixels.
func fit(width, height int) lens {
	w, h := float32(width), float32(height)
	return lens{scale: min(w/viewWidth, h/viewHeight), dx: w / 2, dy: h / 2}
}

// shake is a camera in unsteady hands: blows add to it, time calms it.
type shake struct {
	blow float32 // 0 to 1
	time float64 // frames since the beginning
}

// hit adds a blow.
func (s *shake) hit(strength float32) { s.blow = min(1, s.blow+strength) }

// pass lets frames of time pass.
func (s *shake) pass(frames float64) {
	s.time += frames
	s.blow = max(0, s.blow-float32(frames)*0.028)
}

// offset returns how far the picture is off, in units.
func (s *shake) offset() (x, y float32) {
	if s.blow == 0 {
		return 0, 0
	}
	most := float64(s.blow*s.blow) * 5
	t := s.time
	return float32(most * (math.Sin(t*1.31) + math.Sin(t*2.17+1)) / 2),
		float32(most * (math.Sin(t*1.67+2) + math.Sin(t*2.53+3)) / 2)
}
