package weather

import (
	"cmp"
	"time"
)

// Path is one direction of one path at work: it remembers what its packets
// have met so far, such as the burst they are in and the queue before the line.
// The zero Path is a perfect network. A Path starts no goroutine and reads no
// clock; not for concurrent use. Copying one forks it: both copies go on alike.
type Path struct {
	w    Weather
	dice Dice
	// burst: the last packet met the bad state.
	burst bool
	// free is when the line has sent all it accepted; with a Rate, at any Next
	// free - now <= Queue + the time that the last packet takes.
	free time.Duration
	// last is the latest arrival so far of a packet that was not held back; no
	// later one arrives before it.
	last time.Duration
	at   [2]time.Duration
}

// NewPath returns a path under w. The same seed and the same calls give the
// same answers on every machine. It panics if w is not valid; a Weather that
// comes from outside the program goes through [Weather.Validate] first.
func NewPath(seed uint64, w Weather) *Path {
	p := &Path{dice: NewDice(seed)}
	if err := p.Shape(w); err != nil {
		panic(err)
	}
	return p
}

// Weather returns what the path is under now.
func (p *Path) Weather() Weather { return p.w }

// Shape changes the weather for the packets to come. Times already given out
// stand, so new packets may overtake older ones, as when a route changes; the
// line starts empty. The error is [Weather.Validate]'s, and then nothing
// changes.
func (p *Path) Shape(w Weather) error {
	if err := w.Validate(); err != nil {
		return err
	}
	p.w, p.free, p.last = w, 0, 0
	return nil
}

// Next takes one packet of size bytes (0 or more, headers included) at the time
// now and returns when its copies arrive: none if it is lost, two if it is duplicated,
// the earlier one first. The slice is the Path's own and valid until the next
// call. now counts from any origin and must not run backwards; no time returned
// is before it.
//
// Every packet costs six numbers of the dice, whatever becomes of it: turning
// one kind of trouble on leaves the others exactly as they were.
func (p *Path) Next(now time.Duration, size int) []time.Duration {
	burst, loss, jitter := p.dice.Uint64(), p.dice.Uint64(), p.dice.Uint64()
	hold, twin, lag := p.dice.Uint64(), p.dice.Uint64(), p.dice.Uint64()

	p.burst = p.bursts(burst)
	sent, ok := p.line(now, size)
	if !ok || p.burst || hits(loss, p.w.Loss) {
		return nil
	}
	first := max(p.travel(sent, jitter), p.last)
	p.last = first
	second := max(p.travel(sent, lag), first)
	if hits(hold, p.w.Reorder) {
		late := cmp.Or(p.w.Hold, DefaultHold)
		first, second = first+late, second+late
	}
	p.at = [2]time.Duration{first, second}
	if hits(twin, p.w.Duplicate) {
		return p.at[:]
	}
	return p.at[:1]
}

// Free returns when the line is free: a packet that is sent at or after that
// time does not wait. It is never later than now + Queue + one packet's time,
// and in the past when the line is idle or has no limit.
func (p *Path) Free() time.Duration { return p.free }

// bursts tells whether a packet that draws x meets the bad state.
func (p *Path) bursts(x uint64) bool {
	if p.burst {
		return scale(x, uint64(p.w.BurstLength)) != 0
	}
	return scale(x, p.w.gap()) < uint64(p.w.BurstShare)
}

// line queues a packet and returns when its last byte leaves; false when the
// queue is full.
func (p *Path) line(now time.Duration, size int) (time.Duration, bool) {
	if p.w.Rate == 0 {
		return now, true
	}
	start := max(now, p.free)
	if start-now > cmp.Or(p.w.Queue, DefaultQueue) {
		return 0, false
	}
	rate := int64(p.w.Rate)
	p.free = start + time.Duration((int64(size)*int64(time.Second)+rate-1)/rate)
	return p.free, true
}

// travel returns the arrival of a packet that left at sent and draws x.
func (p *Path) travel(sent time.Duration, x uint64) time.Duration {
	return sent + p.w.Latency + time.Duration(scale(x, uint64(p.w.Jitter)+1))
}
