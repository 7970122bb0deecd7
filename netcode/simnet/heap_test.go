package simnet

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

func TestHeapIsOrderedAgain(t *testing.T) {
	dice := weather.NewDice(1)
	for size := range 40 {
		h := make(heap, size)
		for i := range h {
			h[i] = event{at: time.Duration(dice.Below(10)), seq: uint64(i)}
		}
		h.order()
		for i := 1; i < size; i++ {
			if h.less(i, (i-1)/2) {
				t.Errorf("of %d, event %d is before its parent", size, i)
			}
		}
	}
}

func TestHeapIsSorted(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		dice := weather.NewDice(seed)
		var h heap
		var last event
		pushed, popped, ties := 0, 0, 0
		for pushed < 2000 || len(h) > 0 {
			if pushed < 2000 && (len(h) == 0 || dice.Chance(weather.Percent(55))) {
				// Never before what was popped last, as the clock has it.
				h.push(event{at: last.at + time.Duration(dice.Below(50)), seq: uint64(pushed)})
				pushed++
				continue
			}
			e := h.pop()
			popped++
			if e.at < last.at || e.at == last.at && popped > 1 && e.seq < last.seq {
				t.Fatalf("event %d at %v comes after event %d at %v", e.seq, e.at, last.seq, last.at)
			}
			if e.at == last.at {
				ties++
			}
			last = e
		}
		if popped != pushed || ties < 100 {
			t.Errorf("pushed %d, popped %d, %d ties", pushed, popped, ties)
		}
		for _, e := range h[:cap(h)] {
			if e.at != 0 || e.seq != 0 {
				t.Fatal("a popped event is still held")
			}
		}
	})
}

// Neither the Net nor the peer holds on to timers that have moved or run.
func TestTimersAreLetGo(t *testing.T) {
	n := New(Config{})
	a := n.Link(peer.ID{1})
	for i := range 10 {
		a.After(time.Duration(i), func() {})
		n.After(time.Duration(i), func() {})
	}
	n.Freeze(a.id)
	if len(a.late) != 10 || len(n.events) != 10 {
		t.Fatalf("%d timers of the peer, %d of the Net", len(a.late), len(n.events))
	}
	for _, e := range n.events[10:cap(n.events)] {
		if e.call != nil {
			t.Fatal("the Net holds a timer of a frozen peer")
		}
	}
	n.Thaw(a.id)
	n.RunFor(time.Second)
	for _, e := range slices.Concat(a.late[:cap(a.late)], n.events[:cap(n.events)]) {
		if e.call != nil {
			t.Fatal("a timer that ran is still held")
		}
	}
	n.Freeze(a.id)
	a.After(1, func() {})
	if n.Crash(a.id); a.late != nil {
		t.Error("the timers of the dead are held")
	}
}
