package lockstep

import (
	"testing"
	"time"
)

// TestLastWords: two die, and the second alone had confirmed the first one's last
// moves and told the others what state came of them. These moves do not count, so
// the others have another state; that is no desync.
func TestLastWords(t *testing.T) {
	cr := newCrew(t, 5, func(cfg *Config) { unsigned(cfg); cfg.CheckInterval = 1 })
	cr.run(t, 2*time.Second)
	cr.parted = func(from, to int) bool { return from == 0 && to != 1 }
	cr.run(t, 8*tableTick)
	cr.dead = bit(0)
	cr.run(t, 2*tableTick) // a moment later it would pass the moves on, too
	cr.dead |= bit(1)
	cr.until(t, 4*time.Second, "dropped", func() bool {
		for _, s := range cr.seats[2:] {
			if s.c.playing().Has(0) || s.c.playing().Has(1) {
				return false
			}
		}
		return true
	})
	first, second := &cr.seats[2].c.logs[0], &cr.seats[2].c.logs[1]
	told := 0
	for f := second.end - Alpha; f < second.end; f++ {
		if second.at(f).entry.CheckFrame > first.end {
			told++
		}
	}
	if c := cr.seats[1].c; told == 0 || c.logs[0].head <= first.end {
		t.Fatalf("premise: the second told of %d states after the first one's end; it had the first one's moves below %d, and those below %d count", told, c.logs[0].head, first.end)
	}
	before := cr.seats[2].c.stats.Checks
	cr.mustPlay(t, 3*time.Second, hitch, hitch, 2, 3, 4)
	for i, s := range cr.seats[2:] {
		if d := heard[Desync](s); len(d) > 0 {
			t.Errorf("member %d was told %#v", i+2, d[0])
		}
		if s.c.settled < second.end {
			t.Errorf("member %d has settled only %d frames; the second wrote %d", i+2, s.c.settled, second.end)
		}
	}
	if cr.seats[2].c.stats.Checks-before < 100 {
		t.Errorf("only %d hashes were compared afterwards", cr.seats[2].c.stats.Checks-before)
	}
}
