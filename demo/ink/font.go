package ink

import (
	"strings"
	"unicode"
)

// A letter is a handful of strokes on a grid of five columns and seven rows.
// Each word of its line in glyphText is one stroke; each pair of digits in it a
// point: column 0 to 4, row 0 (top) to 6 (baseline), 7 hangs below.
const glyphText = `
A 06 01 10 30 41 46|03 43
B 06 00 30 41 42 33 44 45 36 06|03 33
C 41 30 10 01 05 16 36 45
D 00 30 41 45 36 06 00
E 40 00 06 46|03 33
F 40 00 06|03 33
G 41 30 10 01 05 16 36 45 43 23
H 00 06|40 46|03 43
I 00 06
J 40 45 36 16 05
K 00 06|40 03 46
L 00 06 46
M 06 00 23 40 46
N 06 00 46 40
O 10 30 41 45 36 16 05 01 10
P 06 00 30 41 42 33 03
Q 10 30 41 45 36 16 05 01 10|34 46
R 06 00 30 41 42 33 03|23 46
S 41 30 10 01 02 13 33 44 45 36 16 05
T 00 40|20 26
U 00 05 16 36 45 40
V 00 26 40
W 00 16 23 36 40
X 00 46|40 06
Y 00 23 40|23 26
Z 00 40 06 46
0 10 30 41 45 36 16 05 01 10
1 11 20 26
2 01 10 30 41 42 06 46
3 01 10 30 41 42 33 44 45 36 16 05|13 33
4 36 30 04 44
5 40 00 03 33 44 45 36 16 05
6 41 30 10 01 05 16 36 45 44 33 13 04
7 00 40 16
8 10 30 41 42 33 44 45 36 16 05 04 13 02 01 10|13 33
9 05 16 36 45 41 30 10 01 02 13 33 42
. 06 06
, 15 07
: 02 02|05 05
; 12 12|15 07
! 00 04|06 06
? 01 10 30 41 42 23 24|26 26
- 03 33
– 03 43
_ 06 46
+ 03 43|21 25
/ 06 40
( 10 01 05 16
) 00 11 15 06
' 00 01
" 00 01|20 21
= 02 42|04 44
% 06 40|01 01|45 45
< 30 03 36
> 00 33 06
# 10 16|30 36|02 42|04 44
& 46 12 11 20 31 04 05 16 26 44
* 21 25|02 44|42 04
@ 33 13 12 31 34 43 41 30 10 01 05 16 36
· 03 03
… 06 06|26 26|46 46
× 02 44|42 04
→ 03 43|21 43 25
← 03 43|21 03 25
↑ 20 26|02 20 42
↓ 20 26|04 26 44
□ 00 40 46 06 00
[ 20 00 06 26
] 00 20 26 06
$ 41 30 10 01 02 13 33 44 45 36 16 05|20 26
€ 41 30 20 11 15 26 36 45|02 32|04 34
¿ 45 36 16 05 04 23 22|20 20
¡ 06 02|00 00
^ 02 20 42
~ 04 13 33 42
| 00 07
\ 00 46
{ 20 10 12 03 14 16 26
} 00 10 12 23 14 16 06
Æ 06 20 40|20 26 46|13 43
Œ 40 10 01 05 16 46|20 26|23 43
Þ 00 06|01 31 42 43 34 04
ẞ 06 01 10 30 31 23 34 35 26 16
Б 40 00 06 36 45 44 33 03
Г 06 00 30
Ґ 06 01 31 30
Д 07 06 46 47|16 11 20 30 36
Ж 00 23 06|40 23 46|20 26
И 00 06 40 46
Л 06 15 10 40 46
П 06 00 40 46
Ф 20 26|11 31 42 43 34 14 03 02 11
Ц 00 06 46 47|30 36
Ч 00 02 13 43|40 46
Ш 00 06 46 40|20 26
Щ 00 06 46 47|20 26|40 46
Ъ 00 10 16 36 45 44 33 13
Ы 00 06 16 25 24 13 03|40 46
Ь 00 06 36 45 44 33 03
Э 01 10 30 41 45 36 16 05|23 43
Ю 00 06|03 13|20 30 41 45 36 26 15 11 20
Я 46 40 10 01 02 13 43|23 06
Є 41 30 10 01 05 16 36 45|03 23
Δ 06 20 46 06
Θ 10 30 41 45 36 16 05 01 10|13 33
Λ 06 20 46
Ξ 00 40|13 33|06 46
Σ 40 00 23 06 46
Ψ 00 02 13 33 42 40|20 26
Ω 06 16 14 02 01 10 30 41 42 34 36 46
`

// glyph is one letter: its strokes in grid units and how wide it is.
type glyph struct {
	strokes [][]float32 // x and y alternate
	wide    float32
}

const (
	gridRows    = 6   // from cap height to baseline
	gridGap     = 1.9 // between letters
	gridSpace   = 3.2 // a blank
	digitsWide  = 4   // digits share one width, so that a clock does not dance
	missingText = '□'
)

// glyphs is filled once from glyphText and only read afterwards.
var glyphs = parseGlyphs(glyphText)

func parseGlyphs(text string) map[rune]glyph {
	all := make(map[rune]glyph)
	for line := range strings.Lines(text) {
		name, strokes, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			continue
		}
		var g glyph
		for stroke := range strings.SplitSeq(strokes, "|") {
			var points []float32
			for point := range strings.FieldsSeq(stroke) {
				x, y := float32(point[0]-'0'), float32(point[1]-'0')
				points = append(points, x, y)
				g.wide = max(g.wide, x)
			}
			g.strokes = append(g.strokes, points)
		}
		r := []rune(name)[0]
		if r >= '0' && r <= '9' {
			g.wide = digitsWide
		}
		all[r] = g
	}
	addComposed(all)
	return all
}

// lookup returns the glyph of r. Small letters look like capitals; what the
// font lacks looks like an empty box.
func lookup(r rune) glyph {
	g, ok := glyphs[unicode.ToUpper(r)]
	if !ok {
		g = glyphs[missingText]
	}
	return g
}
