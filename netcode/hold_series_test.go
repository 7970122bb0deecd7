package netcode_test

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// series is a number of times, for printing how they are distributed.
type series struct{ all []time.Duration }

func (s *series) add(d time.Duration) { s.all = append(s.all, d) }

// at returns the time that so many percent do not exceed.
func (s *series) at(percent int) time.Duration {
	if len(s.all) == 0 {
		return 0
	}
	slices.Sort(s.all)
	return s.all[(len(s.all)-1)*percent/100]
}

// above returns how many times are longer than d.
func (s *series) above(d time.Duration) (n int) {
	for _, t := range s.all {
		n += b2i(t > d)
	}
	return n
}

func (s *series) String() string {
	return fmt.Sprintf("p50 %v, p99 %v, at most %v (%d)", s.at(50).Round(time.Millisecond), s.at(99).Round(time.Millisecond), s.at(100).Round(time.Millisecond), len(s.all))
}

// tooMany reports whether so many of n exceeding a bound contradict that at most
// one percent do. From 1,000 on the percent is what it is; of fewer, chance may
// make it two standard deviations more.
func tooMany(late, n int) bool {
	most := float64(n) / 100
	if n < 1000 {
		most += 2 * math.Sqrt(most)
	}
	return float64(late) > most
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
