package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// receive takes a message that came over a lane. b is the caller's again when
// it returns.
func (w *way) receive(on lane, isText bool, b []byte) {
	if w.dead.Load() {
		return
	}
	l := w.link
	w.heard.Store(int64(w.m.now()))
	l.woken(w)
	l.messagesIn.Add(1)
	l.bytesIn.Add(int64(len(b)))
	switch {
	case len(b) > on.limit():
		w.junked()
	case isText, len(b) == 0:
		w.junked()
	case ofOthers(on, b[0]) && !w.isOpen():
		w.junked() // no honest peer sends these before our ready mark
	case on == movesLane && b[0] == relayFrame, on == bulkLane && b[0] == relayFrame, on == controlLane && b[0] == relayMark:
		w.forward(on, b)
	case on == movesLane && b[0] == relayedFrame, on == bulkLane && b[0] == relayedFrame, on == controlLane && b[0] == relayedMark:
		w.unseal(on, b)
	case on == movesLane:
		w.fast(b)
	case on == bulkLane:
		w.bulky(b)
	case b[0] == forwardMark:
		w.passOn(b[1:])
	case b[0] == forwardedMark:
		w.passedOn(b[1:])
	case (b[0] == admitMark || b[0] == rosterMark) && !w.relayed && len(b) <= 1+peer.MaxMessage:
		if w.forwards() {
			w.m.notes.put(note{kind: admittedNote, way: w, data: append([]byte(nil), b...)})
		}
	case b[0] == routesMark:
		w.hearRoutes(b[1:])
	case len(b) > 1+peer.MaxMessage:
		w.junked()
	case b[0] == readyMark:
		w.hearReady(b[1:])
	case b[0] == skipMark:
		w.hearSkip(b[1:])
	case b[0] == ackMark:
		w.hearAck(b[1:])
	case onControl(peer.Channel(b[0])):
		w.ordered(peer.Channel(b[0]), b[1:])
	default:
		w.junked()
	}
}

// ofOthers says whether a message concerns other members than the one who sends it.
func ofOthers(on lane, kind byte) bool {
	if on == controlLane {
		return kind == admitMark || kind == rosterMark || kind >= relayMark && kind <= routesMark
	}
	return kind == relayFrame || kind == relayedFrame
}

// isOpen says whether our end is up and, natively, found the certificate at the
// other one that was signed for: before that nobody knows who speaks.
func (w *way) isOpen() bool {
	w.link.mu.Lock()
	defer w.link.mu.Unlock()
	return w.open
}

// isUp says whether the way carries messages.
func (w *way) isUp() bool {
	w.link.mu.Lock()
	defer w.link.mu.Unlock()
	return w.up
}

// fast takes a message of the moves lane.
func (w *way) fast(b []byte) {
	switch {
	case b[0] == pingFrame:
		w.ping(b, w)
	case b[0] == pongFrame:
		w.pong(b)
	case b[0] == ackFrame:
		if w.isUp() { // it may overtake the ready mark
			w.hearAck(b[1:])
		}
	case b[0] != dataFrame, len(b) < moveHead, len(b) > moveHead+peer.MaxDatagram:
		w.junked()
	default:
		if !w.relayed {
			w.flow(b[3])
		}
		w.m.turn.Lock()
		if w.counts(binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint16(b[4:])) {
			w.m.deliver(peer.Moves, w.link.id, b[moveHead:])
		}
		w.m.turn.Unlock()
	}
}

// counts measures a move by its number, and says whether it is wanted: the way is
// up, and the move is not stale.
func (w *way) counts(number, stamp uint16) bool {
	now, l := w.m.now(), w.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.packets && now-w.packetAt >= packetsOver {
		w.packets = false // moves are numbered alone again
		w.meter.Restart(quality.Behind)
	}
	if !w.packets {
		w.meter.Arrive(now, number)
	}
	w.meter.Pace(now, number)
	if w.fresh.double(number) {
		return false
	}
	if !w.fresh.take(now, number, stamp) {
		l.staleIn.Add(1)
		return false
	}
	return w.up
}

// flow learns how often moves come, and what the other end hears of us.
func (w *way) flow(heard byte) {
	now := w.m.now()
	last := time.Duration(w.movedAt.Swap(int64(now)))
	if pause := min(now-last, time.Second); last > 0 {
		mean := time.Duration(w.pause.Load())
		if mean == 0 {
			mean = pause
		}
		w.pause.Store(int64(mean + (pause-mean)/8))
	}
	w.link.hearsUs(now, heard)
}

// maxEarly bounds what waits for a way to come up, in bytes and messages. The
// other end sends no bulk before it is up there, so little can.
const (
	maxEarlyBytes = 2 * bulkBound
	maxEarly      = 256
)

func (w *way) bulk(b []byte) {
	l := w.link
	l.mu.Lock()
	if !w.up {
		// It overtook the ready mark, which has a lane of its own.
		full := len(w.early) == maxEarly || w.earlyLen+len(b) > maxEarlyBytes
		if !full {
			w.early = append(w.early, append([]byte(nil), b...))
			w.earlyLen += len(b)
		}
		l.mu.Unlock()
		if full {
			w.fail(Junk, errJunk)
		}
		return
	}
	l.mu.Unlock()
	w.m.turn.Lock()
	defer w.m.turn.Unlock()
	w.m.deliver(peer.Bulk, l.id, b)
}
