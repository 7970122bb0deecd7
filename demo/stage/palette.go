package stage

import "github.com/tuttiplay/tutti/demo/ink"

// The colours of the game. The teams differ in brightness as well as in hue, so
// that colour-blind players can tell them apart.
var (
	night   = ink.Hex(0x05070f) // around the arena
	floor   = ink.Hex(0x0b1122) // of the arena
	lines   = ink.Hex(0x1b2848) // painted on the floor
	wall    = ink.Hex(0x6d83c7)
	snow    = ink.Hex(0xf2f6ff) // puck, numbers
	dim     = ink.Hex(0x8292bd) // small print
	caution = ink.Hex(0xffd166)
)

// teamColor holds azure, which plays to the right, and ember, which plays to the
// left.
var teamColor = [2]ink.Color{ink.Hex(0x2fb8ff), ink.Hex(0xff6a3d)}

// teamName names the teams on the screen.
var teamName = [2]string{"AZURE", "EMBER"}

// hull returns the colour of a ship: its team's, a little different per seat.
func hull(seat int) ink.Color {
	c := teamColor[seat&1]
	tints := [4]ink.Color{c, c.Mix(ink.Hex(0x7dffd0), 0.35), c.Mix(ink.Hex(0xc79bff), 0.35), c.Mix(snow, 0.3)}
	if seat&1 == 1 {
		tints[1] = c.Mix(ink.Hex(0xffd34d), 0.45)
		tints[2] = c.Mix(ink.Hex(0xff4fa3), 0.45)
	}
	return tints[seat/2%len(tints)]
}
