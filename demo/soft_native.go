//go:build !js

package main

import (
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/menu"
)

// soft is what a touch screen needs; of a keyboard on the screen the system takes
// care.
type soft struct{ touches []ebiten.TouchID }

// tap returns where a finger came down since the last Update.
func (s *soft) tap() (x, y int, ok bool) {
	s.touches = inpututil.AppendJustPressedTouchIDs(s.touches[:0])
	for _, id := range s.touches {
		x, y = ebiten.TouchPosition(id)
		ok = true
	}
	return x, y, ok
}

func (*soft) read(*menu.Input) {}

func (*soft) offer(*menu.Item, bool) {}
