// Package pad reads what a player holds: keyboard, gamepad or touch screen.
package pad

import (
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// Pad joins all controls of one player. The zero value is ready. It belongs to the
// goroutine of Ebitengine's Update.
type Pad struct {
	taps   taps
	thumbs thumbs
	pads   []ebiten.GamepadID
}

// Read returns what is held, for a session that steps frame next. A key that was
// down only for a moment stays in the answer until that frame has been stepped:
// an Update may step no frame at all.
func (p *Pad) Read(next netcode.Frame) sim.Keys {
	k := keyboard()
	p.pads = ebiten.AppendGamepadIDs(p.pads[:0])
	for _, id := range p.pads {
		k = join(k, gamepad(id))
	}
	k = join(k, p.thumbs.read())
	return p.taps.hold(k, next)
}

// Emote returns the number of the emote that was asked for since the last Update,
// 0 for none.
func (p *Pad) Emote() int {
	for i := range sim.Emotes {
		if inpututil.IsKeyJustPressed(ebiten.KeyDigit1 + ebiten.Key(i)) {
			return i + 1
		}
	}
	return 0
}

// Touched reports whether a finger was ever on the screen.
func (p *Pad) Touched() bool { return p.thumbs.seen }

// Stick returns where the player's thumb began and is now, in pixels of the
// picture; ok is false while it does not steer.
func (p *Pad) Stick() (fromX, fromY, x, y float32, ok bool) {
	t := &p.thumbs
	return t.fromX, t.fromY, t.x, t.y, t.steering
}

// taps keeps short key presses alive.
type taps struct {
	next netcode.Frame
	held sim.Keys
}

// hold returns k and all that was held since frame next came up.
func (t *taps) hold(k sim.Keys, next netcode.Frame) sim.Keys {
	if next != t.next {
		t.next, t.held = next, sim.Keys{}
	}
	t.held = join(t.held, k)
	return t.held
}

// keyboard reads arrows or WASD, space or shift, and enter. The letters are places
// on the keyboard, so they work on layouts that have other letters there.
func keyboard() sim.Keys {
	held := func(keys ...ebiten.Key) bool {
		return slices.ContainsFunc(keys, ebiten.IsKeyPressed)
	}
	return sim.Keys{
		Up:    held(ebiten.KeyArrowUp, ebiten.KeyW),
		Down:  held(ebiten.KeyArrowDown, ebiten.KeyS),
		Left:  held(ebiten.KeyArrowLeft, ebiten.KeyA),
		Right: held(ebiten.KeyArrowRight, ebiten.KeyD),
		Dash:  held(ebiten.KeySpace, ebiten.KeyShift),
		Ready: held(ebiten.KeyEnter, ebiten.KeyNumpadEnter),
	}
}

// stickRest is how far a stick must be pushed to count.
const stickRest = 0.4

// gamepad reads one gamepad: left stick or cross, any of the lower buttons to
// dash, start to be ready.
func gamepad(id ebiten.GamepadID) sim.Keys {
	if !ebiten.IsStandardGamepadLayoutAvailable(id) {
		return sim.Keys{}
	}
	x := ebiten.StandardGamepadAxisValue(id, ebiten.StandardGamepadAxisLeftStickHorizontal)
	y := ebiten.StandardGamepadAxisValue(id, ebiten.StandardGamepadAxisLeftStickVertical)
	k := stick(x, y, stickRest)
	down := func(b ebiten.StandardGamepadButton) bool { return ebiten.IsStandardGamepadButtonPressed(id, b) }
	return join(k, sim.Keys{
		Up:    down(ebiten.StandardGamepadButtonLeftTop),
		Down:  down(ebiten.StandardGamepadButtonLeftBottom),
		Left:  down(ebiten.StandardGamepadButtonLeftLeft),
		Right: down(ebiten.StandardGamepadButtonLeftRight),
		Dash:  down(ebiten.StandardGamepadButtonRightBottom) || down(ebiten.StandardGamepadButtonRightRight),
		Ready: down(ebiten.StandardGamepadButtonCenterRight),
	})
}

// stick turns the deflection of a stick into one of eight directions, or none
// when it is less than rest.
func stick(x, y, rest float64) sim.Keys {
	if x*x+y*y < rest*rest {
		return sim.Keys{}
	}
	const slope = 0.41421356 // tangent of 22.5 degrees
	flat, steep := max(x, -x), max(y, -y)
	return sim.Keys{
		Left: x < 0 && flat > steep*slope, Right: x > 0 && flat > steep*slope,
		Up: y < 0 && steep > flat*slope, Down: y > 0 && steep > flat*slope,
	}
}

func join(a, b sim.Keys) sim.Keys {
	return sim.Keys{
		Up: a.Up || b.Up, Down: a.Down || b.Down, Left: a.Left || b.Left, Right: a.Right || b.Right,
		Dash: a.Dash || b.Dash, Ready: a.Ready || b.Ready,
	}
}
