package stage

import "slices"

import "github.com/tuttiplay/tutti/demo/ink"

const (
	toastFrames = 240 // how long a message is shown
	maxToasts   = 3
)

// toasts are the last messages, oldest first.
type toasts struct{ lines []toast }

type toast struct {
	text string
	left float32 // frames
}

func (t *toasts) add(text string) {
	t.lines = append(t.lines, toast{text, toastFrames})
	if extra := len(t.lines) - maxToasts; extra > 0 {
		t.lines = append(t.lines[:0], t.lines[extra:]...)
	}
}

func (t *toasts) pass(frames float32) {
	kept := t.lines[:0]
	for _, line := range t.lines {
		if line.left -= frames; line.left > 0 {
			kept = append(kept, line)
		}
	}
	t.lines = kept
}

// draw writes the messages, the newest lowest.
func (t *toasts) draw(s *ink.Sheet) {
	y := float32(toastLine)
	for _, line := range slices.Backward(t.lines) {
		k := min(1, line.left/30)
		s.Text(0, y, 4, ink.Center, line.text, ink.Pen{Color: snow.Fade(k)})
		y -= 7
	}
}
