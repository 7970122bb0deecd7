package mesh

import (
	"encoding/binary"
	"errors"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/kept"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// hearReady takes the first message of the control lane.
func (w *way) hearReady(b []byte) {
	l := w.link
	got, ok := readCount(b)
	l.mu.Lock()
	if !ok || w.ready {
		l.mu.Unlock()
		w.junked()
		return
	}
	w.ready, w.theirGot = true, got
	err := w.promote()
	l.mu.Unlock()
	switch {
	case errors.Is(err, errJunk):
		w.fail(Junk, err)
	case err != nil:
		w.fail(Broken, err)
	default:
		w.flush()
	}
}

// hearSkip leaves messages out that we hold: since our ready mark they came over
// another way.
func (w *way) hearSkip(b []byte) {
	w.m.turn.Lock()
	defer w.m.turn.Unlock()
	l := w.link
	n, ok := readCount(b)
	l.mu.Lock()
	switch {
	case !ok || !w.up || n > kept.Max:
		ok = false
	case l.theirs != w.theirs:
	case n > l.got || w.next > l.got-n:
		ok = false // we do not hold them
	default:
		w.next += n
	}
	l.mu.Unlock()
	if !ok {
		w.junked()
	}
}

func (w *way) hearAck(b []byte) {
	l := w.link
	got, ok := readCount(b)
	l.mu.Lock()
	if got > l.kept.Base() {
		l.relay.moved = l.m.now()
	}
	ok = ok && w.up && (l.theirs != w.theirs || got < l.kept.Base() || l.kept.Trim(got))
	l.mu.Unlock()
	if !ok {
		w.junked()
	}
}

func readCount(b []byte) (uint64, bool) {
	r := wire.NewReader(b)
	n := r.Uvarint(1 << 62)
	return n, r.Done() == nil
}

// ordered delivers a message of the control lane exactly once, whichever way it
// came. Messages are numbered by counting: a way begins with the number that its
// ready mark announced.
func (w *way) ordered(ch peer.Channel, b []byte) {
	w.m.turn.Lock()
	defer w.m.turn.Unlock()
	l := w.link
	l.mu.Lock()
	if !w.up || l.theirs != w.theirs {
		early := !w.up
		l.mu.Unlock()
		if early {
			w.junked()
		}
		return
	}
	number := w.next
	w.next++
	again := number < l.got
	if !again {
		l.got = number + 1
		if l.owed += 1 + len(b); l.owed >= ackAfter {
			w.ack()
		}
	}
	l.mu.Unlock()
	if !again {
		w.m.deliver(ch, l.id, b)
	}
}

// numbered delivers a message of the control lane that came through a third
// member. One that is not the next is dropped: it comes again.
func (w *way) numbered(ch peer.Channel, number uint64, b []byte) {
	w.m.turn.Lock()
	defer w.m.turn.Unlock()
	l := w.link
	l.mu.Lock()
	next := w.up && l.theirs == w.theirs && number == l.got
	if next {
		l.got++
	}
	l.relay.again = l.relay.again || number < l.got
	l.mu.Unlock()
	if next {
		w.m.deliver(ch, l.id, b)
	}
}

// ackAfter is how many bytes are acknowledged at once. What is less is
// acknowledged twice a second.
const ackAfter = 64 << 10

// ack tells how many messages of the control lane came. link.mu is held.
func (w *way) ack() {
	l := w.link
	var buf [12]byte
	if w.ride(binary.AppendUvarint(append(buf[:0], ackFrame), l.got)) {
		l.owed = 0 // it may get lost, so it goes along twice a second from now on
		return
	}
	if w.put(controlLane, binary.AppendUvarint(append(buf[:0], ackMark), l.got)) == nil {
		l.told, l.owed = l.got, 0
	}
}
