//go:build !js

package main

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// messageSize is about that of a datagram of moves on a usual path, in bytes.
const messageSize = 100

// arrival is a message that came back.
type arrival struct {
	number uint64
	at     time.Time
	intact bool
}

// probe sends numbered messages through one stack and times their return.
type probe struct {
	link    stack
	came    chan arrival
	sent    []time.Time // by number
	next    uint64      // number of the message that comes back next
	message [messageSize]byte
	timer   *time.Timer
	// patience is how long a message may be away until it counts as lost.
	patience time.Duration
}

// newProbe returns a probe for at most that many messages.
func newProbe(most int, patience time.Duration) *probe {
	p := &probe{came: make(chan arrival, most+1), sent: make([]time.Time, 0, most), timer: time.NewTimer(0), patience: patience}
	<-p.timer.C
	return p
}

// got takes what comes back. It runs on the stack's goroutine.
func (p *probe) got(b []byte) {
	a := arrival{at: time.Now()}
	if len(b) == messageSize {
		a.number = binary.BigEndian.Uint64(b)
		var want [messageSize]byte
		fill(&want, a.number)
		a.intact = string(want[:]) == string(b)
	}
	select {
	case p.came <- a:
	default: // more than were sent: the last check finds the channel full
	}
}

// fill writes a message: its number and bytes that depend on it.
func fill(b *[messageSize]byte, number uint64) {
	binary.BigEndian.PutUint64(b[:], number)
	for i := 8; i < messageSize; i++ {
		b[i] = byte(number)*31 + byte(i)
	}
}

// run sends n messages, one every gap, or with gap 0 each when the one before is
// back, and waits for all. Into took it appends how long each was away.
func (p *probe) run(gap time.Duration, n int, took []time.Duration) ([]time.Duration, error) {
	start := time.Now()
	for i := range n {
		if wait := time.Until(start.Add(time.Duration(i) * gap)); wait > 0 {
			p.timer.Reset(wait)
			<-p.timer.C
		}
		fill(&p.message, uint64(len(p.sent)))
		p.sent = append(p.sent, time.Now())
		if err := p.link.send(p.message[:]); err != nil {
			return took, fmt.Errorf("message %d: %w", len(p.sent)-1, err)
		}
		if gap > 0 && i < n-1 {
			continue
		}
		for p.next < uint64(len(p.sent)) {
			d, err := p.wait()
			if err != nil {
				return took, err
			}
			took = append(took, d)
		}
	}
	return took, nil
}

// wait takes the next message and returns how long it was away.
func (p *probe) wait() (time.Duration, error) {
	p.timer.Reset(p.patience)
	var a arrival
	select {
	case a = <-p.came:
		p.timer.Stop()
	case <-p.timer.C:
		return 0, fmt.Errorf("message %d of %d was lost: it was not back after %v", p.next, len(p.sent), p.patience)
	}
	if err := p.check(a); err != nil {
		return 0, err
	}
	p.next++
	return a.at.Sub(p.sent[a.number]), nil
}

func (p *probe) check(a arrival) error {
	switch {
	case !a.intact:
		return fmt.Errorf("what came in place of message %d is not what was sent", p.next)
	case a.number < p.next:
		return fmt.Errorf("message %d came twice, or late: message %d was due", a.number, p.next)
	case a.number > p.next:
		return fmt.Errorf("message %d came where message %d was due", a.number, p.next)
	}
	return nil
}

// finish closes the stack and looks for messages that nobody sent.
func (p *probe) finish() (extra, closing error) {
	closing = p.link.close()
	if n := len(p.came); n > 0 {
		extra = fmt.Errorf("%d messages more came than were sent", n)
	}
	return extra, closing
}

// mallocs returns how many objects the process has allocated.
func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// quantile returns the duration that a share of a sorted list, 0 to 1, stays
// within.
func quantile(sorted []time.Duration, share float64) time.Duration {
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// sorted returns a sorted copy.
func sorted(list []time.Duration) []time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
