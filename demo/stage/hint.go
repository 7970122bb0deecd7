package stage

import "github.com/tuttiplay/tutti/demo/ink"

// drawHints shows the keys at the beginning of a match: they fade away as soon as
// the player uses them.
func drawHints(s *ink.Sheet, touch bool, presence float32) {
	if presence <= 0 {
		return
	}
	if touch {
		text := ink.Pen{Color: snow.Fade(presence)}
		s.Text(-96, 70, 5, ink.Center, "DRAG TO FLY", text)
		s.Text(96, 70, 5, ink.Center, "TAP TO DASH", text)
		return
	}
	x := float32(-92)
	key(s, x, 58, 10, "W", presence)
	key(s, x-11, 69, 10, "A", presence)
	key(s, x, 69, 10, "S", presence)
	key(s, x+11, 69, 10, "D", presence)
	s.Text(x+24, 66, 4.4, ink.Center, "OR", ink.Pen{Color: dim.Fade(presence)})
	x += 48
	key(s, x, 58, 10, "↑", presence)
	key(s, x-11, 69, 10, "←", presence)
	key(s, x, 69, 10, "↓", presence)
	key(s, x+11, 69, 10, "→", presence)
	s.Text(x+22, 71, 5, ink.Left, "FLY", ink.Pen{Color: snow.Fade(presence)})
	key(s, 58, 69, 46, "SPACE", presence)
	s.Text(86, 71, 5, ink.Left, "DASH", ink.Pen{Color: snow.Fade(presence)})
}

// key draws a key of the keyboard around (x, y).
func key(s *ink.Sheet, x, y, wide float32, label string, presence float32) {
	const half = 4.4
	c := snow.Fade(presence)
	w := wide/2 - 1
	s.Fill([]float32{x - w, y - half, x + w, y - half, x + w, y + half, x - w, y + half}, night.Fade(0.7*presence))
	s.Path([]float32{x - w, y - half, x + w, y - half, x + w, y + half, x - w, y + half}, true, ink.Pen{Width: 0.8, Color: c.Fade(0.8)})
	s.Text(x, y+2, 4, ink.Center, label, ink.Pen{Width: 0.75, Color: c})
}

// Thumb is a thumb on a touch screen: where it began to steer and where it is now,
// in pixels of the picture. The zero value is no thumb.
type Thumb struct {
	FromX, FromY, X, Y float32
	Steers             bool
}

// drawThumb draws the stick under a thumb; the sheet counts in pixels.
func drawThumb(s *ink.Sheet, t Thumb, scale float32) {
	if !t.Steers {
		return
	}
	s.Ring(t.FromX, t.FromY, 22*scale, ink.Pen{Width: 0.8 * scale, Color: snow.Light().Fade(0.3)})
	s.Dot(t.X, t.Y, 10*scale, ink.Pen{Color: snow.Light().Fade(0.25), Glow: 6 * scale, Shine: 0.3})
}
