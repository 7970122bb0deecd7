package main

import (
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/menu"
)

// hand reads keyboard, mouse and touch screen for menus.
type hand struct {
	x, y  int
	typed []rune
	soft  soft
}

// read returns what the player did since the last Update, in a picture of that
// many pixels.
func (h *hand) read(wide, high int, c *clip) menu.Input {
	_, scale := menu.Fit(wide, high)
	place := func(x, y int) (float32, float32) {
		return (float32(x) - float32(wide)/2) / scale, (float32(y) - float32(high)/2) / scale
	}
	down := inpututil.IsKeyJustPressed
	in := menu.Input{
		Up: repeats(ebiten.KeyArrowUp), Down: repeats(ebiten.KeyArrowDown),
		Left: repeats(ebiten.KeyArrowLeft), Right: repeats(ebiten.KeyArrowRight),
		Accept: down(ebiten.KeyEnter) || down(ebiten.KeyNumpadEnter), Escape: down(ebiten.KeyEscape),
		Space: down(ebiten.KeySpace), Backspace: repeats(ebiten.KeyBackspace), Delete: repeats(ebiten.KeyDelete),
		Home: down(ebiten.KeyHome), End: down(ebiten.KeyEnd),
	}
	if down(ebiten.KeyTab) {
		in.Previous = ebiten.IsKeyPressed(ebiten.KeyShift)
		in.Next = !in.Previous
	}
	command := ebiten.IsKeyPressed(ebiten.KeyControl) || ebiten.IsKeyPressed(ebiten.KeyMeta)
	if command && down(ebiten.KeyV) || ebiten.IsKeyPressed(ebiten.KeyShift) && down(ebiten.KeyInsert) {
		c.ask()
	}
	in.Pasted = c.take()
	if h.typed = ebiten.AppendInputChars(h.typed[:0]); !command {
		in.Typed = h.typed
	}
	x, y := ebiten.CursorPosition()
	in.X, in.Y = place(x, y)
	in.Moved = x != h.x || y != h.y
	h.x, h.y = x, y
	in.Pressed = inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft)
	if x, y, ok := h.soft.tap(); ok {
		in.X, in.Y = place(x, y)
		in.Pressed = true
	}
	h.soft.read(&in)
	return in
}

// offer shows a keyboard for the line that is typed in, where there is no other.
func (h *hand) offer(line *menu.Item, touch bool) { h.soft.offer(line, touch) }

// repeats reports whether a key went down, or is held long enough to count again.
func repeats(key ebiten.Key) bool {
	const wait, every = 24, 3 // Updates
	held := inpututil.KeyPressDuration(key)
	return held == 1 || held > wait && (held-wait)%every == 0
}
