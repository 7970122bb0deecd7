package ink

import (
	_ "embed"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
)

//go:embed stroke.kage
var strokeSource []byte

// Pen says how a stroke looks.
type Pen struct {
	Width float32 // across the stroke, in units of the sheet
	Color Color   // of the stroke itself
	Glow  float32 // how far light reaches beyond the edge, in units; 0 is none
	Shine float32 // how strong that light is at the edge, 0 to 1
	Flat  bool    // cut off at both ends, for pieces that are laid end to end
}

// Sheet collects the strokes of one picture. Coordinates are units of its own,
// which [Sheet.Begin] maps to pixels; later strokes lie on top. The zero Sheet
// is ready. It reuses its memory from picture to picture and is meant for one
// goroutine.
type Sheet struct {
	shader   *ebiten.Shader
	vertices []ebiten.Vertex
	indices  []uint32
	scale    float32 // pixels per unit, > 0 after Begin
	dx, dy   float32 // pixels of the unit origin
}

// Begin starts an empty picture with scale pixels per unit and the origin of
// the units at pixel (dx, dy).
func (s *Sheet) Begin(scale, dx, dy float32) {
	s.vertices, s.indices = s.vertices[:0], s.indices[:0]
	s.Map(scale, dx, dy)
}

// Map changes how the strokes that follow are mapped to pixels.
func (s *Sheet) Map(scale, dx, dy float32) { s.scale, s.dx, s.dy = scale, dx, dy }

// Flush draws the picture on dst and empties the sheet.
func (s *Sheet) Flush(dst *ebiten.Image) {
	if len(s.indices) == 0 {
		return
	}
	if s.shader == nil {
		shader, err := ebiten.NewShader(strokeSource)
		if err != nil {
			panic("ink: stroke.kage: " + err.Error()) // a test compiles it
		}
		s.shader = shader
	}
	dst.DrawTrianglesShader32(s.vertices, s.indices, s.shader, nil)
	s.vertices, s.indices = s.vertices[:0], s.indices[:0]
}

// Line draws a stroke; its ends are round unless p is Flat.
func (s *Sheet) Line(x0, y0, x1, y1 float32, p Pen) {
	s.Fading(x0, y0, x1, y1, p, p)
}

// Fading draws a stroke that begins as p and ends as q in width and colour; the
// rest is as p says.
func (s *Sheet) Fading(x0, y0, x1, y1 float32, p, q Pen) {
	x0, y0, x1, y1 = x0*s.scale+s.dx, y0*s.scale+s.dy, x1*s.scale+s.dx, y1*s.scale+s.dy
	ux, uy := x1-x0, y1-y0
	long := float32(math.Hypot(float64(ux), float64(uy)))
	if long > 1e-4 {
		ux, uy = ux/long, uy/long
	} else {
		ux, uy = 1, 0
	}
	half := long / 2
	glow := p.Glow * s.scale
	r0, r1 := p.Width*s.scale/2, q.Width*s.scale/2
	reach := max(r0, r1) + glow + 1
	beyond := reach
	if p.Flat {
		beyond = 0
	}
	mx, my := (x0+x1)/2, (y0+y1)/2
	n := s.room(4)
	for i, corner := range [4][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		u, v := corner[0]*(half+beyond), corner[1]*reach
		c, r := p.Color, r0
		if corner[0] > 0 {
			c, r = q.Color, r1
		}
		s.vertices[n+i] = ebiten.Vertex{
			DstX: mx + u*ux - v*uy, DstY: my + u*uy + v*ux,
			SrcX: u, SrcY: v,
			ColorR: c.R, ColorG: c.G, ColorB: c.B, ColorA: c.A,
			Custom0: half, Custom1: r, Custom2: glow, Custom3: p.Shine,
		}
	}
	s.quad(n)
}

// Dot draws a disc of radius r around (x, y); p.Width is not used.
func (s *Sheet) Dot(x, y, r float32, p Pen) {
	p.Width = 2 * r
	s.Line(x, y, x, y, p)
}

// room adds n vertices and returns the number of the first.
func (s *Sheet) room(n int) int {
	first := len(s.vertices)
	for range n {
		s.vertices = append(s.vertices, ebiten.Vertex{})
	}
	return first
}

func (s *Sheet) quad(n int) {
	i := uint32(n)
	s.indices = append(s.indices, i, i+1, i+2, i, i+2, i+3)
}
