package cleantext

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What people write in their languages stays byte for byte.
func TestKeepsEveryLanguage(t *testing.T) {
	for _, s := range []string{
		"Ann", "Zoë O’Brien-Ñuñez", "Ærøskøbing", "Łódź", "Владимир", "Αθηνά", "Nguyễn Thị Hồng", "Nguye\u0302\u0303n",
		"شلومو", "مرحبا بالعالم", "مُحَمَّدٌ", "می\u200cخواهم", "שלום עולם", "שָׁל֑וֹם", "בְּרֵאשִׁ֖ית בָּרָ֣א", "دُنیا", "ދިވެހި",
		"नमस्ते", "श्री", "क्\u200dष", "বাংলা", "র\u200d\u09cdয", "தமிழ்", "ไทยแลนด์", "ที่นี่", "ས\u0f92\u0fb2\u0f74བ", "ភាសាខ្មែរ",
		"日本語のテキスト", "한국어", "\u1112\u1161\u11ab", "中文，繁體。", "ｶﾞ", "ᠮᠣᠩᠭᠣᠯ",
		"👨\u200d👩\u200d👧\u200d👦", "👩🏽\u200d🚀", "❤\ufe0f", "1\ufe0f\u20e3", "🇸🇪🇧🇷", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"(╯°□°)╯︵ ┻━┻", "¯\\_(ツ)_/¯", "1 + 1 = 2 €", "\u200fשלום!\u200f", "\u2067עברית\u2069 and English", "\u202bעברית\u202c!",
	} {
		if got, cut := Line(s); got != s || cut {
			t.Errorf("Line(%+q) = %+q, %v", s, got, cut)
		}
		if got := Name(s); got != s && columnsOf(s) <= MaxNameWidth {
			t.Errorf("Name(%+q) = %+q", s, got)
		}
	}
}

func columnsOf(s string) int { return 2 * utf8.RuneCountInString(s) } // at most

