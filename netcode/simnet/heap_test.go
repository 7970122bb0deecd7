package simnet

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

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
