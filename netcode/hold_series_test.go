package netcode_test

import (
	"fmt"
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

func (s *series) String() string {
	return fmt.Sprintf("p50 %v, p99 %v, at most %v (%d)", s.at(50).Round(time.Millisecond), s.at(99).Round(time.Millisecond), s.at(100).Round(time.Millisecond), len(s.all))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
