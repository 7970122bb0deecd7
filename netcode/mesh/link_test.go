package mesh

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/kept"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/process"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// wireConn is a connection that hands everything to the other end at once.
type wireConn struct {
	other  *way
	queued [lanes]int
	copy   []byte
}

func (c *wireConn) offer()                          {}
func (c *wireConn) answer(string)                   {}
func (c *wireConn) accept(string)                   {}
func (c *wireConn) add(letter.Candidate)            {}
func (c *wireConn) keyed(*seal.Pair)                {}
func (c *wireConn) packets() bool                   { return false }
func (c *wireConn) packet([]byte, []byte, int) bool { return false }
func (c *wireConn) close()                          {}
func (c *wireConn) buffered(on lane) int            { return c.queued[on] }

func (c *wireConn) pair() (local, remote AddressKind, ok bool) { return HostAddress, HostAddress, true }

func (c *wireConn) send(on lane, isText bool, b []byte) error {
	if c.other != nil {
		c.copy = append(c.copy[:0], b...)
		c.other.receive(on, isText, c.copy)
	}
	return nil
}

// still is the clock of a mesh without a goroutine: it stands, so that a test that
// takes long finds nobody silent. Tests in which time passes have another.
func still() time.Duration { return time.Millisecond }

// bareMesh is a mesh without a goroutine, with one link that is up.
func bareMesh(self, other peer.ID) (*Mesh, *way) {
	m := &Mesh{self: self, cfg: Config{clock: still}.resolve()}
	m.notes.init()
	l := &link{m: m, id: other, theirs: 1}
	l.makeRelay()
	m.links.Store(&map[peer.ID]*link{other: l})
	m.tags.Store(&map[route.Tag]*link{l.relay.conn.tag: l})
	m.carrier.budget = route.NewBudget(route.DefaultRate)
	w := &way{m: m, link: l, theirs: 1, open: true, ready: true, up: true, conn: &wireConn{}}
	l.active = w
	l.state.Store(uint32(peer.Linked))
	return m, w
}

