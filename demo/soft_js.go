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
}

// listen finds the line in the page.
func (s *soft) listen() {
	document := js.Global().Get("document")
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
