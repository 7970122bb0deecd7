package mesh

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// sealers returns both ends' keys of one agreement between two processes.
func sealers(t *testing.T, a, b seal.End) (atA, atB *seal.Pair) {
	t.Helper()
	sa, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	sb, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	if atA, err = sa.Pair(seal.Context{}, a, b, sb.Public()); err != nil {
		t.Fatal(err)
	}
	if atB, err = sb.Pair(seal.Context{}, b, a, sa.Public()); err != nil {
		t.Fatal(err)
	}
	return atA, atB
}

// besides gives a bare mesh one more link that is up.
func besides(m *Mesh, id peer.ID) *way {
	l := &link{m: m, id: id, theirs: 1}
	l.makeRelay()
	links, tags := map[peer.ID]*link{id: l}, map[route.Tag]*link{l.relay.conn.tag: l}
	for k, v := range *m.links.Load() {
		links[k], tags[v.relay.conn.tag] = v, v
	}
	m.links.Store(&links)
	m.tags.Store(&tags)
	w := &way{m: m, link: l, theirs: 1, open: true, ready: true, up: true, conn: &wireConn{}}
	l.active = w
	l.state.Store(uint32(peer.Linked))
	return w
}

// brought is what a third member hands over: sealed by from with the key kid.
func brought(t *testing.T, k *seal.Pair, kid [2]byte, from peer.ID, on lane, b []byte) []byte {
	t.Helper()
	tag := route.TagOf(from)
	kind := relayedFrame
	if on == controlLane {
		kind = relayedMark
	}
	out := append(append([]byte{kind}, tag[:]...), kid[:]...)
	out, err := k.Seal(out, byte(on), append([]byte{0}, b...))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHeldMessageOfADeadProcess: a third member holds a message of a process
// back until its successor is linked, and then delivers it. Whether the dead
// process was ever heard of or only had its keys, the living one keeps its
// place, its counts, and what is kept for it.
func TestHeldMessageOfADeadProcess(t *testing.T) {
	for _, met := range []bool{true, false} {
		idA, idB := testID(1), testID(2)
		m, old := bareMesh(idA, idB)
		third := besides(m, testID(3))
		l := old.link
		if !met {
			l.theirs = 0
		}
		l.active = nil
		atA1, atB1 := sealers(t, seal.End{ID: idA, Process: 9}, seal.End{ID: idB, Process: 1})
		atA2, atB2 := sealers(t, seal.End{ID: idA, Process: 9}, seal.End{ID: idB, Process: 2})
		one, two := [2]byte{1, 1}, [2]byte{2, 2}
		l.relay.conn.keys.Agreed(&seal.Key{Pair: atA1, ID: one, Process: 1}, false)
		held := brought(t, atB1, one, idB, controlLane, binary.LittleEndian.AppendUint64([]byte{byte(peer.Chat)}, 0))
		again := brought(t, atB1, one, idB, controlLane, binary.LittleEndian.AppendUint64([]byte{byte(peer.Chat)}, 0))
		l.relay.conn.keys.Agreed(&seal.Key{Pair: atA2, ID: two, Process: 2}, false)
		check := func(when string, active *way) {
			t.Helper()
			if l.active != active || l.theirs != 2 && active != nil || l.retired.Has(2) || m.Stats().Unbound != 0 {
				t.Fatalf("met %v, %s: the process is %d, retired 2: %v, unbound %d", met, when, l.theirs, l.retired.Has(2), m.Stats().Unbound)
			}
		}
		if !met { // before the successor is up, too
			third.receive(controlLane, false, again)
			check("keys alone", nil)
		}
		second := &way{m: m, link: l, theirs: 2, conn: &wireConn{}}
		second.opened()
		second.receive(controlLane, false, []byte{readyMark, 0})
		check("linked", second)
		for i := range 3 {
			if err := m.Send(idB, peer.Chat, []byte{byte(i)}); err != nil {
				t.Fatal(err)
			}
		}
		third.receive(controlLane, false, held)
		check("after the held message", second)
		if l.kept.Len() != 3 {
			t.Errorf("met %v: %d of 3 messages are kept", met, l.kept.Len())
		}
		got := 0
		m.Bind(peer.User, func(peer.ID, []byte) { got++ })
		second.receive(controlLane, false, []byte{byte(peer.User), 1})
		// What the living one seals is taken, and its next connection comes up.
		third.receive(controlLane, false, brought(t, atB2, two, idB, controlLane, binary.LittleEndian.AppendUint64([]byte{byte(peer.User)}, 1)))
		if got != 2 {
			t.Errorf("met %v: %d of 2 messages of the living process came", met, got)
		}
		next := &way{m: m, link: l, theirs: 2, conn: &wireConn{}}
		next.opened()
		next.receive(controlLane, false, []byte{readyMark, 3})
		check("again", next)
		if next.dead.Load() || l.relay.barred {
			t.Errorf("met %v: the next connection is refused", met)
		}
	}
}

// TestHoleIsBlamed: a third member swallows all, while the other end's messages
// come through another one. It is blamed all the same, and one that answers is
// not.
func TestHoleIsBlamed(t *testing.T) {
	for _, hole := range []bool{true, false} {
		x := newTrio(t)
		now := time.Minute
		x.a.cfg.clock = func() time.Duration { return now }
		x.r.cfg.clock, x.b.cfg.clock = x.a.cfg.clock, x.a.cfg.clock
		var later []func()
		for _, w := range []*way{x.ar, x.ra, x.rb, x.br} {
			w.conn.(*tap).later = &later
		}
		l := x.ab
		other := besides(x.a, testID(4))
		if hole {
			x.ar.conn.(*tap).other = nil
		}
		from := x.ba.relay.conn.keys.Use().Pair
		blamed, came := time.Duration(0), 0
		x.a.Bind(peer.Moves, func(peer.ID, []byte) { came++ })
		for i := range 180 {
			l.mu.Lock()
			if l.relayTick(now) && blamed == 0 {
				blamed = now - time.Minute
			}
			l.mu.Unlock()
			for len(later) > 0 {
				f := later[0]
				later = later[1:]
				f()
			}
			stamp := now / time.Millisecond
			other.receive(movesLane, false, brought(t, from, [2]byte{}, x.b.self, movesLane, []byte{dataFrame, byte(i), 0, 0, byte(stamp), byte(stamp >> 8), 1}))
			now += time.Second / 60
		}
		if came != 180 {
			t.Fatalf("%d of 180 moves came through the other one", came)
		}
		if hole && (blamed == 0 || blamed > time.Second) || !hole && blamed != 0 {
			t.Errorf("a hole: %v; blamed after %v", hole, blamed)
		}
	}
}

// TestJunkOfAnotherCostsNobody: a third member brings junk in the name of one
// member and what is good of another one, which all comes; so does what a second
// third brings of the first.
func TestJunkOfAnotherCostsNobody(t *testing.T) {
	idA, idC, idX := testID(1), testID(2), testID(4)
	m, wC := bareMesh(idA, idC)
	now := time.Minute
	m.cfg.clock = func() time.Duration { return now }
	third, second, wX := besides(m, testID(3)), besides(m, testID(5)), besides(m, idX)
	atAC, atC := sealers(t, seal.End{ID: idA, Process: 9}, seal.End{ID: idC, Process: 1})
	atAX, atX := sealers(t, seal.End{ID: idA, Process: 9}, seal.End{ID: idX, Process: 1})
	kid := [2]byte{1, 1}
	wC.link.relay.conn.keys.Agreed(&seal.Key{Pair: atAC, ID: kid, Process: 1}, false)
	wX.link.relay.conn.keys.Agreed(&seal.Key{Pair: atAX, ID: kid, Process: 1}, false)
	got := map[peer.ID]int{}
	m.Bind(peer.Moves, func(from peer.ID, _ []byte) { got[from]++ })
	for i := range 300 {
		if i%60 == 0 {
			for range 3 * courier.MaxUnopened {
				junk := brought(t, atX, kid, idX, movesLane, make([]byte, 20))
				junk[len(junk)-1] ^= 1
				third.receive(movesLane, false, junk)
			}
		}
		stamp := now / time.Millisecond
		move := []byte{dataFrame, byte(i), byte(i >> 8), 0, byte(stamp), byte(stamp >> 8), 1}
		third.receive(movesLane, false, brought(t, atC, kid, idC, movesLane, move))
		second.receive(movesLane, false, brought(t, atX, kid, idX, movesLane, move))
		now += time.Second / 60
	}
	if n := m.Stats().Unsealed; n < 5*3*courier.MaxUnopened {
		t.Fatalf("%d pieces of junk came", n)
	}
	if got[idC] != 300 || got[idX] != 300 {
		t.Errorf("%d and %d of 300 moves came", got[idC], got[idX])
	}
	if third.dead.Load() || wX.link.relay.bad.Couriers() != 1 {
		t.Errorf("the courier is cut off: %v; %d are counted", third.dead.Load(), wX.link.relay.bad.Couriers())
	}
	// What one brings too much is dropped unread, though it is good.
	for range courier.MaxUnopened + 1 {
		junk := brought(t, atX, kid, idX, movesLane, make([]byte, 20))
		junk[len(junk)-1] ^= 1
		third.receive(movesLane, false, junk)
	}
	stamp := now / time.Millisecond
	third.receive(movesLane, false, brought(t, atX, kid, idX, movesLane, []byte{dataFrame, 44, 1, 0, byte(stamp), byte(stamp >> 8), 1}))
	if got[idX] != 300 {
		t.Error("there is no bound")
	}
}

// TestLettersAreCharged: what is passed on of letters is bounded in size and
// counts towards the budget, and who passes nothing on passes no letters on.
func TestLettersAreCharged(t *testing.T) {
	ask := func(budget, size, count int) Stats {
		x := newTrio(t)
		x.r.carrier.budget = route.NewBudget(budget)
		x.rb.conn.(*tap).other = nil
		b := append(append([]byte{forwardMark}, x.b.self[:]...), make([]byte, size)...)
		for range count {
			x.ra.receive(controlLane, false, b)
		}
		if x.rb.conn.(*tap).last == nil != (x.r.Stats().OverBudget+x.r.Stats().Undeliverable == int64(count)) {
			t.Errorf("%d letters of %d bytes: %+v", count, size, x.r.Stats())
		}
		return x.r.Stats()
	}
	if st := ask(route.DefaultRate, maxPassed, 64); st.OverBudget < 50 || st.OverBudget == 64 {
		t.Errorf("%d of 64 large letters at once are refused", st.OverBudget)
	}
	if st := ask(route.DefaultRate, 600, 12); st.OverBudget != 0 || st.Undeliverable != 0 {
		t.Errorf("an ordinary handshake: %+v", st)
	}
	if st := ask(route.DefaultRate, maxPassed+1, 1); st.Undeliverable != 1 {
		t.Errorf("a letter that is too long: %+v", st)
	}
	if st := ask(NoRelay, 600, 1); st.OverBudget != 1 {
		t.Errorf("NoRelay: %+v", st)
	}
}

// TestNothingOfOthersBeforeTheWayIsOpen: until our end is up, and found who signed
// at the other one, nothing is passed on, nothing in another one's name is taken,
// and no report is believed; who goes on is cut off.
func TestNothingOfOthersBeforeTheWayIsOpen(t *testing.T) {
	for _, open := range []bool{false, true} {
		x := newTrio(t)
		x.ra.open = open
		toB, ofB := x.b.self, x.rb.link.relay.conn.tag
		atR, atB := sealers(t, seal.End{ID: x.r.self, Process: 2}, seal.End{ID: toB, Process: 3})
		x.rb.link.relay.conn.keys.Agreed(&seal.Key{Pair: atR, Process: 3}, false)
		heard := 0
		x.r.Bind(peer.Moves, func(peer.ID, []byte) { heard++ })
		x.r.routing.table.Link(x.a.self, 16*time.Millisecond)
		frame := append(append([]byte{relayFrame}, ofB[:]...), make([]byte, 40)...)
		x.ra.receive(movesLane, false, frame)
		x.ra.receive(movesLane, false, brought(t, atB, [2]byte{}, toB, movesLane, []byte{dataFrame, 0, 0, 0, 0, 0, 1}))
		x.ra.receive(controlLane, false, append(append([]byte{forwardMark}, toB[:]...), 1, 2, 3))
		x.ra.receive(controlLane, false, append(append([]byte{forwardedMark}, toB[:]...), 1, 2, 3))
		x.ra.receive(controlLane, false, route.AppendReport([]byte{routesMark}, []route.Neighbour{{Tag: ofB, RTT: 16 * time.Millisecond}}))
		x.ra.receive(controlLane, false, append([]byte{admitMark}, make([]byte, 128)...))
		_, through := x.r.routing.table.Best(x.r.now(), toB)
		sent, notes := x.rb.conn.(*tap).last != nil, len(x.r.notes.list) > 0
		if st := x.r.Stats(); sent != open || heard > 0 != open || through != open || notes != open || st.Junk > 0 == open {
			t.Errorf("open %v: passed on %v, %d moves, route %v, notes %v, %+v", open, sent, heard, through, notes, st)
		}
		for range maxJunk {
			x.ra.receive(movesLane, false, append(append([]byte{relayFrame}, ofB[:]...), make([]byte, 40)...))
		}
		if x.ra.dead.Load() == open {
			t.Errorf("open %v: cut off %v", open, x.ra.dead.Load())
		}
	}
}
