package ink

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

// Ring draws a circle of radius r around (x, y).
func (s *Sheet) Ring(x, y, r float32, p Pen) { s.Arc(x, y, r, 0, 2*math.Pi, p) }

// Arc draws the part of a circle around (x, y) from one angle to another, in
// radians clockwise from right. Its ends are flat.
func (s *Sheet) Arc(x, y, r, from, to float32, p Pen) {
	if to <= from {
		return
	}
	const step = math.Pi / 8
	x, y, r = x*s.scale+s.dx, y*s.scale+s.dy, r*s.scale
	glow, half := p.Glow*s.scale, p.Width*s.scale/2
	pieces := int(math.Ceil(float64(to-from) / step))
	inner := max(0, r-half-glow-1)
	// The corners of the outer polygon stand out so that its sides do not cut.
	outer := (r + half + glow + 1) / float32(math.Cos(step/2))
	first := s.room(2 * (pieces + 1))
	for i := range pieces + 1 {
		a := float64(from + (to-from)*float32(i)/float32(pieces))
		sin, cos := math.Sincos(a)
		for j, far := range [2]float32{inner, outer} {
			u, v := far*float32(cos), far*float32(sin)
			s.vertices[first+2*i+j] = ebiten.Vertex{
				DstX: x + u, DstY: y + v,
				SrcX: u, SrcY: v,
				ColorR: p.Color.R, ColorG: p.Color.G, ColorB: p.Color.B, ColorA: p.Color.A,
				// A negative length tells the shader that this is a ring.
				Custom0: -r, Custom1: half, Custom2: glow, Custom3: p.Shine,
			}
		}
		if i < pieces {
			n := uint32(first + 2*i)
			s.indices = append(s.indices, n, n+1, n+3, n, n+3, n+2)
		}
	}
}

// Path strokes the points, which alternate x and y; closed joins the last to
// the first.
func (s *Sheet) Path(points []float32, closed bool, p Pen) {
	n := len(points) / 2
	for i := range n {
		j := i + 1
		if j == n {
			if !closed || n < 3 {
				return
			}
			j = 0
		}
		s.Line(points[2*i], points[2*i+1], points[2*j], points[2*j+1], p)
	}
}

// Fill fills the convex polygon of the points with c. Its edge is not smooth:
// stroke a Path over it.
func (s *Sheet) Fill(points []float32, c Color) {
	n := len(points) / 2
	if n < 3 {
		return
	}
	first := s.room(n)
	for i := range n {
		s.vertices[first+i] = ebiten.Vertex{
			DstX: points[2*i]*s.scale + s.dx, DstY: points[2*i+1]*s.scale + s.dy,
			ColorR: c.R, ColorG: c.G, ColorB: c.B, ColorA: c.A,
			Custom1: 1, // the middle of a stroke everywhere: covered
		}
	}
	for i := 1; i < n-1; i++ {
		s.indices = append(s.indices, uint32(first), uint32(first+i), uint32(first+i+1))
	}
}