func TestMovesCostNoAllocation(t *testing.T) {
	idA, idB := testID(1), testID(2)
	a, toB := bareMesh(idA, idB)
	b, toA := bareMesh(idB, idA)
	toB.conn.(*wireConn).other = toA
	var got int
	b.Bind(peer.Moves, func(from peer.ID, msg []byte) {
		if from == idA {
			got += len(msg)
		}
	})
	msg := make([]byte, 200)
	allocs := testing.AllocsPerRun(1000, func() {
		if err := a.Send(idB, peer.Moves, msg); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 || got != 1001*len(msg) {
		t.Errorf("%v allocations per move, %d bytes came", allocs, got)
	}
}

// TestReliableMessagesCostNoAllocation sends on the control lane and on bulk, whole
// and in pieces, and answers as the other end does.
func TestReliableMessagesCostNoAllocation(t *testing.T) {
	for _, c := range []struct {
		name string
		ch   peer.Channel
		size int
	}{{"user", peer.User, 200}, {"bulk", peer.Bulk, 800}, {"bulk in pieces", peer.Bulk, 5000}} {
		idA, idB := testID(1), testID(2)
		a, toB := bareMesh(idA, idB)
		b, toA := bareMesh(idB, idA)
		clock := newSteps()
		a.cfg.clock, b.cfg.clock = clock.now, clock.now
		toB.conn.(*wireConn).other = toA
		got := 0
		b.Bind(c.ch, func(_ peer.ID, msg []byte) { got += len(msg) })
		msg, ack, sent := make([]byte, c.size), []byte{}, 0
		pong := []byte{}
		allocs := testing.AllocsPerRun(1000, func() {
			*clock += steps(50 * time.Millisecond)
			if err := a.Send(idB, c.ch, msg); err != nil {
				t.Fatal(err)
			}
			sent++
			if c.ch == peer.User {
				ack = binary.AppendUvarint(append(ack[:0], ackMark), uint64(sent))
				toB.receive(controlLane, false, ack)
				return
			}
			pong = appendPong(pong[:0], toB.pinger.token, pongTail{bulk: toA.bulkIn})
			toB.receive(movesLane, false, pong)
			for a.Path(idB).BulkQueued > 0 {
				*clock += steps(5 * time.Millisecond)
				pumpNow(a, idB)
			}
		})
		if allocs != 0 || got != sent*c.size {
			t.Errorf("%s: %v allocations per message, %d bytes of %d came", c.name, allocs, got, sent*c.size)
		}
	}
}

func pumpNow(m *Mesh, to peer.ID) {
	l := m.link(to)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pumpBulk(m.now())
}

// steps is a clock that stands still between them.
type steps time.Duration

func newSteps() *steps              { return new(steps) }
func (s *steps) now() time.Duration { return time.Duration(*s) }

func TestQueuesAreBounded(t *testing.T) {
	idA, idB := testID(1), testID(2)
	a, w := bareMesh(idA, idB)
	conn := w.conn.(*wireConn)
	msg := make([]byte, 1000)
	conn.queued[movesLane] = movesBound - moveHead - len(msg)
	if err := a.Send(idB, peer.Moves, msg); err != nil {
		t.Errorf("a move that fits: %v", err)
	}
	conn.queued[movesLane]++
	conn.queued[bulkLane] = bulkInConn + 1
	if err := a.Send(idB, peer.Moves, msg); err != peer.ErrFull || a.Path(idB).StaleMoves != 1 {
		t.Errorf("a stale move: %v", err)
	}
	sent := 0
	for a.Send(idB, peer.Bulk, msg) == nil {
		sent++
	}
	if most := min(bulkBound/len(msg), maxBulk); sent != most || a.Path(idB).BulkQueued != most*len(msg) {
		t.Errorf("%d bulk messages wait, want %d", sent, most)
	}
	sent = 0
	for a.Send(idB, peer.Chat, msg) == nil {
		sent++
	}
	if most := controlBound / (len(msg) + 1); sent != most {
		t.Errorf("%d messages wait for an acknowledgement, want %d", sent, most)
	}
	w.receive(controlLane, false, []byte{ackMark, 100})
	for a.Send(idB, peer.Chat, msg) == nil {
		sent++
	}
	if want := controlBound/(len(msg)+1) + 100; sent != want {
		t.Errorf("after 100 acknowledgements %d messages, want %d", sent, want)
	}
}

// TestControlLaneDeliversOnce replaces a way while its messages are half
// delivered: what the new way brings again is dropped, the rest is not.
func TestControlLaneDeliversOnce(t *testing.T) {
	m, old := bareMesh(testID(1), testID(2))
	var got []byte
	m.Bind(peer.User, func(_ peer.ID, b []byte) { got = append(got, b...) })
	say := func(w *way, n byte) { w.receive(controlLane, false, []byte{byte(peer.User), n}) }
	say(old, 0)
	say(old, 1)
	next := &way{m: m, link: old.link, theirs: 1, conn: &wireConn{}, began: m.now()}
	next.opened() // announces that it holds 2
	say(old, 2)   // still on its way
	next.receive(controlLane, false, []byte{readyMark, 0})
	if !next.up || old.link.active != next {
		t.Fatal("the new way did not come up")
	}
	for n := byte(2); n < 6; n++ {
		say(next, n)
	}
	say(old, 3) // and the old one had it as well
	say(next, 6)
	if want := []byte{0, 1, 2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("delivered %v, want %v", got, want)
	}
	// A new process begins at zero.
	reborn := &way{m: m, link: old.link, theirs: 2, conn: &wireConn{}, began: m.now()}
	reborn.opened()
	reborn.receive(controlLane, false, []byte{readyMark, 0})
	say(reborn, 100)
	say(next, 7) // the old process is no more
	if got[len(got)-1] != 100 {
		t.Errorf("delivered %v", got)
	}
}

// TestEarlierProcessDoesNotTakeThePlaceBack lets a connection of a process come
// up after its successor's did.
func TestEarlierProcessDoesNotTakeThePlaceBack(t *testing.T) {
	m, first := bareMesh(testID(1), testID(2))
	l := first.link
	late := &way{m: m, link: l, theirs: 1, conn: &wireConn{}, began: m.now()}
	next := &way{m: m, link: l, theirs: 2, conn: &wireConn{}, began: m.now()}
	next.opened()
	next.receive(controlLane, false, []byte{readyMark, 0})
	if l.active != next || l.theirs != 2 || !l.isRetired(1) {
		t.Fatal("the new process did not take the place")
	}
	late.opened()
	late.receive(controlLane, false, []byte{readyMark, 0})
	if l.active != next || l.theirs != 2 || late.up || !late.dead.Load() {
		t.Error("the earlier process took the place back")
	}
	for n := range uint64(3 * process.MaxRetired) {
		l.retired.Add(n + 10)
	}
	if l.retired.Len() != process.MaxRetired {
		t.Errorf("%d are remembered", l.retired.Len())
	}
}

// TestReadyMarkThatIsOutOfDate brings a way up whose other end said how many
// messages it holds before it acknowledged more of them over the old way: it is
// no junk, and the next message is counted right.
func TestReadyMarkThatIsOutOfDate(t *testing.T) {
	a, oldA := bareMesh(testID(1), testID(2))
	b, oldB := bareMesh(testID(2), testID(1))
	oldA.conn.(*wireConn).other = oldB
	var got []byte
	b.Bind(peer.User, func(_ peer.ID, m []byte) { got = append(got, m...) })
	send := func(n byte) {
		t.Helper()
		if err := a.Send(testID(2), peer.User, []byte{n}); err != nil {
			t.Fatal(err)
		}
	}
	send(0)
	newA := &way{m: a, link: oldA.link, theirs: 1, conn: &wireConn{}, began: a.now()}
	newB := &way{m: b, link: oldB.link, theirs: 1, conn: &wireConn{}, began: b.now()}
	newA.conn.(*wireConn).other, newB.conn.(*wireConn).other = newB, newA
	// b says that it holds one, and that is slow to arrive.
	newB.conn.(*wireConn).other = nil
	newB.opened()
	send(1)
	send(2)
	oldA.receive(controlLane, false, []byte{ackMark, 3})
	newA.receive(controlLane, false, []byte{readyMark, 1})
	newA.opened()
	if newA.dead.Load() || !newA.up || !newB.up {
		t.Fatalf("the new way is up: %v and %v", newA.up, newB.up)
	}
	send(3)
	if want := []byte{0, 1, 2, 3}; !slices.Equal(got, want) || newB.next != 4 {
		t.Errorf("delivered %v, the next is number %d", got, newB.next)
	}
}

func TestBulkThatOvertakesTheReadyMarkWaits(t *testing.T) {
	m, old := bareMesh(testID(1), testID(2))
	var got []string
	m.Bind(peer.Bulk, func(_ peer.ID, b []byte) { got = append(got, string(b)) })
	w := &way{m: m, link: old.link, theirs: 1, conn: &wireConn{}, began: m.now()}
	w.receive(bulkLane, false, []byte("\x01early"))
	w.opened()
	if len(got) != 0 {
		t.Fatal("delivered before the way is up")
	}
	w.receive(controlLane, false, []byte{readyMark, 0})
	w.receive(bulkLane, false, []byte("\x01late"))
	if !slices.Equal(got, []string{"early", "late"}) {
		t.Errorf("delivered %q", got)
	}
	hostile := &way{m: m, link: old.link, theirs: 1, conn: &wireConn{}}
	for range maxEarly + 1 {
		hostile.receive(bulkLane, false, []byte{dataFrame})
	}
	if !hostile.dead.Load() {
		t.Error("bulk without end before the ready mark is kept")
	}
}

// FuzzReceive lets a peer say anything on any lane.
func FuzzReceive(f *testing.F) {
	f.Add(uint8(controlLane), false, []byte{byte(peer.User), 1})
	f.Add(uint8(controlLane), false, []byte{readyMark, 5})
	f.Add(uint8(controlLane), false, []byte{ackMark, 1})
	f.Add(uint8(movesLane), false, []byte("\x02abcdefgh"))
	f.Add(uint8(movesLane), false, []byte("\x01abcdefgh"))
	f.Add(uint8(bulkLane), false, []byte("\x01bulk"))
	f.Fuzz(func(t *testing.T, on uint8, isText bool, b []byte) {
		m, w := bareMesh(testID(1), testID(2))
		fresh := &way{m: m, link: w.link, theirs: 2, conn: &wireConn{}}
		for _, w := range []*way{w, fresh} {
			for range 3 * maxJunk {
				w.receive(lane(on)%lanes, isText, b)
			}
			if w.junk > maxJunk && !w.dead.Load() {
				t.Error("junk without end is taken")
			}
		}
	})
}

func TestPageQueueIsBounded(t *testing.T) {
	_, w := bareMesh(testID(1), testID(2))
	fill := func([]byte) {}
	for range 2 * maxPending / peer.MaxDatagram {
		w.arrive(movesLane, false, peer.MaxDatagram, fill)
	}
	if w.dead.Load() || w.pending.Load() > maxPending {
		t.Fatalf("moves: dead %v, %d bytes wait", w.dead.Load(), w.pending.Load())
	}
	for range 2 * maxPending / peer.MaxMessage {
		w.arrive(bulkLane, false, peer.MaxMessage, fill)
	}
	if !w.dead.Load() || w.pending.Load() > maxPending {
		t.Errorf("bulk: dead %v, %d bytes wait", w.dead.Load(), w.pending.Load())
	}
}

func TestRoundTripIsSmoothed(t *testing.T) {
	var r roundTrip
	r.sample(0, 0)
	if r.mean == 0 || r.at == 0 {
		t.Error("a sample of a coarse clock counts as none")
	}
	r = roundTrip{}
	for i := range 100 {
		r.sample(time.Duration(i)*time.Second, time.Duration(90+20*(i%2))*time.Millisecond)
	}
	if r.mean < 95*time.Millisecond || r.mean > 105*time.Millisecond || r.deviation < 8*time.Millisecond || r.deviation > 12*time.Millisecond {
		t.Errorf("%+v", r)
	}
}

// written is a connection that counts the messages of the control lane.
type written struct {
	wireConn
	control [][]byte
}

func (c *written) send(on lane, _ bool, b []byte) error {
	if on == controlLane {
		c.control = append(c.control, slices.Clone(b))
	}
	return nil
}

// TestReadyMarkCostsOneMessage: who says that it holds nothing, after it
// acknowledged thousands of messages, is told in one message what is left out;
// nobody can be told to leave out what it does not hold.
func TestReadyMarkCostsOneMessage(t *testing.T) {
	a, old := bareMesh(testID(1), testID(2))
	for range 5000 {
		if err := a.Send(testID(2), peer.User, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	old.receive(controlLane, false, binary.AppendUvarint([]byte{ackMark}, 5000))
	if a.link(testID(2)).kept.Base() != 5000 {
		t.Fatal("nothing was acknowledged")
	}
	conn := &written{}
	next := &way{m: a, link: old.link, theirs: 1, conn: conn}
	next.opened()
	next.receive(controlLane, false, []byte{readyMark, 0})
	if want := binary.AppendUvarint([]byte{skipMark}, 5000); !next.up || len(conn.control) != 2 || !slices.Equal(conn.control[1], want) {
		t.Errorf("up %v, %d messages are written: %x", next.up, len(conn.control), conn.control[:min(3, len(conn.control))])
	}
	b, w := bareMesh(testID(2), testID(1))
	w.link.got, w.next = 10, 6
	for i, n := range []uint64{5, 11, kept.Max + 1, 1 << 62} {
		w.receive(controlLane, false, binary.AppendUvarint([]byte{skipMark}, n))
		if w.next != 6 || b.Stats().Junk != int64(i+1) {
			t.Errorf("told to leave out %d, of 4 that it holds: next is %d, junk %d", n, w.next, b.Stats().Junk)
		}
	}
	w.receive(controlLane, false, []byte{skipMark, 4})
	if w.next != 10 || b.Stats().Junk != 4 {
		t.Errorf("next is %d", w.next)
	}
}
