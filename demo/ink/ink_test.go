package ink

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

func TestShaderCompiles(t *testing.T) {
	if _, err := ebiten.NewShader(strokeSource); err != nil {
		t.Fatal(err)
	}
}

func TestGlyphsStayOnTheirGrid(t *testing.T) {
	for r, g := range glyphs {
		if len(g.strokes) == 0 {
			t.Errorf("%q has no strokes", r)
		}
		for _, s := range g.strokes {
			if len(s) < 4 {
				t.Errorf("%q has a stroke of %d numbers; a dot repeats its point", r, len(s))
			}
			for i := 0; i < len(s); i += 2 {
				if s[i] < -0.5 || s[i] > 4.5 || s[i+1] < -2 || s[i+1] > 7.6 { // marks stand above and below
					t.Errorf("%q leaves its grid at %v,%v", r, s[i], s[i+1])
				}
			}
		}
	}
	for _, r := range "abcdefghijklmnopqrstuvwxyz0123456789.,:;!?-–_+/()[]{}'=%<>·…×→←↑↓^~|\\$€äöüßéèçñøåłžğčďőșабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґαβγδεζηθικλμνξοπρστυφχψω" {
		if r != missingText && len(lookup(r).strokes) > 0 && &lookup(r).strokes[0] == &lookup(missingText).strokes[0] {
			t.Errorf("%q is missing", r)
		}
	}
}

func TestDigitsShareOneWidth(t *testing.T) {
	if a, b := TextWidth(10, "1:11"), TextWidth(10, "8:08"); a != b {
		t.Errorf("1:11 is %v wide and 8:08 is %v; a clock would dance", a, b)
	}
}

func TestSheetKeepsItsMemory(t *testing.T) {
	var s Sheet
	draw := func() {
		s.Begin(2, 0, 0)
		s.Text(0, 0, 10, Center, "GOAL 0123", Pen{Color: Hex(0xffffff), Glow: 4, Shine: 0.5})
		s.Ring(5, 5, 3, Pen{Width: 1, Color: Hex(0xff0000)})
		s.Fill([]float32{0, 0, 1, 0, 1, 1}, Hex(0x00ff00))
	}
	draw()
	if n := testing.AllocsPerRun(20, draw); n > 0 {
		t.Errorf("a second picture allocates %v times; want 0", n)
	}
}
