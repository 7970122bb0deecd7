package cleantext

import "unicode"

// kind is what Clean does with a rune.
type kind uint8

const (
	dropped kind = iota
	space
	joiner    // zero-width joiner and non-joiner
	direction // a mark of direction
	opener    // of an embedding, override or isolate
	closer
	mark // belongs to the character before it
	base
)

const (
	zwnj      = '\u200c'
	zwj       = '\u200d'
	pdf       = '\u202c'
	pdi       = '\u2069'
	blackFlag = '\U0001f3f4'
)

func kindOf(r rune) kind {
	switch {
	case r >= 0x20 && r < 0x7f:
		if r == ' ' {
			return space
		}
		return base
	case r == '\t', r == '\n', r == '\v', r == '\f', r == '\r', r == 0x85, r == 0x2028, r == 0x2029, r == 0x2800:
		return space // the last one is Braille without a dot
	case r < 0xa0:
		return dropped
	case r == zwnj, r == zwj:
		return joiner
	case r == 0x200e, r == 0x200f, r == 0x61c:
		return direction
	case closes(r) != 0:
		return opener
	case r == pdf, r == pdi:
		return closer
	case tag(r), selector(r), r >= 0x1f3fb && r <= 0x1f3ff:
		return mark // the last ones are the skin tones of emoji
	case invisible(r), unicode.Is(unicode.Co, r), r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return dropped
	case unicode.Is(unicode.Zs, r):
		return space
	case unicode.Is(unicode.M, r), r == 0xff9e, r == 0xff9f:
		return mark
	case unicode.Is(unicode.Cf, r) && !prefix(r):
		return dropped
	}
	return base
}

// plain is the rune that stands for a space in a line: wide and narrow ones
// stay, what breaks lines does not.
func plain(r rune) rune {
	if unicode.Is(unicode.Zs, r) {
		return r
	}
	return ' '
}

// closes returns the rune that closes what r opens, 0 if it opens nothing.
func closes(r rune) rune {
	switch r {
	case 0x202a, 0x202b, 0x202d, 0x202e:
		return pdf
	case 0x2066, 0x2067, 0x2068:
		return pdi
	}
	return 0
}

// invisible are letters, marks and symbols that show nothing: fillers of
// Hangul and Khitan, the grapheme joiner, silent Khmer vowels, an empty note
// head, the place of an object.
func invisible(r rune) bool {
	switch r {
	case 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0, 0xfffc, 0x16fe4, 0x1d159:
		return true
	}
	return false
}

// prefix are format characters that are seen: Arabic, Syriac and Kaithi number
// signs, and the Mongolian vowel separator, which shapes its neighbours.
func prefix(r rune) bool {
	return unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r == 0x180e
}

// selector are variation selectors.
func selector(r rune) bool {
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef || r >= 0x180b && r <= 0x180d || r == 0x180f
}

// selectable reports whether a selector can change how a character looks: not
// a letter of Europe, and a digit only on a keycap.
func selectable(cluster []rune, next rune) bool {
	first := cluster[0]
	if first < 0x80 {
		return next == 0x20e3 && len(cluster) == 1
	}
	return first == 0xa9 || first == 0xae || first >= 0x590
}

// stacks are the marks that belong to no script and pile up on any letter.
func stacks(r rune) bool {
	return r >= 0x300 && r <= 0x36f || r >= 0x483 && r <= 0x489 || r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff ||
		r >= 0x20d0 && r <= 0x20ff || r >= 0xfe20 && r <= 0xfe2f
}

// tag are the letters that spell a region behind a black flag.
func tag(r rune) bool { return r >= 0xe0020 && r <= 0xe007f }

// joins reports whether a joiner between two runes can be of use: scripts that
// need it begin with Hebrew.
func joins(last, next rune) bool { return last >= 0x590 && next >= 0x590 }

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func pictograph(r rune) bool {
	return r >= 0x2190 && r <= 0x2bff || r >= 0x1f000 && r <= 0x1faff || r == 0x3030 || r == 0x303d || r == 0x3297 || r == 0x3299
}

// jamo are the vowels and finals that go on with a Hangul syllable.
func jamo(r rune) bool { return r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7fb }

func hangul(r rune) bool {
	return r >= 0x1100 && r <= 0x11ff || r >= 0xac00 && r <= 0xd7fb || r >= 0xa960 && r <= 0xa97c
}
