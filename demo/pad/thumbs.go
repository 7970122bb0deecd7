package pad

import (
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/sim"
)

// thumbs is the touch screen: the left half is a stick that begins wherever the
// thumb lands, every touch on the right half is a dash and, after the match, asks
// for the rematch.
type thumbs struct {
	seen         bool
	steering     bool
	thumb        ebiten.TouchID
	fromX, fromY float32 // where the stick began, pixels
	x, y         float32 // where it is now
	ids          []ebiten.TouchID
	middle       float32 // x of the middle of the picture
	rest         float64 // pixels that the thumb must move to steer
}

// Resize tells how large the picture is in pixels and how dense, for telling left
// from right.
func (p *Pad) Resize(width int, density float64) {
	p.thumbs.middle = float32(width) / 2
	p.thumbs.rest = 14 * density
}

func (t *thumbs) read() sim.Keys {
	if t.steering && inpututil.IsTouchJustReleased(t.thumb) {
		t.steering = false
	}
	var k sim.Keys
	t.ids = ebiten.AppendTouchIDs(t.ids[:0])
	for _, id := range t.ids {
		t.seen = true
		fx, fy := ebiten.TouchPositionF(id)
		x, y := float32(fx), float32(fy)
		switch {
		case t.steering && id == t.thumb:
			t.x, t.y = x, y
		case x >= t.middle:
			k.Dash, k.Ready = true, true
		case !t.steering && inpututil.TouchPressDuration(id) <= 2:
			t.steering, t.thumb = true, id
			t.fromX, t.fromY, t.x, t.y = x, y, x, y
		}
	}
	if t.steering {
		k = join(k, stick(float64(t.x-t.fromX), float64(t.y-t.fromY), t.rest))
	}
	return k
}
