package lockstep

import (
	"bytes"
	"testing"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestArchiveRing: the newest texts are kept, whole and findable, the oldest
// give way, and nothing grows beyond the limit.
func TestArchiveRing(t *testing.T) {
	dice := weather.NewDice(1)
	a := archive{limit: 5000}
	want := map[Frame][][]byte{}
	wrapped := 0
	for n := range Frame(2000) {
		f := n * pageFrames
		for range 1 + dice.Below(2) {
			text := bytes.Repeat([]byte{byte(n)}, 1+int(dice.Below(700)))
			before := a.at
			a.put(f, text)
			if a.at < before {
				wrapped++
			}
			want[f] = append(want[f], text)
		}
		kept := 0
		for g := a.first(); g <= f; g += pageFrames {
			pages := a.page(g)
			if len(pages) == 0 {
				t.Fatalf("page %d of %d to %d is missing", g, a.first(), f)
			}
			for i, p := range pages {
				if !bytes.Equal(a.ring[p.at:p.to], want[g][len(want[g])-len(pages)+i]) {
					t.Fatalf("page %d, text %d is another one", g, i)
				}
				kept += p.to - p.at
			}
			if g > a.first() && len(pages) != len(want[g]) {
				t.Fatalf("page %d has %d of %d texts", g, len(pages), len(want[g]))
			}
		}
		if len(a.page(a.first()-pageFrames)) > 0 {
			t.Fatal("a page before the first")
		}
		if len(a.ring) > a.limit || n > 50 && kept < a.limit/2 {
			t.Fatalf("%d bytes of texts in a ring of %d", kept, len(a.ring))
		}
	}
	if wrapped < 100 {
		t.Fatalf("the ring came around %d times", wrapped)
	}
}
