package main

import "syscall/js"

// clip is the clipboard. A browser gives its text with the event of pasting; only
// where that does not come it is asked, which it may refuse.
type clip struct{ pasted string }

// listen waits for the player to paste.
func (c *clip) listen() {
	js.Global().Get("document").Call("addEventListener", "paste", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if data := args[0].Get("clipboardData"); data.Truthy() {
			c.pasted += data.Call("getData", "text").String()
		}
		return nil
	}))
}

// ask does nothing: the event comes by itself.
func (c *clip) ask() {}

// take returns what was pasted, once.
func (c *clip) take() string {
	text := c.pasted
	c.pasted = ""
	return text
}

// write puts a text on the clipboard and reports whether the page has one: only
// pages from https and localhost do.
func (c *clip) write(text string) bool {
	board := js.Global().Get("navigator").Get("clipboard")
	if !board.Truthy() {
		return false
	}
	board.Call("writeText", text).Call("catch", js.Global().Get("Function").New()) // it may be refused
	return true
}
