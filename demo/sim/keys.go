package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// Keys is the move of one seat in one frame: which controls are held. The zero
// value is hands off. Opposite directions cancel each other.
type Keys struct {
	Up, Down, Left, Right bool
	// Dash bursts ahead on the frame it goes down; holding it does nothing more.
	Dash bool
	// Ready asks for the rematch while the result is shown; one press is enough.
	Ready bool
}

// dir is one of eight directions, clockwise from right; noDir is none.
type dir uint8

const (
	dirs  dir = 8
	noDir dir = 8
)

// dirOf[y+1][x+1] is the direction of the step (x, y).
var dirOf = [3][3]dir{{5, 6, 7}, {4, noDir, 0}, {3, 2, 1}}

// diagonal is half the square root of two.
const diagonal fixp.Q16 = 46341

// units are the directions as vectors of length 1.
var units = [dirs]fixp.Vec2{
	{X: fixp.One},
	{X: diagonal, Y: diagonal},
	{Y: fixp.One},
	{X: -diagonal, Y: diagonal},
	{X: -fixp.One},
	{X: -diagonal, Y: -diagonal},
	{Y: -fixp.One},
	{X: diagonal, Y: -diagonal},
}

// dir returns the direction that is held.
func (k Keys) dir() dir {
	x, y := 1, 1
	if k.Left {
		x--
	}
	if k.Right {
		x++
	}
	if k.Up {
		y--
	}
	if k.Down {
		y++
	}
	return dirOf[y][x]
}
