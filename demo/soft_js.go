package main

import (
	"syscall/js"

	"github.com/tuttiplay/tutti/demo/menu"
)

// soft is the line of the page that a phone shows its keyboard for: it appears
// while the player types somewhere, and what is in it is what is in the game.
type soft struct {
	form, input js.Value
	shown       string // the ID of the item that it stands for
	done        bool   // its button was pressed
	sent        bool   // and the game was told in this Update
	taps        [][2]int
}

// listen finds the line in the page. It also hears fingers by itself: a tap may be
// over before the next Update, and Ebitengine forgets it then.
func (s *soft) listen() {
	document := js.Global().Get("document")
	document.Call("addEventListener", "touchstart", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if args[0].Get("target").Get("tagName").String() != "CANVAS" || len(s.taps) > 8 {
			return nil
		}
		density := js.Global().Get("devicePixelRatio").Float()
		touch := args[0].Get("changedTouches").Index(0)
		s.taps = append(s.taps, [2]int{int(touch.Get("clientX").Float() * density), int(touch.Get("clientY").Float() * density)})
		return nil
	}), true)
	s.form, s.input = document.Call("getElementById", "type"), document.Call("getElementById", "typed")
	if !s.form.Truthy() {
		return
	}
	s.form.Call("addEventListener", "submit", js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		s.done = true
		return nil
	}))
}

// tap returns where a finger came down, one per call.
func (s *soft) tap() (x, y int, ok bool) {
	if len(s.taps) == 0 {
		return 0, 0, false
	}
	at := s.taps[0]
	s.taps = s.taps[1:]
	return at[0], at[1], true
}

// read takes the button of the line for the enter key.
func (s *soft) read(in *menu.Input) {
	if s.shown != "" {
		in.Typed, in.Backspace, in.Delete, in.Left, in.Right = nil, false, false, false, false
		in.Accept = s.done
		s.sent = s.done
	}
	s.done = false
}

// offer shows the line for what is typed in, on a touch screen.
func (s *soft) offer(line *menu.Item, touch bool) {
	if !s.form.Truthy() {
		return
	}
	id := ""
	if line != nil && touch {
		id = line.ID
	}
	if id != s.shown {
		s.shown = id
		s.form.Set("hidden", id == "")
		if id == "" {
			s.input.Call("blur")
			return
		}
		s.input.Set("value", line.Field.Text())
		s.input.Set("placeholder", line.Hint)
		s.input.Call("focus")
		return
	}
	if id != "" && line.Field.Text() == "" && s.sent {
		s.input.Set("value", "")
	}
	s.sent = false
	if id != "" {
		if text := s.input.Get("value").String(); text != line.Field.Text() {
			line.Field.Set(text)
		}
	}
}
