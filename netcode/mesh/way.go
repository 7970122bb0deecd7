package mesh

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// way is one connection to a peer, from the first offer to its end. A link has
// one that carries messages, and while it is repaired a second in the making.
type way struct {
	m      *Mesh
	link   *link
	conn   conn
	began  time.Duration
	offers bool   // we made the offer
	theirs uint64 // incarnation of the other end, from a letter
	// session is the offer's nonce; it names this way at both ends.
	session nonce
	// challenge is what the offer answered (offerer only).
	challenge nonce
	// heard is when the last message came, by Mesh.now.
	heard atomic.Int64
	dead  atomic.Bool // closed by us, or failed: what still comes is dropped
	// relayed: it goes through third members, see relay.
	relayed bool
	// pause is the smoothed pause between moves that came, 0 before the second,
	// and movedAt when the last one came.
	pause, movedAt atomic.Int64
	// What a third member brings that does not open, reports of its links and letters, in
	// the second since.
	unsealedAt, unsealed, reportsAt, reports, lettersAt, letters atomic.Int64
	// pending is what the messages cost that wait in the queue (page only).
	pending atomic.Int64

	// The mesh goroutine's own:
	deadline    time.Duration
	described   bool // our description is sent
	verified    bool // the remote description is theirs, and was handed on
	settled     bool // and the connection took it
	local       []candidate
	remote      []claim  // wait for settled
	remotes     int      // candidates taken, in all
	fingerprint [32]byte // of the remote certificate, once verified; written before the connection starts
	ufrag       string   // of the remote end
	localUfrag  string
	// Of ICE restarts: how many there were, the last one's number and time, and
	// whether it is under way.
	restarts     uint64
	restartNonce nonce
	restartAt    time.Duration
	restarting   bool

	// Under link.mu:
	open     bool // all lanes are
	ready    bool // theirs are as well, and they hold theirGot
	theirGot uint64
	up       bool   // messages are carried; implies open and ready
	next     uint64 // number of the next message on the control lane
	moves    uint16 // number of the next move
	early    [][]byte
	earlyLen int
	junk     int
	pinger   pinger
	meter    quality.Meter // of what comes
	fresh    freshness
	movedOut time.Duration // when the last move was sent
	told     pongTail      // what the other end says of what goes
	bulkIn   uint32        // bytes that came on the bulk lane, modulo 2^32
	pieces   pieces
}

// claim is a candidate with the user fragment that it says it belongs to.
type claim struct {
	candidate candidate
	ufrag     string
}

// maxJunk is how many messages that no honest peer sends a connection survives.
const maxJunk = 16

var (
	errTimeout = errors.New("mesh: no connection in time")
	errJunk    = errors.New("mesh: too much junk")
	errLanes   = errors.New("mesh: the other end opened other channels than a mesh does")
	errOver    = errors.New("mesh: a message above the limit")
)

// opened tells that all lanes of the connection are open.
func (w *way) opened() {
	l := w.link
	l.mu.Lock()
	if w.open || w.dead.Load() {
		l.mu.Unlock()
		return
	}
	w.open = true
	if l.theirs == w.theirs {
		w.next = l.got
	}
	l.scratch = binary.AppendUvarint(append(l.scratch[:0], readyMark), w.next)
	err := w.put(controlLane, l.scratch)
	if err == nil {
		err = w.promote()
	}
	l.mu.Unlock()
	if err != nil {
		w.fail(Broken, err)
		return
	}
	w.flush()
}

// placeholder stands for a message of the control lane that the other end holds.
var placeholder = []byte{byte(peer.Control)}

// promote makes w the way that carries messages, if both ends are ready.
// link.mu is held.
func (w *way) promote() error {
	l, m := w.link, w.m
	if !w.open || !w.ready || w.up || w.dead.Load() {
		return nil
	}
	old := peer.State(l.state.Load())
	if l.retired.has(w.theirs) {
		return errRetired
	}
	if l.theirs != w.theirs {
		l.meet(w.theirs)
		old = peer.State(l.state.Load())
	}
	// Since they said how many they hold they may have got more, over another way,
	// and acknowledged them: those are gone here. They count what comes by this way
	// from what they said, so as many take their places; a message that they hold
	// is dropped unread.
	var again uint64
	switch base := l.kept.base; {
	case w.theirGot < base && base-w.theirGot <= maxKept:
		again = base - w.theirGot
	case !l.kept.trim(w.theirGot):
		return errJunk
	}
	w.up, l.active = true, w
	l.relay.on, l.relay.fresh = false, m.now() // it has just worked in both directions
	w.heard.Store(int64(m.now()))
	for range again {
		if err := w.put(controlLane, placeholder); err != nil {
			return err
		}
	}
	for _, b := range l.kept.list {
		if err := w.put(controlLane, b); err != nil {
			return err
		}
	}
	l.state.Store(uint32(peer.Linked))
	if old != peer.Linked {
		m.events.put(Linked{Peer: l.id, Took: m.now() - w.began})
	}
	m.notes.put(note{kind: upNote, way: w})
	return nil
}

// flush delivers the bulk messages that came before the way was up.
func (w *way) flush() {
	for {
		w.m.turn.Lock()
		w.link.mu.Lock()
		var b []byte
		if w.up && len(w.early) > 0 {
			b, w.early = w.early[0], w.early[1:]
		}
		w.link.mu.Unlock()
		if b != nil {
			w.m.deliver(peer.Bulk, w.link.id, b)
		}
		w.m.turn.Unlock()
		if b == nil {
			return
		}
	}
}

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
	case b[0] == ackMark:
		w.hearAck(b[1:])
	case onControl(peer.Channel(b[0])):
		w.ordered(peer.Channel(b[0]), b[1:])
	default:
		w.junked()
	}
}

// fast takes a message of the moves lane.
func (w *way) fast(b []byte) {
	switch {
	case b[0] == pingFrame:
		w.ping(b)
	case b[0] == pongFrame:
		w.pong(b)
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
	w.meter.Arrive(now, number)
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

func (w *way) hearAck(b []byte) {
	l := w.link
	got, ok := readCount(b)
	l.mu.Lock()
	if got > l.kept.base {
		l.relay.moved = l.m.now()
	}
	ok = ok && w.up && (l.theirs != w.theirs || got < l.kept.base || l.kept.trim(got))
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
	if w.put(controlLane, binary.AppendUvarint(append(buf[:0], ackMark), l.got)) == nil {
		l.told, l.owed = l.got, 0
	}
}

// junked counts a message that no honest peer sends.
func (w *way) junked() {
	w.m.counts.junk.Add(1)
	w.link.mu.Lock()
	w.junk++
	over := w.junk > maxJunk
	w.link.mu.Unlock()
	if over {
		w.fail(Junk, errJunk)
	}
}

// fail ends the way, once. It may be called from any goroutine that does not
// hold link.mu.
func (w *way) fail(why Reason, err error) {
	if w.dead.Swap(true) {
		return
	}
	l := w.link
	l.mu.Lock()
	l.lose(w, why)
	l.mu.Unlock()
	w.m.notes.put(note{kind: failedNote, way: w, reason: why, err: err})
}
