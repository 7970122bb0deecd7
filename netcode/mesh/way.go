package mesh

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/account"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/kept"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/piece"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
	"github.com/tuttiplay/tutti/netcode/peer"
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
	session letter.Nonce
	// challenge is what the offer answered (offerer only).
	challenge letter.Nonce
	// heard is when the last message came, by Mesh.now.
	heard atomic.Int64
	dead  atomic.Bool // closed by us, or failed: what still comes is dropped
	// relayed: it goes through third members, see relay.
	relayed bool
	// pause is the smoothed pause between moves that came, 0 before the second,
	// and movedAt when the last one came.
	pause, movedAt atomic.Int64
	// Reports of its links and letters that came, any goroutine's.
	reports, letters courier.PerSecond
	// pending is what the messages cost that wait in the queue (page only).
	pending atomic.Int64

	// The mesh goroutine's own:
	deadline    time.Duration
	accounts    account.Term
	renewAt     time.Duration // next look at accounts
	described   bool          // our description is sent
	verified    bool          // the remote description is theirs, and was handed on
	settled     bool          // and the connection took it
	local       []letter.Candidate
	remote      []claim  // wait for settled
	remotes     int      // candidates taken, in all
	fingerprint [32]byte // of the remote certificate, once verified; written before the connection starts
	ufrag       string   // of the remote end
	localUfrag  string
	// Of ICE restarts: how many there were, the last one's number and time, and
	// whether it is under way.
	restarts     uint64
	restartNonce letter.Nonce
	restartAt    time.Duration
	restarting   bool
	overtook     []claim       // addresses for credentials that are not known yet
	answers      letter.Nonce  // the challenge that the restart is for
	restartText  letter.Letter // ours as sent last, without its signature
	restartSent  time.Duration // when
	restartTries int           // how often again

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
	packets  bool          // and that counts datagrams of our own, not moves
	packetAt time.Duration // when the last of those came
	spares   datagram.Spares
	hedged   time.Duration // until then moves go by SCTP too
	riding   bool          // what is small goes along with the move that is about to be sent
	riders   []byte        // and waits here
	fresh    freshness
	movedOut time.Duration // when the last move was sent
	told     pongTail      // what the other end says of what goes
	bulkIn   uint32        // bytes that came on the bulk lane, modulo 2^32
	pieces   piece.Assembly
}

// claim is a candidate with the user fragment that it says it belongs to.
type claim struct {
	candidate letter.Candidate
	ufrag     string
}

// maxJunk is how many messages that no honest peer sends a connection survives.
const maxJunk = 16

var (
	errRetired = errors.New("mesh: an earlier process of the peer")
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

// promote makes w the way that carries messages, if both ends are ready.
// link.mu is held.
func (w *way) promote() error {
	l, m := w.link, w.m
	if !w.open || !w.ready || w.up || w.dead.Load() {
		return nil
	}
	old := peer.State(l.state.Load())
	if l.retired.Has(w.theirs) {
		return errRetired
	}
	if l.theirs != w.theirs {
		l.meet(w.theirs)
		old = peer.State(l.state.Load())
	}
	// Since they said how many they hold they may have got more, over another way,
	// and acknowledged them: those are gone here. They count what comes by this way
	// from what they said, so they are told how many to leave out.
	var skip uint64
	switch base := l.kept.Base(); {
	case w.theirGot < base && base-w.theirGot <= kept.Max:
		skip = base - w.theirGot
	case !l.kept.Trim(w.theirGot):
		return errJunk
	}
	w.up, l.active = true, w
	l.relay.conn.keys.Lives(w.theirs)
	l.relay.on, l.relay.fresh = false, m.now() // it has just worked in both directions
	w.heard.Store(int64(m.now()))
	if skip > 0 {
		l.scratch = binary.AppendUvarint(append(l.scratch[:0], skipMark), skip)
		if err := w.put(controlLane, l.scratch); err != nil {
			return err
		}
	}
	for _, b := range l.kept.Messages() {
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
