package sim

import (
	"slices"
	"testing"
)

// A rollback that repeats the same frames shows nothing twice; one that repeats
// them otherwise takes back what did not happen.
func TestFeedSurvivesRollback(t *testing.T) {
	w := begin(3, 4)
	var feed Feed
	seen := 0
	for range 600 {
		save := w.Save(nil)
		for range 4 {
			w.Step(bots)
		}
		fresh := slices.Clone(feed.New(w))
		seen += len(fresh)
		before := slices.Clone(w.Events())
		if err := w.Load(save); err != nil {
			t.Fatal(err)
		}
		for _, e := range w.Events() {
			if e.Frame >= w.Frame() {
				t.Fatalf("after a load to frame %d there is an event of frame %d", w.Frame(), e.Frame)
			}
		}
		for range 4 {
			w.Step(bots)
		}
		if again := feed.New(w); len(again) != 0 {
			t.Fatalf("shown twice: %+v", again)
		}
		if !slices.Equal(before, w.Events()) {
			t.Fatalf("the same frames gave other events:\n%+v\n%+v", before, w.Events())
		}
	}
	if seen < 100 {
		t.Errorf("only %d events", seen)
	}

	w = begin(3, 4)
	playOn(t, w)
	save := w.Save(nil)
	w.Step(first(Keys{Dash: true}))
	if e := w.Events(); len(e) == 0 || e[len(e)-1].Kind != Dash {
		t.Fatalf("premise: no dash in %+v", e)
	}
	if err := w.Load(save); err != nil {
		t.Fatal(err)
	}
	w.Step(idle)
	for _, e := range w.Events() {
		if e.Kind == Dash {
			t.Error("the dash that was rolled back is still shown")
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	w, s := begin(9, 8), script{seed: 9, seats: 8}
	most := 0
	for frame := range 3000 {
		w.Step(s.at(frame))
		most = max(most, len(w.Events()))
		if !slices.IsSortedFunc(w.Events(), func(a, b Event) int { return int(a.Frame) - int(b.Frame) }) {
			t.Fatalf("frame %d: not in order: %+v", frame, w.Events())
		}
		for _, e := range w.Events() {
			if e.Frame >= w.Frame() || w.Frame()-e.Frame > EventFrames+1 {
				t.Fatalf("frame %d: an event of frame %d", w.Frame(), e.Frame)
			}
		}
	}
	if most < logSize/2 {
		t.Errorf("at most %d events at once: the limit was never near", most)
	}
}
