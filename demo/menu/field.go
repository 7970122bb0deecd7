package menu

import (
	"slices"
	"strings"
	"unicode"
)

// Field is a line to type in. The zero Field is empty and takes [MaxText]
// characters.
type Field struct {
	// Most is how many characters it takes; 0 is MaxText.
	Most  int
	text  []rune
	caret int // 0 to len(text)
}

// MaxText is how many characters a Field takes that says nothing else.
const MaxText = 200

// Text returns what is in the field.
func (f *Field) Text() string { return string(f.text) }

// Parts returns what is before and behind the caret.
func (f *Field) Parts() (before, behind string) {
	return string(f.text[:f.caret]), string(f.text[f.caret:])
}

// Set replaces the text; the caret goes to its end.
func (f *Field) Set(text string) {
	f.text, f.caret = nil, 0
	f.insert([]rune(text))
}

// Edit does to the text what the player did, and reports whether it changed.
func (f *Field) Edit(in Input) bool {
	before := f.Text()
	f.insert(in.Typed)
	f.insert([]rune(in.Pasted))
	switch {
	case in.Backspace && f.caret > 0:
		f.text = slices.Delete(f.text, f.caret-1, f.caret)
		f.caret--
	case in.Delete && f.caret < len(f.text):
		f.text = slices.Delete(f.text, f.caret, f.caret+1)
	case in.Left:
		f.caret = max(0, f.caret-1)
	case in.Right:
		f.caret = min(len(f.text), f.caret+1)
	case in.Home:
		f.caret = 0
	case in.End:
		f.caret = len(f.text)
	}
	return f.Text() != before
}

// insert puts characters at the caret, as many as fit; a line break is a blank, and
// what cannot be seen is left out.
func (f *Field) insert(runes []rune) {
	most := f.Most
	if most == 0 {
		most = MaxText
	}
	for _, r := range strings.TrimRight(string(runes), "\r\n") {
		switch {
		case r == '\n' || r == '\t':
			r = ' '
		case !unicode.IsGraphic(r):
			continue
		}
		if len(f.text) >= most {
			return
		}
		f.text = slices.Insert(f.text, f.caret, r)
		f.caret++
	}
}
