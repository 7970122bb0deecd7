package simnet

import (
	"slices"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// ShrinkTries is how many times [Shrink] calls fails, at most.
const ShrinkTries = 1000

// Shrink cuts a scenario that fails down to a smaller one that still fails, for
// a person to understand: it leaves out events and paths by delta debugging
// (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
// 2002), then brings events together in time, and makes the numbers of drifts
// and weathers 0 or half of what they were, until nothing of this helps any
// more or fails was called [ShrinkTries] times. Seed, players and Note stay.
//
// The end is nowhere worse than that of s: the time that follows the last event
// is no shorter, who was healed or thawed in s still is, and no path has worse
// weather then. For a match that does not recover from trouble that ended is
// another failure than one in trouble that never does.
//
// fails plays a scenario from the beginning and tells whether it still fails in
// the way that is of interest. It must give one answer to one scenario, and may
// not change it. A scenario that does not fail, or is not valid, comes back as it
// is. s is not changed.
func Shrink(s Scenario, fails func(Scenario) bool) Scenario {
	if s.Validate() != nil {
		return s
	}
	k := &shrinker{best: s.clone(), fails: fails, left: ShrinkTries, end: s.end()}
	if !k.try(s.clone()) {
		return s
	}
	for changed := true; changed && k.left > 0; {
		changed = k.events()
		changed = k.paths() || changed
		changed = k.times() || changed
		changed = k.numbers() || changed
	}
	return k.best
}

// clone copies the slices that Shrink changes.
func (s Scenario) clone() Scenario {
	s.Paths, s.Events = slices.Clone(s.Paths), slices.Clone(s.Events)
	return s
}

// shrinker holds the smallest scenario so far that fails.
type shrinker struct {
	best  Scenario
	fails func(Scenario) bool
	left  int // calls of fails
	end   *ending
}

// try takes s for the best if it is valid, ends no worse and fails.
func (k *shrinker) try(s Scenario) bool {
	if k.left == 0 || s.Validate() != nil || s.end().worse(k.end) {
		return false
	}
	k.left--
	if !k.fails(s.clone()) {
		return false
	}
	k.best = s
	return true
}

// events leaves out events.
func (k *shrinker) events() bool {
	return minimize(k.best.Events, func(e []Event) bool {
		s := k.best.clone()
		s.Events = e
		return k.try(s)
	})
}

// paths leaves out paths.
func (k *shrinker) paths() bool {
	return minimize(k.best.Paths, func(p []Shape) bool {
		s := k.best.clone()
		s.Paths = p
		return k.try(s)
	})
}

// minimize is the algorithm ddmin. It looks for a part of list that still fails
// and of which nothing more can be left out, one by one; it tells whether it
// left out anything. fails makes what it returns true for the best.
func minimize[T any](list []T, fails func([]T) bool) (changed bool) {
	if len(list) > 0 && fails(nil) {
		return true
	}
	for parts := 2; len(list) > 1; {
		parts = min(parts, len(list))
		smaller, found := list, 0
		// Each part alone, then all but each part.
		for i := 0; i < 2*parts && found == 0; i++ {
			from, to := i%parts*len(list)/parts, (i%parts+1)*len(list)/parts
			part, rest := slices.Clone(list[from:to]), slices.Concat(list[:from], list[to:])
			switch {
			case i < parts && fails(part):
				smaller, found = part, 2
			case i >= parts && parts > 2 && fails(rest): // of two parts they are the same
				smaller, found = rest, max(parts-1, 2)
			}
		}
		switch {
		case found > 0:
			list, parts, changed = smaller, found, true
		case parts == len(list):
			return changed
		default:
			parts *= 2
		}
	}
	return changed
}

// times halves the time before each event, the first one's included, and moves
// all that follows. What is below a millisecond goes.
func (k *shrinker) times() (changed bool) {
	for i := range k.best.Events {
		for {
			gap := k.best.Events[i].At
			if i > 0 {
				gap -= k.best.Events[i-1].At
			}
			half := (gap / 2).Truncate(time.Millisecond)
			if gap == 0 || !k.closer(i, gap) && (half == 0 || !k.closer(i, gap-half)) {
				break
			}
			changed = true
		}
	}
	return changed
}

// closer tries event i and all that follows earlier by d, the end included.
func (k *shrinker) closer(i int, d time.Duration) bool {
	s := k.best.clone()
	for j := range s.Events[i:] {
		s.Events[i+j].At -= d
	}
	if s.Length > 0 { // 0 would be no length at all
		s.Length = max(s.Length-d, time.Millisecond)
	}
	return k.try(s)
}

// numbers makes the numbers of weathers and drifts smaller.
func (k *shrinker) numbers() (changed bool) {
	changed = k.weather(func(s *Scenario) *weather.Weather { return &s.Weather })
	for i := range k.best.Paths {
		changed = k.weather(func(s *Scenario) *weather.Weather { return &s.Paths[i].Weather }) || changed
	}
	for i := range k.best.Events {
		switch a := k.best.Events[i].Action.(type) {
		case Shape:
			// An Action cannot be changed where it stands.
			changed = lessen(
				func() weather.Weather { return k.best.Events[i].Action.(Shape).Weather },
				func(w weather.Weather) bool {
					s := k.best.clone()
					s.Events[i].Action = Shape{a.From, a.To, w}
					return k.try(s)
				}) || changed
		case Drift:
			smaller := func(ppm int) bool {
				s := k.best.clone()
				s.Events[i].Action = Drift{a.Player, ppm}
				return k.try(s)
			}
			for ; a.PPM != 0 && (smaller(0) || smaller(a.PPM/2)); a = k.best.Events[i].Action.(Drift) {
				changed = true
			}
		}
	}
	return changed
}

// weather makes the weather at one place of a scenario smaller.
func (k *shrinker) weather(at func(*Scenario) *weather.Weather) bool {
	return lessen(func() weather.Weather { return *at(&k.best) }, func(w weather.Weather) bool {
		s := k.best.clone()
		*at(&s) = w
		return k.try(s)
	})
}

// lessen tries a perfect network, then each number at 0 and at half. Where try
// returns true, get returns what was tried.
func lessen(get func() weather.Weather, try func(weather.Weather) bool) (changed bool) {
	if get() != weather.Clear() && try(weather.Clear()) {
		return true
	}
	for key := range strings.FieldsSeq(weatherKeys) {
		for {
			old := get()
			zero, half := lessened(old, key)
			if (zero == old || !try(zero)) && (half == old || half == zero || !try(half)) {
				break
			}
			changed = true
		}
	}
	return changed
}

// lessened returns a weather with one number at 0, and at half.
func lessened(w weather.Weather, key string) (zero, half weather.Weather) {
	zero, half = w, w
	d, s, n := number(&zero, key)
	d2, s2, n2 := number(&half, key)
	switch {
	case d != nil:
		*d, *d2 = 0, (*d2 / 2).Truncate(time.Millisecond)
	case s != nil:
		*s, *s2 = 0, *s2/2
	case key == "burstlength":
		// 0 is not valid without a share of 0, which the share itself tries.
		*n2 = (*n2 + 1) / 2
		zero = half
	default:
		// Half a rate is more trouble, not less: only no limit is simpler.
		*n, *n2 = 0, *n
		half = w
	}
	if key == "burst" {
		zero.BurstLength = 0
		if half.BurstShare == 0 {
			half.BurstLength = 0
		}
	}
	return zero, half
}
