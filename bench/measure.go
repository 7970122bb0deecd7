package main

import (
	"runtime"
	"runtime/debug"
	"time"
)

// chunk is how many ticks are timed at once.
const chunk = 20

// least is the best of several rounds of the very same work. The work is timed
// in chunks, and each chunk keeps its own best: other programs only ever make it
// slower, and seldom hit the same chunk in every round. Of the allocations the
// round with the fewest counts: the runtime makes one of its own now and then,
// and what the work allocates it allocates in every round.
type least struct {
	best   []time.Duration // by chunk
	allocs uint64          // of one round
}

// measure runs all chunks once, without garbage collection.
func (l *least) measure(ticks int, run func(ticks int)) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	first := l.best == nil
	if first {
		l.best = make([]time.Duration, (ticks+chunk-1)/chunk)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for i := range l.best {
		run(min(chunk, ticks-i*chunk))
		now := time.Now()
		if took := now.Sub(start); first || took < l.best[i] {
			l.best[i] = took
		}
		start = now
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; first || n < l.allocs {
		l.allocs = n
	}
}

// per returns nanoseconds per unit of work, if a round has that many.
func (l *least) per(units int) float64 {
	var sum time.Duration
	for _, d := range l.best {
		sum += d
	}
	return float64(sum.Nanoseconds()) / float64(units)
}
