package roomstate

import (
	"strings"
	"unicode"
)

// The limits of a name.
const (
	MaxNameRunes = 24
	MaxNameBytes = 96
	maxMarks     = 2 // combining marks on one letter
)

// NoName stands for a name of which nothing visible is left.
const NoName = "Player"

// CleanName returns s as other players may see it: one line, at most
// [MaxNameRunes] characters and [MaxNameBytes] bytes, without control, format,
// private or unassigned characters, direction overrides, blanks that look like
// letters, or towers of accents; runs of space are one space. Scripts that run
// from right to left are left alone. Nothing visible left is [NoName]. Cleaning
// twice changes nothing.
func CleanName(s string) string {
	var b strings.Builder
	runes, marks, space, visible := 0, 0, false, false
	for _, c := range s {
		switch {
		case unicode.IsSpace(c) || c == '\u2800': // a braille cell without dots
			space = runes > 0
			continue
		case c == unicode.ReplacementChar, invisible(c), !unicode.IsPrint(c):
			continue
		case unicode.Is(unicode.M, c):
			if marks++; marks > maxMarks || !visible {
				continue
			}
		default:
			marks = 0
		}
		need := 1
		if space {
			need++
			marks = 0
		}
		if runes+need > MaxNameRunes || b.Len()+need+len(string(c)) > MaxNameBytes {
			break
		}
		if space {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		runes += need
		space = false
		visible = true
	}
	if !visible {
		return NoName
	}
	return b.String()
}

// invisible names what is printable by its category but shows nothing.
func invisible(c rune) bool {
	switch {
	case c == '\u115F', c == '\u1160', c == '\u3164', c == '\uFFA0': // Hangul fillers
	case c == '\u034F', c == '\u17B4', c == '\u17B5': // joiners without a glyph
	case c >= '\u180B' && c <= '\u180F', c >= '\uFE00' && c <= '\uFE0F': // variation selectors
	case c >= 0xE0000 && c <= 0xE0FFF: // tags, more selectors
	default:
		return false
	}
	return true
}
