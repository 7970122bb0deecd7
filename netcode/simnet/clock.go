package simnet

import (
	"fmt"
	"math"
	"math/bits"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// MaxDrift is the largest drift of a clock in millionths, fast or slow. Quartz
// stays below 100; the rest is for tests.
const MaxDrift = 100_000

// million is what one second is worth in the arithmetic of drift.
const million = 1_000_000

// clock is what one peer takes for time: it goes at its own rate, and stands
// still while the machine sleeps. The zero clock shows the Net's own time.
type clock struct {
	// At the Net's time base it showed shown and frac millionths of a
	// nanosecond, 0 <= frac < million. The fraction keeps many small changes
	// from adding up to an error.
	base, shown time.Duration
	frac        int64
	ppm         int64 // -MaxDrift <= ppm <= MaxDrift
	stands      bool
}

// at returns what the clock shows at the Net's time now, which is not before
// base, and the fraction below it.
func (c *clock) at(now time.Duration) (time.Duration, int64) {
	if c.stands {
		return c.shown, c.frac
	}
	// In two halves, because the plain product overflows after two hours.
	gone, rate := int64(now-c.base), million+c.ppm
	rest := gone%million*rate + c.frac
	return c.shown + time.Duration(gone/million*rate+rest/million), rest % million
}

// set moves base to now, so that what changes from here on does not change the
// past.
func (c *clock) set(now time.Duration) {
	c.shown, c.frac = c.at(now)
	c.base = now
}

// when returns the first time of the Net, not before base, at which the clock
// shows due or more if it goes on as it does. It must not stand.
func (c *clock) when(due time.Duration) time.Duration {
	if due <= c.shown {
		return c.base
	}
	rate := uint64(million + c.ppm)
	hi, lo := bits.Mul64(uint64(due-c.shown), million)
	lo, borrow := bits.Sub64(lo, uint64(c.frac), 0)
	lo, carry := bits.Add64(lo, rate-1, 0) // rounds the quotient up
	gone, _ := bits.Div64(hi-borrow+carry, lo, rate)
	return later(c.base, time.Duration(min(gone, math.MaxInt64)))
}

// later returns t+d, or the end of all time where that overflows. Neither is
// negative.
func later(t, d time.Duration) time.Duration {
	if d > math.MaxInt64-t {
		return math.MaxInt64
	}
	return t + d
}

// Now returns the peer's own monotonic clock, which never runs backwards. It
// shows the same as [Net.Now] until [Net.Drift] or [Net.Suspend] make a
// difference.
func (l *Link) Now() time.Duration {
	shown, _ := l.clock.at(l.net.now)
	return shown
}

// Drift makes the clock of a peer go fast by ppm millionths from now on, or
// slow when it is negative; 0 is right. The clock does not jump, and timers of
// [Link.After] that are under way follow it. The error is for a ppm outside
// -[MaxDrift] to MaxDrift, and then nothing changes. The peer may be named
// before it has a link. It panics on the zero ID.
func (n *Net) Drift(id peer.ID, ppm int) error {
	l := n.link(id)
	if ppm < -MaxDrift || ppm > MaxDrift {
		return fmt.Errorf("simnet: a drift of %d ppm; want %d to %d", ppm, -MaxDrift, MaxDrift)
	}
	l.clock.set(n.now)
	l.clock.ppm = int64(ppm)
	n.retime(l)
	return nil
}
