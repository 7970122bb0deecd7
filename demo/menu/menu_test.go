package menu

import (
	"fmt"
	"strings"
	"testing"
)

func typed(s string) Input { return Input{Typed: []rune(s)} }

func TestFieldEdits(t *testing.T) {
	var f Field
	for i, step := range []struct {
		in            Input
		before, after string
	}{
		{typed("abd"), "abd", ""},
		{Input{Left: true}, "ab", "d"},
		{typed("c"), "abc", "d"},
		{Input{Delete: true}, "abc", ""},
		{Input{Backspace: true}, "ab", ""},
		{Input{Home: true}, "", "ab"},
		{Input{Backspace: true}, "", "ab"},
		{Input{Pasted: "über\nall\x00\t!\r\n"}, "über all !", "ab"},
		{Input{End: true}, "über all !ab", ""},
		{Input{Right: true}, "über all !ab", ""},
		{Input{Home: true}, "", "über all !ab"},
		{Input{Left: true, Accept: true}, "", "über all !ab"},
	} {
		f.Edit(step.in)
		if before, after := f.Parts(); before != step.before || after != step.after {
			t.Fatalf("step %d: %q|%q; want %q|%q", i, before, after, step.before, step.after)
		}
	}
}

func TestFieldIsBounded(t *testing.T) {
	f := Field{Most: 5}
	f.Edit(Input{Pasted: strings.Repeat("ä", 100)})
	if f.Text() != "äääää" {
		t.Errorf("a field of 5 took %q", f.Text())
	}
	var g Field
	g.Set(strings.Repeat("x", 5*MaxText))
	if n := len(g.Text()); n != MaxText {
		t.Errorf("a field took %d characters; want %d", n, MaxText)
	}
}

func threeItems() *List {
	l := &List{Items: []Item{
		{ID: "play", Hot: 'p', At: Rect{0, 0, 10, 10}},
		{ID: "off", Off: true, Hot: 'o', At: Rect{0, 20, 10, 10}},
		{ID: "name", Field: &Field{}, At: Rect{0, 40, 10, 10}},
	}}
	l.Point("play")
	return l
}

func TestListByKeys(t *testing.T) {
	l := threeItems()
	if got := l.Update(Input{Accept: true}); got != "play" {
		t.Errorf("enter chose %q; want play", got)
	}
	if got := l.Update(typed("oP")); got != "play" {
		t.Errorf("its key chose %q; want play, for the other one is off", got)
	}
	l.Update(Input{Down: true})
	if l.Focus() != "name" || !l.Types() {
		t.Fatalf("down went to %q; want name, past what is off", l.Focus())
	}
	if got := l.Update(typed("po")); got != "" || l.Items[2].Field.Text() != "po" {
		t.Errorf("typing chose %q and left %q; keys are letters there", got, l.Items[2].Field.Text())
	}
	if got := l.Update(Input{Space: true}); got != "" {
		t.Errorf("a blank in a line chose %q", got)
	}
	if got := l.Update(Input{Accept: true}); got != "name" {
		t.Errorf("enter in a line chose %q", got)
	}
	l.Update(Input{Left: true})
	if l.Focus() != "name" {
		t.Errorf("left in a line left it for %q", l.Focus())
	}
	l.Update(Input{Next: true})
	if l.Focus() != "play" {
		t.Errorf("after the last comes %q; want the first", l.Focus())
	}
	l.Update(Input{Previous: true})
	if l.Focus() != "name" {
		t.Errorf("before the first comes %q; want the last", l.Focus())
	}
}

func TestListByPointer(t *testing.T) {
	l := threeItems()
	l.Point("name")
	if got := l.Update(Input{Moved: true, X: 5, Y: 5}); got != "" || l.Focus() != "name" {
		t.Errorf("passing by chose %q and took the line away: %q", got, l.Focus())
	}
	if got := l.Update(Input{Pressed: true, X: 5, Y: 25}); got != "" {
		t.Errorf("what is off was chosen: %q", got)
	}
	if got := l.Update(Input{Pressed: true, X: 5, Y: 5}); got != "play" {
		t.Errorf("a press chose %q; want play", got)
	}
	if got := l.Update(Input{Pressed: true, X: 5, Y: 45}); got != "" || !l.Types() {
		t.Errorf("a press on a line chose %q; want it in focus", got)
	}
}

// shapes are pictures from a phone held upright to a very wide window.
var shapes = [][2]int{{360, 740}, {320, 180}, {500, 500}, {800, 600}, {1280, 720}, {2560, 1080}, {3440, 800}}

func TestEverythingHasItsPlace(t *testing.T) {
	for _, size := range shapes {
		shape, scale := Fit(size[0], size[1])
		if scale <= 0 || shape.W < Side-0.1 || shape.H < Side-0.1 {
			t.Fatalf("%v: %v units of %v pixels", size, shape, scale)
		}
		r := Room{Code: "AB2CD3", Seats: []Seat{{Number: 0, Heads: true}, {Number: 2}, {Number: 1, Heads: true}, {Number: 3}}}
		for _, id := range []string{ReadyID, StartID, LeaveID, CopyID, TalkID, SeatID(3)} {
			r.Items = append(r.Items, Item{ID: id})
		}
		r.Lay(shape)
		places := map[string]Rect{"note": r.Places.Note, "talk": r.Places.Talk}
		for _, it := range r.Items {
			places[it.ID] = it.At
		}
		for _, s := range r.Seats {
			places[SeatID(s.Number)] = s.At
		}
		checkPlaces(t, size, shape, places)

		p := Panel{}
		for i := range 6 {
			p.Items = append(p.Items, Item{ID: fmt.Sprint(i)})
		}
		p.Lay(shape)
		places = map[string]Rect{}
		for _, it := range p.Items {
			places[it.ID] = it.At
		}
		checkPlaces(t, size, shape, places)
	}
}

// checkPlaces wants places that are inside, large enough for a finger, and apart.
func checkPlaces(t *testing.T, size [2]int, shape Shape, places map[string]Rect) {
	t.Helper()
	for name, r := range places {
		if r.X < -shape.W/2 || r.Y < -shape.H/2 || r.X+r.W > shape.W/2 || r.Y+r.H > shape.H/2 {
			t.Errorf("%v: %s is outside: %v in %v", size, name, r, shape)
		}
		if r.W < 30 || r.H < 9.9 {
			t.Errorf("%v: %s is too small: %v", size, name, r)
		}
		for other, o := range places {
			if name < other && r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H {
				t.Errorf("%v: %s and %s overlap: %v, %v", size, name, other, r, o)
			}
		}
	}
}

// TestLastLetterComesWithEnter: a machine that draws slowly reads both at once.
func TestLastLetterComesWithEnter(t *testing.T) {
	l := threeItems()
	l.Point("name")
	l.Update(typed("An"))
	if id := l.Update(Input{Typed: []rune("n"), Accept: true}); id != "name" || l.item("name").Field.Text() != "Ann" {
		t.Errorf("chose %q with %q in the line", id, l.item("name").Field.Text())
	}
}
