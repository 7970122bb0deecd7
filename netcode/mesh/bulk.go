package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/piece"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// maxBulk is how many bulk messages wait at most.
	maxBulk = 256
	// bulkIdle is how long nothing waits until a transfer counts as over, and the
	// next one has to find its rate again.
	bulkIdle = time.Second
	// bulkInConn is what the connection may hold of the lane beyond what the pacer
	// knows to be on its way.
	bulkInConn = pace.Window + 64<<10
	// bulkAgain is when a full connection is tried again.
	bulkAgain = 5 * time.Millisecond
)

// bulk is what waits to go to a peer on the bulk lane. link.mu guards it.
type bulk struct {
	queue piece.Queue
	frame []byte // scratch

	way   *way // that pacer is of, and what went of the oldest message
	pacer pace.Pacer
	busy  bool          // a transfer is under way: ping often
	last  time.Duration // when something waited last
	wake  time.Duration // when to look again; 0 is not
}

// sendBulk accepts a message. mu is held.
func (l *link) sendBulk(now time.Duration, b []byte) error {
	q := &l.bulk
	switch {
	case len(b) > peer.MaxMessage:
		return peer.ErrTooLarge
	case q.queue.Bytes()+len(b) > bulkBound || q.queue.Len() == maxBulk:
		return peer.ErrFull
	}
	q.queue.Push(b)
	l.pumpBulk(now)
	if q.wake != 0 {
		l.m.wakeBulk()
	}
	return nil
}

func (q *bulk) reset() {
	q.queue.Reset()
	*q = bulk{queue: q.queue}
}

// pumpBulk sends what may go now and sets wake. mu is held.
func (l *link) pumpBulk(now time.Duration) {
	q, w := &l.bulk, l.active
	q.wake = 0
	if w == nil || l.relays() && l.relay.on && now-time.Duration(w.heard.Load()) >= alone {
		l.bulkThrough(now)
		return
	}
	if q.way != w {
		// What the old connection had of the oldest message is lost with it.
		q.queue.Again()
		q.way, q.busy, q.pacer = w, false, pace.Pacer{}
	}
	if q.queue.Len() > 0 {
		q.last = now
		if !q.busy {
			q.busy = true
			r := w.meter.Report(now)
			q.pacer.Start(now, r.RTTMin, r.RTTDeviation)
		}
	}
	if !q.busy {
		return
	}
	if now-q.last >= bulkIdle {
		q.busy = false
		return
	}
	if now-w.pinger.last >= pace.PingEvery {
		w.pingNow(now)
	}
	q.wake = w.pinger.last + pace.PingEvery
	for q.queue.Len() > 0 {
		if wait := q.pacer.Wait(now); wait > 0 {
			q.wake = min(q.wake, now+max(wait, time.Millisecond))
			return
		}
		if w.conn.buffered(bulkLane) > bulkInConn {
			q.wake = min(q.wake, now+bulkAgain)
			return
		}
		if !l.sendPiece(w) {
			return // the way is ending
		}
	}
}

// sendPiece sends the next piece. mu is held.
func (l *link) sendPiece(w *way) bool {
	q := &l.bulk
	size := q.pacer.Piece()
	q.frame = q.queue.Next(q.frame[:0], dataFrame, pieceFrame, size)
	if w.put(bulkLane, q.frame) != nil {
		return false
	}
	q.pacer.Sent(len(q.frame))
	q.queue.Sent(size)
	return true
}

// bulkThrough sends what waits through a third member, as far as that one may be
// burdened. mu is held.
func (l *link) bulkThrough(now time.Duration) {
	q := &l.bulk
	q.queue.Again()
	q.way, q.busy = nil, false
	if q.queue.Len() == 0 || !l.relays() {
		return
	}
	for q.queue.Len() > 0 {
		msg, r := q.queue.Oldest(), &l.relay
		if r.conn.buffered(bulkLane)+len(msg) > bulkThird || !r.bulk.Take(now, route.Tag{}, r.conn.tag, len(msg), false) {
			q.wake = now + tickEvery
			return
		}
		q.frame = append(append(q.frame[:0], dataFrame), msg...)
		if r.way.put(bulkLane, q.frame) != nil {
			return
		}
		q.queue.Pop()
	}
}

// bulkThird is what a third member's connection may hold of bulk for others.
const bulkThird = 64 << 10

// paced: a ping of the way was answered. link.mu is held.
func (w *way) paced(now, rtt time.Duration, got uint32) {
	if q := &w.link.bulk; q.busy && q.way == w {
		q.pacer.Pong(now, rtt, got)
		w.link.pumpBulk(now)
	}
}

// bulky takes a message of the bulk lane, its kind included.
func (w *way) bulky(b []byte) {
	l := w.link
	l.mu.Lock()
	w.bulkIn += uint32(len(b))
	l.mu.Unlock()
	switch {
	case b[0] == dataFrame && len(b) <= 1+peer.MaxMessage:
		w.bulk(b[1:])
	case b[0] == pieceFrame:
		l.mu.Lock()
		msg, ok := w.pieces.Add(b[1:])
		l.mu.Unlock()
		if !ok {
			w.junked()
		}
		if msg == nil {
			return
		}
		w.bulk(msg)
		l.mu.Lock()
		w.pieces.Release(msg)
		l.mu.Unlock()
	default:
		w.junked()
	}
}

// wakeBulk makes the mesh's goroutine look after bulk.
func (m *Mesh) wakeBulk() {
	select {
	case m.bulkWake <- struct{}{}:
	default:
	}
}

// pumpBulks sends what may go to anybody and returns how long nothing more may;
// negative is until somebody sends.
func (m *Mesh) pumpBulks() time.Duration {
	now, next := m.now(), time.Duration(-1)
	for _, p := range m.order {
		l := p.link
		l.mu.Lock()
		if l.bulk.wake != 0 {
			if now >= l.bulk.wake {
				l.pumpBulk(now)
			}
			if wait := max(0, l.bulk.wake-now); l.bulk.wake != 0 && (next < 0 || wait < next) {
				next = wait
			}
		}
		l.mu.Unlock()
	}
	return next
}
