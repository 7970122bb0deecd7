package stage

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/menu"
)

// board maps the units of package menu to the picture and begins a sheet there.
func (g *Stage) board(dst *ebiten.Image) (s *ink.Sheet, shape menu.Shape) {
	size := dst.Bounds().Size()
	shape, scale := menu.Fit(size.X, size.Y)
	g.sheet.Begin(scale, float32(size.X)/2, float32(size.Y)/2)
	return &g.sheet, shape
}

// DrawPanel lays a menu over what is there.
func (g *Stage) DrawPanel(dst *ebiten.Image, p *menu.Panel) {
	s, shape := g.board(dst)
	fillRect(s, menu.Rect{X: -shape.W / 2, Y: -shape.H / 2, W: shape.W, H: shape.H}, night.Fade(0.8))
	title := p.Top - 24
	if len(p.Lines) > 0 {
		title -= 9*float32(len(p.Lines)) + 3
	}
	size := fitSize(19, p.Title, shape.W-40)
	s.Text(0, title, size, ink.Center, p.Title, ink.Pen{Width: size * 0.1, Color: snow, Glow: size * 0.6, Shine: 0.22})
	g.stripe(s, title+9, min(shape.W-40, 200))
	y := title + 22
	for _, line := range p.Lines {
		c := dim
		if p.Alarm {
			c = caution
		}
		for _, part := range wrap(4.6, line, min(shape.W-24, 250), 3) {
			s.Text(0, y, 4.6, ink.Center, part, ink.Pen{Color: c})
			y += 8
		}
	}
	g.drawItems(s, &p.List)
	s.Flush(dst)
}

// stripe draws a line of light in the colours of both teams.
func (g *Stage) stripe(s *ink.Sheet, y, wide float32) {
	for team, x := range [2]float32{-wide / 2, wide / 2} {
		c := teamColor[team]
		s.Fading(0, y, x, y, ink.Pen{Width: 1, Color: c, Glow: 6, Shine: 0.4}, ink.Pen{Width: 0.2, Color: c.Fade(0.1)})
	}
}

// drawItems draws buttons and lines to type in.
func (g *Stage) drawItems(s *ink.Sheet, l *menu.List) {
	for i := range l.Items {
		it := &l.Items[i]
		if it.Bare {
			continue
		}
		focused := l.Focus() == it.ID
		if it.Field != nil {
			g.drawField(s, it, focused)
		} else {
			drawButton(s, it, focused)
		}
	}
}

func drawButton(s *ink.Sheet, it *menu.Item, focused bool) {
	edge, text, back := lines.Mix(wall, 0.25), snow.Mix(dim, 0.25), floor.Fade(0.9)
	glow := float32(0)
	switch {
	case it.Off:
		text, edge = dim.Fade(0.5), lines
	case focused:
		edge, text, back, glow = teamColor[0], snow, floor.Mix(teamColor[0], 0.2), 7
	case it.Lit:
		edge, back = teamColor[0].Mix(lines, 0.45), floor.Mix(teamColor[0], 0.1)
	}
	box(s, it.At, back, ink.Pen{Width: 0.9, Color: edge, Glow: glow, Shine: 0.35})
	size := min(5.4, it.At.H*0.36)
	label, middle := it.Label, it.At.Y+it.At.H/2
	room := it.At.W - 8
	if it.Hint != "" {
		hint := size * 0.62
		s.Text(it.At.X+it.At.W-5, middle+hint/2, hint, ink.Right, it.Hint, ink.Pen{Color: dim.Fade(0.8)})
		room -= 2 * (ink.TextWidth(hint, it.Hint) + 2)
	}
	size = fitSize(size, label, room)
	s.Text(it.At.X+it.At.W/2, middle+size/2, size, ink.Center, label, ink.Pen{Color: text})
}

// drawField draws a line to type in: the label small in front of it, the text, and
// the caret while it is in focus. A long text shows the part around the caret.
func (g *Stage) drawField(s *ink.Sheet, it *menu.Item, focused bool) {
	edge, glow := lines.Mix(wall, 0.25), float32(0)
	if focused {
		edge, glow = teamColor[0], 7
	}
	box(s, it.At, night.Fade(0.92), ink.Pen{Width: 0.9, Color: edge, Glow: glow, Shine: 0.35})
	const size = 5
	x, y := it.At.X+5, it.At.Y+it.At.H/2+size/2
	if it.Label != "" {
		s.Text(x, y-0.7, 3.4, ink.Left, it.Label, ink.Pen{Color: dim})
		x += ink.TextWidth(3.4, it.Label) + 5
	}
	before, behind := it.Field.Parts()
	room := it.At.X + it.At.W - 5 - x
	if before+behind == "" && !focused {
		s.Text(x, y-0.4, fitSize(4.2, it.Hint, room), ink.Left, it.Hint, ink.Pen{Color: dim.Fade(0.7)})
		return
	}
	for runes := []rune(before); ink.TextWidth(size, before) > room-4 && len(runes) > 0; {
		runes = runes[1:]
		before = string(runes)
	}
	wide := s.Text(x, y, size, ink.Left, before, ink.Pen{Color: snow})
	if trailing := len(before) - len(trimRight(before)); trailing > 0 {
		wide += float32(trailing) * ink.TextWidth(size, " .") / 2
	}
	caret := x + wide
	if before != "" {
		caret += size * 0.25
	}
	s.Text(caret+0.8, y, size, ink.Left, cut(size, behind, room-wide-3), ink.Pen{Color: snow})
	if focused && math.Mod(g.time, 60) < 36 {
		s.Line(caret, y+1.4, caret, y-size-1.4, ink.Pen{Width: 0.8, Color: teamColor[0].Mix(snow, 0.4), Glow: 3, Shine: 0.4})
	}
}

// DrawCorner draws the button that opens the menu of a match.
func (g *Stage) DrawCorner(dst *ebiten.Image, hint string) {
	s, shape := g.board(dst)
	r := shape.Corner()
	for i := range 3 {
		y := r.Y + 3.4 + 3*float32(i)
		s.Line(r.X+4, y, r.X+12, y, ink.Pen{Width: 0.9, Color: dim})
	}
	s.Text(r.X+r.W, r.Y+8.2, 3.6, ink.Left, hint, ink.Pen{Color: dim})
	s.Flush(dst)
}

func fillRect(s *ink.Sheet, r menu.Rect, c ink.Color) {
	s.Fill([]float32{r.X, r.Y, r.X + r.W, r.Y, r.X + r.W, r.Y + r.H, r.X, r.Y + r.H}, c)
}

// box draws a filled rectangle with cut corners.
func box(s *ink.Sheet, r menu.Rect, back ink.Color, p ink.Pen) {
	const c = 2.4
	x, y, w, h := r.X, r.Y, r.W, r.H
	points := []float32{
		x + c, y, x + w - c, y, x + w, y + c, x + w, y + h - c,
		x + w - c, y + h, x + c, y + h, x, y + h - c, x, y + c,
	}
	s.Fill(points, back)
	s.Path(points, true, p)
}
