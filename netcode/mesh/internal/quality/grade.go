package quality

import "time"

// Grade is a path in one word.
type Grade uint8

// The grades, from unknown and then from best to worst.
const (
	Unknown Grade = iota
	Good
	Fair
	Poor
)

// limits are what a path of a grade has at most.
var limits = [...]struct {
	rtt, jitter time.Duration
	loss        uint32
}{
	Good: {80 * time.Millisecond, 10 * time.Millisecond, Million / 100},
	Fair: {160 * time.Millisecond, 30 * time.Millisecond, Million / 20},
}

// How long a path must be worse or better by [margin] before its grade changes:
// down fast, because the players feel it; up slowly, because a quiet moment
// proves little.
const (
	worseAfter  = 1500 * time.Millisecond
	betterAfter = 5 * time.Second
	// margin is by how many percent a limit must be missed or kept.
	margin = 15
)

// grade judges a report by limits that are moved by so many percent.
func grade(r Report, percent int64) Grade {
	for g := Good; g <= Fair; g++ {
		l := limits[g]
		move := func(v int64) int64 { return v * (100 + percent) / 100 }
		if int64(r.RTT) <= move(int64(l.rtt)) && int64(r.Jitter) <= move(int64(l.jitter)) && int64(r.Loss) <= move(int64(l.loss)) {
			return g
		}
	}
	return Poor
}

// Grader grades a path with hysteresis. The zero Grader knows nothing.
type Grader struct {
	grade         Grade
	since         time.Duration // the last look
	worse, better time.Duration // for how long it has been so
}

// Grade returns the grade at now, and whether it has just changed. The first one
// is no change.
func (g *Grader) Grade(now time.Duration, r Report) (Grade, bool) {
	if r.RTT == 0 {
		return g.grade, false
	}
	if g.grade == Unknown {
		g.grade, g.since = grade(r, 0), now
		return g.grade, false
	}
	took := max(0, now-g.since)
	g.since = now
	lenient, strict := grade(r, margin), grade(r, -margin)
	switch {
	case lenient > g.grade:
		g.worse, g.better = g.worse+took, 0
	case strict < g.grade:
		g.worse, g.better = 0, g.better+took
	default:
		g.worse, g.better = 0, 0
	}
	switch {
	case g.worse >= worseAfter:
		g.grade = lenient
	case g.better >= betterAfter:
		g.grade = strict
	default:
		return g.grade, false
	}
	g.worse, g.better = 0, 0
	return g.grade, true
}
