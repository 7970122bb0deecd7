package chat

import "time"

// pace is how often something may happen: so many at once, then one every so
// often.
type pace struct {
	burst int
	every time.Duration
}

// An honest author's talk passes his own queues, and those pass the limits of
// the receivers, even when some time's worth of it comes at once.
var (
	talkPace   = pace{5, 2 * time.Second}          // what Say allows
	mailPace   = pace{25, 500 * time.Millisecond}  // to one receiver, repetitions included
	linePace   = pace{40, 400 * time.Millisecond}  // accepted of one author
	letterPace = pace{200, 50 * time.Millisecond}  // looked at of one author
	verifyPace = pace{80, 100 * time.Millisecond}  // signatures of all authors: 6 ms each in a page
	answerPace = pace{100, 100 * time.Millisecond} // acknowledgements to one author
)

// bucket holds the tokens of a pace as the time at which it would be full
// again. The zero bucket is full.
type bucket struct{ full time.Time }

// take takes a token if there is one.
func (b *bucket) take(now time.Time, p pace) bool {
	next := b.full
	if next.Before(now) {
		next = now
	}
	next = next.Add(p.every)
	if next.Sub(now) > time.Duration(p.burst)*p.every {
		return false
	}
	b.full = next
	return true
}
