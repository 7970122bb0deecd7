package ink

import "strings"

// accentText composes letters: a base, the letters, and the mark of each.
const accentText = `
A ÀÁÂÃÄÅĀĂĄ ` + "`" + `´^~¨°¯˘˛
C ÇĆĈĊČ ¸´^˙ˇ
D ĎĐ ˇ-
E ÈÉÊËĒĔĖĘĚ ` + "`" + `´^¨¯˘˙˛ˇ
G ĜĞĠĢ ^˘˙¸
H Ĥ ^
I ÌÍÎÏĨĪĬĮİ ` + "`" + `´^¨~¯˘˛˙
J Ĵ ^
K Ķ ¸
L ĹĻĽŁ ´¸ˇ/
N ÑŃŅŇ ~´¸ˇ
O ÒÓÔÕÖØŌŎŐ ` + "`" + `´^~¨/¯˘˝
R ŔŖŘ ´¸ˇ
S ŚŜŞŠȘ ´^¸ˇ¸
T ŢŤȚ ¸ˇ¸
U ÙÚÛÜŨŪŬŮŰŲ ` + "`" + `´^¨~¯˘°˝˛
W Ŵ ^
Y ÝŶŸ ´^¨
Z ŹŻŽ ´˙ˇ
И Й ˘
Е Ё ¨
І Ї ¨
`

// twinText names letters of other scripts that look like one we have.
const twinText = `А A|В B|С C|Е E|Н H|К K|М M|О O|Р P|Т T|Х X|У Y|І I|Ј J|Ѕ S|` +
	`Α A|Β B|Ε E|Ζ Z|Η H|Ι I|Κ K|Μ M|Ν N|Ο O|Ρ P|Τ T|Υ Y|Χ X|Π П|Γ Г|Φ Ф|Ð Đ|З 3|ß ẞ`

// markStrokes are the marks around the point (0, 0) in the middle above a letter,
// in grid units.
var markStrokes = map[rune][][]float32{
	'`': {{-0.9, -1.9, 0.4, -0.9}},
	'´': {{0.9, -1.9, -0.4, -0.9}},
	'^': {{-1, -0.9, 0, -1.9, 1, -0.9}},
	'ˇ': {{-1, -1.9, 0, -0.9, 1, -1.9}},
	'˘': {{-1, -1.9, -0.5, -1.1, 0.5, -1.1, 1, -1.9}},
	'~': {{-1.2, -1.1, -0.5, -1.7, 0.5, -1.1, 1.2, -1.7}},
	'¯': {{-1.1, -1.4, 1.1, -1.4}},
	'¨': {{-0.9, -1.4, -0.9, -1.4}, {0.9, -1.4, 0.9, -1.4}},
	'˙': {{0, -1.4, 0, -1.4}},
	'°': {{-0.6, -1.6, 0, -2, 0.6, -1.6, 0, -1, -0.6, -1.6}},
	'˝': {{-0.2, -1.9, -0.9, -0.9}, {1.2, -1.9, 0.5, -0.9}},
	'¸': {{0, 6.5, 0.3, 7.2, -0.5, 7.6}},
	'˛': {{0.6, 6.5, 0.2, 7.2, 0.9, 7.5}},
	'/': {{-2, 5, 2, 1}},
	'-': {{-2.4, 3, -0.4, 3}},
}

// addComposed adds what accentText and twinText describe.
func addComposed(all map[rune]glyph) {
	twin := func() {
		for pair := range strings.SplitSeq(twinText, "|") {
			letter, like, _ := strings.Cut(pair, " ")
			if g, ok := all[[]rune(like)[0]]; ok {
				all[[]rune(letter)[0]] = g
			}
		}
	}
	twin()
	for line := range strings.Lines(accentText) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		base, marks := all[[]rune(f[0])[0]], []rune(f[2])
		for i, letter := range []rune(f[1]) {
			all[letter] = base.with(markStrokes[marks[i]])
		}
	}
	twin() // of composed letters, too
}

// with returns the glyph with the strokes of a mark.
func (g glyph) with(mark [][]float32) glyph {
	out := glyph{wide: max(2, g.wide)} // a mark is wider than an I
	add := func(strokes [][]float32, dx float32) {
		for _, stroke := range strokes {
			moved := append([]float32(nil), stroke...)
			for i := 0; i < len(moved); i += 2 {
				moved[i] += dx
			}
			out.strokes = append(out.strokes, moved)
		}
	}
	add(g.strokes, (out.wide-g.wide)/2)
	add(mark, out.wide/2)
	return out
}
