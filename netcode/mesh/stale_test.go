//go:build !js

package mesh

import (
	"testing"
	"time"
)

// flight is a way on which moves take some time.
type flight struct {
	f      freshness
	clock  time.Duration // of the sender, ahead of ours
	number uint16
}

// move sends one at the time at, which arrives took later.
func (l *flight) move(at, took time.Duration) bool {
	l.number++
	return l.f.take(at+took, l.number, uint16((at+l.clock)/time.Millisecond))
}

func TestStaleMovesAreTold(t *testing.T) {
	const ms = time.Millisecond
	for _, ahead := range []time.Duration{0, 32_000 * ms, 65_530 * ms, 3 * time.Hour} {
		l := flight{clock: ahead}
		at := 10 * time.Second
		steady := func(n int, took time.Duration) {
			t.Helper()
			for range n {
				if at += 16 * ms; !l.move(at, took) {
					t.Fatalf("%v ahead: a move that took %v is stale", ahead, took)
				}
			}
		}
		steady(2000, 25*ms) // 32 s: stamps turn over half way
		// One that was sent again: half a RTO late it is worth something, more it is not.
		old := l.number - 20
		stamp := func(age time.Duration) uint16 { return uint16((at - age + ahead) / ms) }
		if !l.f.take(at+25*ms, old, stamp(150*ms)) || l.f.take(at+25*ms, old, stamp(300*ms)) {
			t.Error("what is late and not the newest")
		}
		// The path becomes slow: everything is late and good.
		for took := 25 * ms; took < 400*ms; took += 10 * ms {
			steady(1, took)
		}
		steady(600, 400*ms)
		steady(2000, 25*ms)
		// A silence of 16 s ends with what was sent again before it, then new ones.
		dark := at
		at += 16 * time.Second
		l.number += 100
		for i := range 20 {
			if l.f.take(at, l.number-20+uint16(i), uint16((at-time.Duration(1000-i*20)*ms+ahead)/ms)) {
				t.Fatalf("%v ahead: stale by %d ms after %v of silence", ahead, 1000-i*20, at-dark)
			}
		}
		steady(100, 25*ms)
		// After a silence the path may be another, slower one.
		at += 5 * time.Second
		got := 0
		for range 100 {
			if at += 16 * ms; l.move(at, 300*ms) {
				got++
			}
		}
		if got < 65 {
			t.Errorf("%v ahead: %d of 100 moves of a path that became slow in a silence", ahead, got)
		}
	}
}

// TestStaleLivesWithDrift: a clock that is 1 % fast shifts no move into the past.
func TestStaleLivesWithDrift(t *testing.T) {
	for _, fast := range []time.Duration{-100, 100} {
		var f freshness
		for i := range 60 * 60 {
			at := time.Duration(i) * gap60
			if !f.take(at+25*time.Millisecond, uint16(i), uint16((at+at/fast)/time.Millisecond)) {
				t.Fatalf("move %d is stale, the sender's clock 1/%d fast", i, fast)
			}
		}
	}
}

// TestMovesComeOnce: each move has a spare, which comes a while later. None is
// delivered twice, however many moves a second there are, and a spare whose first
// was lost is delivered while it is not stale.
func TestMovesComeOnce(t *testing.T) {
	for _, gap := range []time.Duration{gap60, 2 * time.Millisecond, 200 * time.Microsecond} {
		const late, n = 170 * time.Millisecond, 200_000 // all numbers, three times
		var f freshness
		given := make([]uint8, n)
		arrive := func(i int, took time.Duration) {
			at := time.Duration(i) * gap
			number := uint16(i)
			if !f.double(number) && f.take(at+took, number, uint16(at/time.Millisecond)) {
				given[i]++
			}
		}
		for i := range n + int(late/gap) {
			if i < n && i%10 != 3 {
				arrive(i, time.Millisecond)
			}
			if first := i - int(late/gap); first >= 0 {
				arrive(first, late)
			}
		}
		for i, times := range given {
			if times != 1 {
				t.Fatalf("a move each %v: move %d was delivered %d times", gap, i, times)
			}
		}
	}
}