func TestCleans(t *testing.T) {
	for in, want := range map[string]string{
		"":                                        "",
		"  Ann  ":                                 "Ann",
		"a\tb\r\nc\u2028d\u0085e":                 "a b  c d e",
		"a\x00\x1b[31mb\x7f\u009b":                "a[31mb",
		"a\xffb\xc3":                              "a\ufffdb\ufffd",
		"a\u200bb\ufeffc\u00add\u2060":            "abcd",
		"b\u200co\u200db":                         "bob", // joiners are for scripts that join
		"bob\ufe0f\u200d":                         "bob",
		"1\ufe0f2":                                "12",
		"a\u034fb\u3164c\uffa0":                   "abc",
		"badge \ue000\U000f0000":                  "badge",
		"\ufdd0\uffff\U0001fffe!":                 "!",
		"\u0301\u0301a":                           "a", // marks without a letter
		" \u0301 b":                               "b",
		"a" + strings.Repeat("\u0301", 50) + "b":  "a\u0301\u0301\u0301b",
		"ก" + strings.Repeat("\u0e49", 50):        "ก" + strings.Repeat("\u0e49", 6),
		"a\U000e0041\U000e0042":                   "a", // hidden text in tags
		"\u202eabc":                               "\u202eabc\u202c",
		"\u2067a\u202bb":                          "\u2067a\u202bb\u202c\u2069",
		"\u2067a\u202bb\u2069c":                   "\u2067a\u202bb\u2069c", // the isolate closes both
		"a\u202c\u2069b":                          "ab",
		"\u2067a\u202c\u2069":                     "\u2067a\u2069", // closes an embedding that is not open
		strings.Repeat("\u202e", 100) + "a":       strings.Repeat("\u202e", 8) + "a" + strings.Repeat("\u202c", 8),
		strings.Repeat("\u200f", 100) + "a":       "\u200fa",
		"\u2800\u2800a\u2800":                     "a",
		"a  b":                                    "a  b",
		"x\u3000y":                                "x\u3000y",
		"\u202b \u202c\u200f\ufe0f\u200d\u00a0\n": "",
	} {
		if got, _ := Line(in); got != want {
			t.Errorf("Line(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestBlankNames(t *testing.T) {
	for _, s := range []string{
		"", " ", "\ufe0f", "\ufe0f\ufe0f\ufe0f", "\U000e0100", "\u200b", "\u200d\u200c", "\u3164", "\u2800", "\u115f\u1160", "\uffa0", "\u00ad",
		"\u0301", "\u180b", "\u202e\u202c", "\u2067\u2069", "\u200e", "\U000e0041", "\u034f", "\ue000", "\x00", "\u17b4", "\ufffc", "\U0001d159",
	} {
		if got := Name(s); got != "" {
			t.Errorf("Name(%+q) = %+q", s, got)
		}
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"a \u00a0\u3000 b":            "a b",
		strings.Repeat("x", 25):       strings.Repeat("x", 24),
		strings.Repeat("世", 24):       strings.Repeat("世", 16), // two columns each
		"﷽﷽﷽":                         "﷽﷽",
		strings.Repeat("é\u0301", 24): strings.Repeat("é\u0301", 24),
		strings.Repeat("👨\u200d👩\u200d👧\u200d👦", 9): strings.Repeat("👨\u200d👩\u200d👧\u200d👦", 3), // 25 bytes each
		"\u202e" + strings.Repeat("x", 25):          "\u202e" + strings.Repeat("x", 24) + "\u202c",
		"Bo \u202e":                                 "Bo\u202e\u202c",
	} {
		if got := Name(in); got != want {
			t.Errorf("Name(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestCutIsSaid(t *testing.T) {
	long := strings.Repeat("word ", 40)
	if got, cut := Line(long); cut || got != strings.TrimSpace(long) {
		t.Errorf("200 characters: %v, %q", cut, got)
	}
	if got, cut := Line(long + "x"); !cut || got != strings.TrimSpace(long) {
		t.Errorf("201 characters: %v, %q", cut, got)
	}
	if got, cut := Line(strings.Repeat("€", 167)); !cut || len(got) != 498 {
		t.Errorf("501 bytes: %v, %d bytes", cut, len(got))
	}
	// A space at the end is nothing visible.
	if _, cut := Line(strings.Repeat("x", 200) + "   "); cut {
		t.Error("a space that goes counts as cut")
	}
}

func TestWideIsAscending(t *testing.T) {
	if !slices.IsSortedFunc(wide, func(a, b [2]rune) int { return int(a[0] - b[1]) }) {
		t.Error("the ranges of wide overlap or are not ascending")
	}
	for s, want := range map[string]int{"a": 1, "世": 2, "가": 2, "あ": 2, "Ａ": 2, "ｱ": 1, "😀": 2, "❤": 1, "❤\ufe0f": 2, "é": 1, "ع": 1, "🇸": 2, "〿": 1} {
		if got := columns([]rune(s)); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}

// A megabyte of anything costs time in proportion and no more than its size.
func TestLongInput(t *testing.T) {
	for _, part := range []string{"a", " ", "\u0301", "\u202e", "\u200d", "👩\u200d", "\xff", "\ufe0f"} {
		got, _ := Line(strings.Repeat(part, 1<<20/len(part)))
		if len(got) > MaxLineBytes {
			t.Errorf("%+q: %d bytes", part, len(got))
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"hello", "\u202e\u2067a\u202c\u2069", "👨\u200d👩\u200d👧", "می\u200cخواهم", "a\u0301\u0301\u0301\u0301", "1\ufe0f\u20e3", " \u2800x\ny ",
		"🇸🇪🇧", "\u1112\u1161\u11ab", "\xff\x00\u200b",
	} {
		f.Add(s, true)
		f.Add(strings.Repeat(s, 20), false)
	}
	f.Fuzz(func(t *testing.T, s string, name bool) {
		l := lines
		if name {
			l = names
		}
		holds(t, s, l)
	})
}

// hidden is how many bytes of s are format characters, which may use up the limit
// before anything that can be seen comes.
func hidden(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Cf, r) {
			n += utf8.RuneLen(r)
		}
	}
	return n
}

// holds checks all that Clean promises of any text.
func holds(t *testing.T, s string, l Limits) {
	t.Helper()
	got, cut := Clean(s, l)
	if again, cutAgain := Clean(got, l); again != got || cutAgain {
		t.Fatalf("%+q becomes %+q, and that %+q (%v)", s, got, again, cutAgain)
	}
	if !utf8.ValidString(got) || len(got) > l.Bytes || got != strings.TrimSpace(got) || cut && len(got) == 0 && l.Bytes > 60 && 2*hidden(s) < l.Bytes {
		t.Fatalf("%+q becomes %+q, %v", s, got, cut)
	}
	var open []rune
	for _, r := range got {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || invisible(r) {
			t.Fatalf("%+q keeps %U", got, r)
		}
		switch {
		case closes(r) != 0:
			open = append(open, closes(r))
		case r == pdf:
			if len(open) == 0 || open[len(open)-1] != pdf {
				t.Fatalf("%+q is not balanced", got)
			}
			open = open[:len(open)-1]
		case r == pdi:
			for len(open) > 0 && open[len(open)-1] == pdf {
				open = open[:len(open)-1]
			}
			if len(open) == 0 {
				t.Fatalf("%+q is not balanced", got)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%+q leaves %d open", got, len(open))
	}
}

// TestAnyMixture tries what fuzzing rarely hits: the characters with rules of
// their own, next to each other in every order.
func TestAnyMixture(t *testing.T) {
	runes := []rune("ab1 é世\u0301\u0489\u20e3\u0e49\u093e\u094d\u0915אن\u0600\u200c\u200d\u200e\u202a\u202e\u202c\u2067\u2069\ufe0f\u180b❤👩🏽🏴" +
		"\U000e0067\U000e007f🇸🇪가\u1112\u1161\u11ab\u3000\u2800\n\u200b﷽ﾞ©")
	dice := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		var b strings.Builder
		for range 1 + dice.IntN(24) {
			b.WriteRune(runes[dice.IntN(len(runes))])
		}
		holds(t, b.String(), names)
		holds(t, b.String(), Limits{Bytes: 1 + dice.IntN(40), Graphemes: 1 + dice.IntN(8), Width: 1 + dice.IntN(12)})
		if t.Failed() {
			return
		}
	}
}

func BenchmarkLine(b *testing.B) {
	for b.Loop() {
		Line("gg, wp — that was close! مرحبا 👩🏽\u200d🚀")
	}
}
