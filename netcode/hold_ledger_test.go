package netcode_test

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode"
)

// ledger is the yard with a witness: it writes down with what each frame was
// stepped, and once a frame is confirmed nothing of it may ever be different.
type ledger struct {
	yard
	lines   []line // by frame, as last stepped
	sealed  []line // of the confirmed frames, as they were then
	settled netcode.Frame
	bad     error // the first thing that changed though it must not
}

// line is what a frame was stepped with.
type line struct{ state, input uint64 }

func (l *ledger) Step(in netcode.Input[keys]) {
	now := line{state: l.Hash(), input: 14695981039346656037}
	mix := func(v uint64) { now.input = (now.input ^ v) * 1099511628211 }
	for i := range in.Seats {
		s := &in.Seats[i]
		held := uint64(b2i(s.Move.Left)) | uint64(b2i(s.Move.Right))<<1 | uint64(b2i(s.Move.Fire))<<2
		mix(uint64(s.Status)<<32 | uint64(uint16(s.Move.Aim))<<8 | held)
		for _, o := range s.Orders {
			mix(uint64(len(o)))
			for _, b := range o {
				mix(uint64(b))
			}
		}
	}
	if int(in.Frame) < len(l.sealed) && l.sealed[in.Frame] != now {
		l.fail("frame %d was confirmed with %x and is stepped again with %x", in.Frame, l.sealed[in.Frame], now)
	}
	l.lines = append(l.lines[:in.Frame], now)
	l.yard.Step(in)
}

// seal notes what is confirmed and settled now.
func (l *ledger) seal(confirmed, settled netcode.Frame) {
	if int(confirmed) < len(l.sealed) {
		l.fail("%d frames were confirmed, then %d", len(l.sealed), confirmed)
	}
	if settled < l.settled || settled > confirmed {
		l.fail("%d frames were settled, then %d with %d confirmed", l.settled, settled, confirmed)
	}
	l.settled = settled
	for f := len(l.sealed); f < int(confirmed); f++ {
		l.sealed = append(l.sealed, l.lines[f])
	}
}

func (l *ledger) fail(format string, args ...any) {
	if l.bad == nil {
		l.bad = fmt.Errorf(format, args...)
	}
}

// reopen takes back what is confirmed and not settled: the player was dropped,
// and the others may have gone on without some of it.
func (l *ledger) reopen() {
	l.sealed = l.sealed[:min(int(l.settled), len(l.sealed))]
}
