package ink

// Color is a colour with premultiplied alpha, each part from 0 to 1. An alpha
// below its colours adds light instead of covering what is beneath.
type Color struct{ R, G, B, A float32 }

// Hex returns the opaque colour 0xRRGGBB.
func Hex(rgb uint32) Color {
	return Color{
		R: float32(rgb>>16&255) / 255,
		G: float32(rgb>>8&255) / 255,
		B: float32(rgb&255) / 255,
		A: 1,
	}
}

// Fade returns c with its presence multiplied by k: 0 is invisible, 1 is c.
func (c Color) Fade(k float32) Color { return Color{c.R * k, c.G * k, c.B * k, c.A * k} }

// Light returns c as pure light, which brightens what is beneath it.
func (c Color) Light() Color { return Color{c.R, c.G, c.B, 0} }

// Mix returns the colour that is k of the way from c to d.
func (c Color) Mix(d Color, k float32) Color {
	return Color{
		c.R + (d.R-c.R)*k,
		c.G + (d.G-c.G)*k,
		c.B + (d.B-c.B)*k,
		c.A + (d.A-c.A)*k,
	}
}
