package cleantext

import (
	"slices"
	"unicode/utf8"
)

// The limits that [Name] and [Line] apply; see [Limits] for the units.
const (
	MaxNameBytes     = 96
	MaxNameGraphemes = 24
	MaxNameWidth     = 32
	MaxLineBytes     = 500
	MaxLineGraphemes = 200
	MaxLineWidth     = 400
)

const (
	// maxMarks is how many combining marks one character keeps; Hebrew with
	// vowels and cantillation takes five, "zalgo" dozens.
	maxMarks = 6
	// maxStacked is how many of these are of no script, which is what zalgo is
	// made of; Vietnamese and phonetics take two or three.
	maxStacked = 3
	// maxCluster is how many runes a visible character has at most; a family of
	// four in emoji takes eleven.
	maxCluster = 16
	// maxOpen is how deep bidirectional controls nest.
	maxOpen = 8
)

// Limits bounds a text; every field must be positive.
type Limits struct {
	// Bytes of UTF-8.
	Bytes int
	// Graphemes are visible characters: a letter with its accents is one, and so
	// are a flag and a family of emoji.
	Graphemes int
	// Width in columns of a terminal: most characters take one, those of East
	// Asia and emoji two, a few giants more.
	Width int
	// OneSpace makes each run of spaces one plain space.
	OneSpace bool
}

var (
	names = Limits{Bytes: MaxNameBytes, Graphemes: MaxNameGraphemes, Width: MaxNameWidth, OneSpace: true}
	lines = Limits{Bytes: MaxLineBytes, Graphemes: MaxLineGraphemes, Width: MaxLineWidth}
)

// Name returns s as the name of a player: at most 24 visible characters, 32
// columns and 96 bytes, on one line, with single spaces. It is "" if nothing of
// s can be seen; what to call such a player is the caller's to say.
func Name(s string) string {
	text, _ := Clean(s, names)
	return text
}

// Line returns s as one line of chat: at most 200 visible characters, 400
// columns and 500 bytes; "" if nothing of it can be seen. cut says that it was
// longer.
func Line(s string) (text string, cut bool) { return Clean(s, lines) }

// Clean returns s fit to be shown within the limits; see the package's comment.
// cut says that something visible was left out because of the limits, the limit
// of marks aside. Its time is linear in len(s).
func Clean(s string, l Limits) (text string, cut bool) {
	c := cleaner{limits: l, out: make([]byte, 0, min(len(s), l.Bytes))}
	runes := []rune(s) // invalid bytes become U+FFFD
	for i, r := range runes {
		next := rune(0)
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		if c.take(r, next); c.cut {
			break
		}
	}
	c.commit()
	if c.graphemes == 0 {
		return "", c.cut
	}
	for _, end := range slices.Backward(c.open) {
		c.out = utf8.AppendRune(c.out, end)
	}
	return string(c.out), c.cut
}
