package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// flowing is the largest mean pause between moves that counts as a flow: then
	// a gap means something long before Config.Silence.
	flowing = 80 * time.Millisecond
	// A direct way is doubted when gapMoves moves in a row did not come, or after
	// gapLeast if that is later, and at the latest after gapMost. A doubt too many
	// costs half a second of moves that go twice.
	gapMoves = 6
	gapLeast = 100 * time.Millisecond
	gapMost  = 400 * time.Millisecond
	// trusted is how long a direct way has to be well to be believed again.
	trusted = 500 * time.Millisecond
	// alone is how long nothing is heard until a link counts as lost that has no
	// connection of its own, only a third member.
	alone = time.Second
	// probeEvery is the pause between pings through a third member that is in
	// use, and reprobe while nothing came back yet.
	probeEvery = 200 * time.Millisecond
	// blameAfter is how long no ping through a third member is answered through it
	// until another is tried; maxPatience if the round trips are that long.
	blameAfter  = 600 * time.Millisecond
	maxPatience = 1500 * time.Millisecond
	// What is under way on the control lane through a third member, in bytes, and
	// when it is sent again.
	relayWindow  = 64 << 10
	relayCount   = 256 // messages
	relayAgain   = 500 * time.Millisecond
	relayControl = 256 << 10 // waits in the third member's connection at most
	// relayBulk is how many bytes a second of bulk go through a third member.
	relayBulk = 64 << 10
)

// relay is the way to a peer through a third member, beside the direct one:
// used while there is no other, and, along with the other, while that is in doubt.
// link.mu guards it.
type relay struct {
	way    *way // never nil; its conn is conn
	conn   *relayConn
	trip   roundTrip
	barred bool // the peer was cut off for junk

	fresh time.Duration // when the direct way came up
	on    bool          // the direct way is in doubt
	well  time.Duration // since then it is well again; 0 is not
	lost  time.Duration // when the last direct way ended; 0 is none did
	tried time.Duration // since then no ping through via is answered; 0 is answered
	// patience is how long that may last if that is more than blameAfter, token the
	// last ping before via, and answers whether one came through it.
	patience time.Duration
	token    uint64
	answers  bool

	probe time.Duration // when the last ping went

	next  uint64        // number of the next message of the control lane to send this way
	moved time.Duration // when the other end last acknowledged some, or the first was sent
	again bool          // acknowledge once more: something came twice
	bulk  *route.Budget
	bad   courier.Unopened // came in the name of the other end
}

// heardFrom is what the other end says of how long it has heard nothing on the
// direct way.
type heardFrom struct {
	silent time.Duration
	at     time.Duration // when it said so; 0 is never
}

func (l *link) makeRelay() {
	l.relay.conn = &relayConn{link: l, tag: route.TagOf(l.id)}
	l.relay.way = &way{m: l.m, link: l, conn: l.relay.conn, relayed: true, open: true, ready: true}
	l.relay.bulk = route.NewBudget(2 * relayBulk) // one source gets half of it
}

// heardDirectly is what we tell the other end. mu is held.
func (l *link) heardDirectly() byte {
	if l.active == nil {
		return 255
	}
	return heardByte(l.m.now() - time.Duration(l.active.heard.Load()))
}

// relays says whether the way through a third member can be used. mu is held.
func (l *link) relays() bool {
	r := &l.relay
	return r.conn != nil && r.conn.ready() && !r.barred && r.conn.keys.Use().Process == l.theirs
}

// doubt says whether the direct way is in doubt, in either direction. mu is held.
func (l *link) doubt(now time.Duration) bool {
	w := l.active
	if w == nil {
		return true
	}
	silent := now - time.Duration(w.heard.Load())
	if gap := l.gap(w); silent >= l.m.cfg.Silence || gap > 0 && silent >= gap {
		return true
	}
	// What they say of us is as old as half a round trip, and counts from when
	// we began to send.
	if now-l.relay.fresh < max(gapMost, 2*l.relay.trip.mean) {
		return false // what they said before still comes
	}
	h := &l.heardThere
	flows := now-l.moved < flowing && now-l.sending >= gapLeast+l.rtt.mean+2*l.rtt.deviation+heardUnit
	return h.at > 0 && now-h.at < gapMost && (h.silent >= bridge || flows && h.silent >= gapLeast)
}

// gap is how long nothing may come while moves flow; 0 is they do not: what came
// last is no move. mu is held.
func (l *link) gap(w *way) time.Duration {
	pause := time.Duration(w.pause.Load())
	if pause == 0 || pause > flowing || w.heard.Load()-w.movedAt.Load() >= int64(gapMost) {
		return 0
	}
	return min(max(gapMoves*pause, gapLeast), gapMost)
}

// judge looks at the direct way and decides whether messages go through a third
// member as well. mu is held.
func (l *link) judge(now time.Duration) {
	r := &l.relay
	switch doubt := l.doubt(now); {
	case doubt && !r.on:
		r.on, r.well, r.tried = true, 0, 0
		r.next, r.moved = l.kept.Base(), now
		l.m.notes.put(note{kind: routesNote, way: r.way}) // others may count on this way
	case doubt:
		r.well = 0
	case r.on && r.well == 0:
		r.well = now
	case r.on && now-r.well >= trusted:
		r.on = false
	}
}

