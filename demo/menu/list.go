package menu

import "unicode"

// Rect is a place in the picture; X and Y are its upper left corner.
type Rect struct{ X, Y, W, H float32 }

// Has reports whether a point is inside.
func (r Rect) Has(x, y float32) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Item is a button, or a line to type in.
type Item struct {
	ID    string
	Label string
	Hint  string // small, beside the label: the key, or why it is off
	Hot   rune   // key that chooses it from wherever no text is typed; 0 is none
	Field *Field // nil for a button
	Off   bool   // cannot be chosen now
	Lit   bool   // stands out: what most players want next
	Bare  bool   // drawn by something else, like a seat
	At    Rect
}

// List is a number of items, one of them in focus.
type List struct {
	Items []Item
	focus string // ID
}

// Focus returns the ID of the item in focus; "" is none.
func (l *List) Focus() string {
	if l.item(l.focus) == nil {
		return ""
	}
	return l.focus
}

// Point puts the focus on an item; "" takes it off all.
func (l *List) Point(id string) { l.focus = id }

// Types reports whether the focus is on a line to type in.
func (l *List) Types() bool {
	it := l.item(l.focus)
	return it != nil && it.Field != nil
}

// Update does what the player did and returns the ID of the item that was
// chosen, "" for none. A line to type in is chosen by enter.
func (l *List) Update(in Input) (chosen string) {
	if in.Moved || in.Pressed {
		if under := l.under(in.X, in.Y); under != nil {
			// A pointer that passes by does not take a line away from who types.
			if in.Pressed || !l.Types() && under.Field == nil {
				l.focus = under.ID
			}
			if in.Pressed && under.Field == nil {
				return under.ID
			}
		}
	}
	it := l.item(l.focus)
	if it != nil && it.Field != nil {
		it.Field.Edit(in) // first: on a slow machine the last letter comes with the enter
		if in.Accept {
			return it.ID
		}
		in.Left, in.Right = false, false
	} else {
		if id := l.hot(in.Typed); id != "" {
			return id
		}
		if it != nil && !it.Off && (in.Accept || in.Space) {
			return it.ID
		}
	}
	switch {
	case in.Down || in.Right || in.Next:
		l.step(1)
	case in.Up || in.Left || in.Previous:
		l.step(-1)
	}
	return ""
}

// step moves the focus to the next item that is not off.
func (l *List) step(by int) {
	n, at := len(l.Items), -1
	for i := range l.Items {
		if l.Items[i].ID == l.focus {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = 0
	}
	for i := 1; i <= n; i++ {
		next := &l.Items[((at+by*i)%n+n)%n]
		if !next.Off {
			l.focus = next.ID
			return
		}
	}
}

func (l *List) item(id string) *Item {
	for i := range l.Items {
		if l.Items[i].ID == id && id != "" {
			return &l.Items[i]
		}
	}
	return nil
}

func (l *List) under(x, y float32) *Item {
	for i := range l.Items {
		if it := &l.Items[i]; !it.Off && it.At.Has(x, y) {
			return it
		}
	}
	return nil
}

// hot returns the item that a typed character chooses.
func (l *List) hot(typed []rune) string {
	for _, r := range typed {
		for i := range l.Items {
			if it := &l.Items[i]; it.Hot != 0 && it.Hot == unicode.ToLower(r) && !it.Off {
				return it.ID
			}
		}
	}
	return ""
}
