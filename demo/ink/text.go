package ink

// Align says where a text stands relative to its point.
type Align float32

// The alignments.
const (
	Left   Align = 0
	Center Align = 0.5
	Right  Align = 1
)

// Text writes text with capitals of the given height, its baseline at y, and
// returns how wide it is. A zero p.Width is chosen to suit the size.
func (s *Sheet) Text(x, y, size float32, at Align, text string, p Pen) float32 {
	wide := TextWidth(size, text)
	x -= wide * float32(at)
	unit := size / gridRows
	if p.Width == 0 {
		p.Width = unit * 0.95
	}
	if p.Glow > 0 {
		// The light of all letters lies below all letters, or they would be
		// spotted where strokes meet.
		s.letters(x, y, unit, text, p)
		p.Glow = 0
	}
	s.letters(x, y, unit, text, p)
	return wide
}

// letters strokes text from x on.
func (s *Sheet) letters(x, y, unit float32, text string, p Pen) {
	for _, r := range text {
		if r == ' ' {
			x += gridSpace * unit
			continue
		}
		g := lookup(r)
		for _, stroke := range g.strokes {
			for i := 0; i+3 < len(stroke); i += 2 {
				s.Line(
					x+stroke[i]*unit, y+(stroke[i+1]-gridRows)*unit,
					x+stroke[i+2]*unit, y+(stroke[i+3]-gridRows)*unit, p)
			}
		}
		x += (g.wide + gridGap) * unit
	}
}

// TextWidth returns how wide Text would write text.
func TextWidth(size float32, text string) float32 {
	unit := size / gridRows
	wide := float32(0)
	for _, r := range text {
		if r == ' ' {
			wide += gridSpace * unit
			continue
		}
		wide += (lookup(r).wide + gridGap) * unit
	}
	return max(0, wide-gridGap*unit)
}