// pump sends what is kept for the control lane through a third member, a window
// of it at a time, and again from the first that is not acknowledged. mu is held.
func (l *link) pump(now time.Duration) {
	r := &l.relay
	if !l.relays() {
		return
	}
	if r.next < l.kept.Base() || r.next > l.kept.End() {
		r.next, r.moved = l.kept.Base(), now
	}
	if r.next > l.kept.Base() && now-r.moved >= max(relayAgain, 2*r.trip.mean) {
		r.next, r.moved = l.kept.Base(), now
	}
	flight := 0
	for i, b := range l.kept.Messages()[:min(l.kept.Len(), relayCount)] {
		number := l.kept.Base() + uint64(i)
		if flight += len(b); flight > relayWindow && i > 0 {
			return
		}
		if number < r.next {
			continue
		}
		if r.conn.buffered(controlLane)+len(b) > relayControl {
			return
		}
		l.scratch = binary.LittleEndian.AppendUint64(append(l.scratch[:0], b[0]), number)
		l.scratch = append(l.scratch, b[1:]...)
		if r.conn.send(controlLane, false, l.scratch) != nil {
			return
		}
		if r.next == l.kept.Base() {
			r.moved = now
		}
		r.next = number + 1
	}
}

// receiveRelayed takes what the other end sealed, opened; by is the way to the
// third member that brought it.
func (w *way) receiveRelayed(by *way, on lane, b []byte) {
	if w.dead.Load() {
		return
	}
	l := w.link
	now := w.m.now()
	w.heard.Store(int64(now))
	l.messagesIn.Add(1)
	l.bytesIn.Add(int64(len(b)))
	if len(b) < 2 {
		w.junked()
		return
	}
	l.hearsUs(now, b[0])
	switch b = b[1:]; {
	case on == movesLane && b[0] == pingFrame:
		w.ping(b, by)
	case on == movesLane:
		w.fast(b)
	case on == bulkLane:
		w.bulky(b)
	case on == controlLane && b[0] == ackMark:
		w.hearAck(b[1:])
	case on == controlLane && onControl(peer.Channel(b[0])) && len(b) >= 9:
		w.numbered(peer.Channel(b[0]), binary.LittleEndian.Uint64(b[1:]), b[9:])
	default:
		w.junked()
	}
}

// missing is how long the other end had heard nothing when it said so just now; 0
// if it did not. mu is held.
func (l *link) missing(now time.Duration) time.Duration {
	if h := &l.heardThere; h.at > 0 && now-h.at < ridden {
		return h.silent
	}
	return 0
}

// hearsUs: the other end says how long it has not heard us on the direct way.
func (l *link) hearsUs(now time.Duration, b byte) {
	l.mu.Lock()
	l.heardThere = heardFrom{time.Duration(b) * heardUnit, max(now, 1)}
	l.mu.Unlock()
}

// relayHeard: a message of the other end came through via, sealed with k; it is
// there, and this is its process. False if it is not wanted. mu is not held.
func (l *link) relayHeard(k *seal.Key, age int) bool {
	now := l.m.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.relay
	if r.barred || peer.State(l.state.Load()) == peer.Unlinked || l.retired.Has(k.Process) || r.conn.keys.Outlived(k) {
		return false
	}
	r.conn.keys.Opened(k, age)
	if l.theirs != k.Process {
		l.meet(k.Process)
		if l.active != nil && l.active.theirs != k.Process {
			l.active = nil
		}
	}
	r.way.theirs, r.way.up = k.Process, true
	r.way.heard.Store(int64(now))
	if peer.State(l.state.Load()) != peer.Linked {
		l.state.Store(uint32(peer.Linked))
		l.m.events.put(Linked{Peer: l.id, Took: now - l.since})
	}
	return true
}

// meet: the other end is this process from now on. mu is held.
func (l *link) meet(theirs uint64) {
	if l.theirs == theirs {
		return
	}
	if l.theirs != 0 {
		l.retired.Add(l.theirs)
		l.unlink(Restarted)
	}
	l.theirs, l.got, l.told, l.owed = theirs, 0, 0, 0
	l.kept.Reset()
	l.bulk.reset()
	l.relay.next, l.relay.way.up = 0, false
}

// relayTick pings through the third member while it is in use, sends again, and
// acknowledges. It says whether that one brings nothing. mu is held.
func (l *link) relayTick(now time.Duration) (blame bool) {
	r := &l.relay
	if r.barred || !r.conn.ready() {
		r.tried = 0
		return false
	}
	l.judge(now)
	if !r.on {
		return false
	}
	if now-r.probe >= probeEvery {
		r.probe = now
		if r.tried == 0 {
			r.tried = now
		}
		r.way.pingNow(now)
	}
	if l.relays() && r.way.up {
		l.pump(now)
		if l.got != l.told || r.again {
			r.again = false
			r.way.ack()
		}
	}
	return r.tried > 0 && now-r.tried >= max(blameAfter, r.patience)
}

// relayed returns who relays now; zero is nobody. mu is held.
func (l *link) relayedBy() peer.ID {
	if r := &l.relay; r.on && l.relays() && r.way.up {
		return r.conn.via.link.id
	}
	return peer.ID{}
}

// tripThrough is the round trip through a third member; 0 is not measured.
func (l *link) tripThrough() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.relay.trip.mean
}
