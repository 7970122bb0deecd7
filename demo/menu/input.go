package menu

// Input is what the player did since the last Update.
type Input struct {
	Up, Down, Left, Right bool // arrow keys went down
	Next, Previous        bool // tab, shift-tab
	Accept, Escape        bool // enter; escape
	Space                 bool
	Backspace, Delete     bool // these and the arrows repeat while held
	Home, End             bool
	Typed                 []rune // characters, those of keys named above excluded
	Pasted                string
	X, Y                  float32 // of the pointer, in units
	Moved, Pressed        bool    // the pointer moved; its button or a finger went down
}

// Keys reports whether a key went down.
func (in Input) Keys() bool {
	return in.Up || in.Down || in.Left || in.Right || in.Next || in.Previous || in.Accept || in.Escape || in.Space ||
		in.Backspace || in.Delete || in.Home || in.End || len(in.Typed) > 0 || in.Pasted != ""
}
