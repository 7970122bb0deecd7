package mesh

import (
	"bytes"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// tap is a connection that hands everything to the other end at once, and
// remembers the last message.
type tap struct {
	wireConn
	last []byte
	on   lane
	// later, if set, takes what is to be delivered: an answer wants a lock that
	// the sender holds.
	later *[]func()
}

func (c *tap) send(on lane, isText bool, b []byte) error {
	c.last, c.on = append(c.last[:0], b...), on
	if c.later == nil || c.other == nil {
		return c.wireConn.send(on, isText, b)
	}
	other, text := c.other, bytes.Clone(b)
	*c.later = append(*c.later, func() { other.receive(on, isText, text) })
	return nil
}

// trio is three meshes without goroutines: a and b have no way to each other but
// through r.
type trio struct {
	a, r, b        *Mesh
	ab, ba         *link // of the pair
	ar, ra, rb, br *way
}

func newTrio(t testing.TB) *trio {
	t.Helper()
	ids := []peer.ID{testID(1), testID(2), testID(3)}
	ms := make([]*Mesh, 3)
	links := map[[2]int]*link{}
	for i := range ms {
		m := &Mesh{self: ids[i], incarnation: uint64(i + 1), cfg: Config{clock: still}.resolve()}
		m.notes.init()
		m.carrier.budget = route.NewBudget(route.DefaultRate)
		all, tags := map[peer.ID]*link{}, map[route.Tag]*link{}
		for j, id := range ids {
			if i == j {
				continue
			}
			l := &link{m: m, id: id, theirs: uint64(j + 1)}
			l.makeRelay()
			l.state.Store(uint32(peer.Linked))
			all[id], tags[l.relay.conn.tag] = l, l
			links[[2]int{i, j}] = l
		}
		m.links.Store(&all)
		m.tags.Store(&tags)
		ms[i] = m
	}
	join := func(i, j int) *way {
		l := links[[2]int{i, j}]
		w := &way{m: ms[i], link: l, theirs: uint64(j + 1), open: true, ready: true, up: true, conn: &tap{}}
		l.active = w
		return w
	}
	x := &trio{a: ms[0], r: ms[1], b: ms[2], ab: links[[2]int{0, 2}], ba: links[[2]int{2, 0}]}
	x.ar, x.ra, x.rb, x.br = join(0, 1), join(1, 0), join(1, 2), join(2, 1)
	x.ar.conn.(*tap).other, x.ra.conn.(*tap).other = x.ra, x.ar
	x.rb.conn.(*tap).other, x.br.conn.(*tap).other = x.br, x.rb
	sa, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	sb, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	ea, eb := seal.End{ID: ids[0], Process: 1}, seal.End{ID: ids[2], Process: 3}
	pa, err := sa.Pair(seal.Context{}, ea, eb, sb.Public())
	if err != nil {
		t.Fatal(err)
	}
	pb, err := sb.Pair(seal.Context{}, eb, ea, sa.Public())
	if err != nil {
		t.Fatal(err)
	}
	x.ab.relay.conn.keys.Agreed(&seal.Key{Pair: pa, Process: 3}, true)
	x.ba.relay.conn.keys.Agreed(&seal.Key{Pair: pb, Process: 1}, false)
	x.ab.relay.conn.via, x.ba.relay.conn.via = x.ar, x.br
	return x
}

// TestRelayedMovesCostNoAllocation counts all three: who sends, who passes on and
// who receives.
func TestRelayedMovesCostNoAllocation(t *testing.T) {
	x := newTrio(t)
	x.r.carrier.budget = route.NewBudget(1 << 30)
	got := 0
	x.b.Bind(peer.Moves, func(from peer.ID, b []byte) {
		if from == x.a.self {
			got += len(b)
		}
	})
	move := make([]byte, 200)
	send := func() {
		if err := x.a.Send(x.b.self, peer.Moves, move); err != nil {
			t.Fatal(err)
		}
	}
	send()
	if n := testing.AllocsPerRun(1000, send); n != 0 {
		t.Errorf("%v allocations a move", n)
	}
	if got != 1002*len(move) {
		t.Errorf("%d bytes came", got)
	}
	if x.r.Stats().Carried != 1002 {
		t.Errorf("%d messages were carried", x.r.Stats().Carried)
	}
}

// TestRelayCannotReadChangeRepeatOrInvent: what the third member holds shows
// nothing, and opens once, unchanged, on its lane and in its sender's name.
func TestRelayCannotReadChangeRepeatOrInvent(t *testing.T) {
	x := newTrio(t)
	var got [][]byte
	for ch := range peer.Channels {
		x.b.Bind(ch, func(_ peer.ID, b []byte) { got = append(got, bytes.Clone(b)) })
	}
	secret := []byte("where I build my base, in so many words")
	for ch := range peer.Channels {
		got = nil
		if err := x.a.Send(x.b.self, ch, secret); err != nil {
			t.Fatalf("%v: %v", ch, err)
		}
		held := x.rb.conn.(*tap)
		if len(got) != 1 || !bytes.Equal(got[0], secret) {
			t.Fatalf("%v: %d messages came", ch, len(got))
		}
		if bytes.Contains(held.last, secret[:8]) || len(held.last) > len(secret)+relayRoom+moveHead {
			t.Errorf("%v: the third member holds %q", ch, held.last)
		}
		good := bytes.Clone(held.last)
		on := held.on
		before := x.b.Stats().Unsealed
		x.br.receive(on, false, bytes.Clone(good)) // again
		for i := range good {
			if i == 0 {
				continue // another kind of message is another test
			}
			bad := bytes.Clone(good)
			bad[i] ^= 1
			x.ba.relay.bad = courier.Unopened{}
			x.br.receive(on, false, bad)
		}
		if on == movesLane {
			x.br.receive(bulkLane, false, bytes.Clone(good))
		}
		if len(got) != 1 {
			t.Errorf("%v: %d forgeries were taken", ch, len(got)-1)
		}
		if x.b.Stats().Unsealed-before < 20 {
			t.Errorf("%v: nothing was tried", ch)
		}
	}
	if x.br.dead.Load() || x.ba.relay.barred {
		t.Error("somebody was cut off for what nobody can prove")
	}
}

// TestControlLaneThroughAThird loses and repeats what goes through the third
// member: each message comes once and in order, once it is sent again.
func TestControlLaneThroughAThird(t *testing.T) {
	x := newTrio(t)
	now := time.Duration(1)
	x.a.cfg.clock = func() time.Duration { return now }
	x.r.cfg.clock, x.b.cfg.clock = x.a.cfg.clock, x.a.cfg.clock
	var got []byte
	x.b.Bind(peer.User, func(_ peer.ID, b []byte) { got = append(got, b...) })
	pipe := x.rb.conn.(*tap)
	var later []func()
	for _, w := range []*way{x.ar, x.ra, x.rb, x.br} {
		w.conn.(*tap).later = &later
	}
	deliver := func() {
		for len(later) > 0 {
			f := later[0]
			later = later[1:]
			f()
		}
	}
	var want []byte
	for n := range byte(200) {
		if pipe.other = x.br; n%5 == 3 {
			pipe.other = nil // lost
		}
		if err := x.a.Send(x.b.self, peer.User, []byte{n}); err != nil {
			t.Fatal(err)
		}
		deliver()
		want = append(want, n)
	}
	pipe.other = x.br
	if bytes.Equal(got, want) {
		t.Fatal("nothing was lost")
	}
	for range 100 {
		now += tickEvery
		for _, l := range []*link{x.ab, x.ba} {
			l.mu.Lock()
			l.relayTick(now)
			l.mu.Unlock()
			deliver()
		}
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d of %d came, or in another order", len(got), len(want))
	}
	if n := x.ab.kept.Len(); n != 0 {
		t.Errorf("%d are kept though all were acknowledged", n)
	}
}

// TestRelayKeepsToItsBudget: who asks for too much is refused, and moves go
// before bulk.
func TestRelayKeepsToItsBudget(t *testing.T) {
	x := newTrio(t)
	now := time.Duration(1)
	x.r.cfg.clock = func() time.Duration { return now }
	x.r.carrier.budget = route.NewBudget(20_000)
	frame := append([]byte{relayFrame}, x.b.self[:8]...)
	frame = append(frame, make([]byte, 200)...)
	for range 10_000 {
		now += time.Millisecond
		x.ra.receive(movesLane, false, bytes.Clone(frame))
	}
	st := x.r.Stats()
	if st.CarriedBytes < 95_000 || st.CarriedBytes > 108_000 || st.OverBudget == 0 {
		t.Errorf("%d bytes of one source in 10 s at 20,000 a second for all, %d refused", st.CarriedBytes, st.OverBudget)
	}
	to := bytes.Clone(frame)
	copy(to[1:9], "nobody--")
	x.ra.receive(movesLane, false, to)
	self := bytes.Clone(frame)
	copy(self[1:9], x.a.self[:8])
	x.ra.receive(movesLane, false, self)
	if n := x.r.Stats().Undeliverable; n != 2 {
		t.Errorf("%d undeliverable messages; want 2", n)
	}
	// What one source asks beyond its share tires nobody; when all is used up
	// others are told to go round this member, and when it is not, no more.
	if cost, ok := x.r.carrier.cost(now); cost != 0 || !ok {
		t.Errorf("a hop costs %v more, %v, while there is something left", cost, ok)
	}
	for range 1000 {
		now += time.Millisecond
		x.ra.receive(movesLane, false, bytes.Clone(frame))
		back := bytes.Clone(frame)
		copy(back[1:9], x.a.self[:8])
		x.rb.receive(movesLane, false, back)
		x.r.carrier.take(now, route.Tag{9}, route.Tag{8}, 200, true)
	}
	if cost, ok := x.r.carrier.cost(now); cost != tired || !ok {
		t.Errorf("a hop costs %v more, %v, though all is used up", cost, ok)
	}
	if cost, ok := x.r.carrier.cost(now + 5*time.Second); cost != 0 || !ok {
		t.Errorf("5 s later a hop costs %v more, %v", cost, ok)
	}
	none := newTrio(t)
	none.r.carrier.budget = route.NewBudget(NoRelay)
	if _, ok := none.r.carrier.cost(now); ok {
		t.Error("NoRelay tells others to come")
	}
	none = newTrio(t)
	none.r.carrier.budget = route.NewBudget(NoRelay)
	none.ra.receive(movesLane, false, bytes.Clone(frame))
	if none.r.Stats().Carried != 0 {
		t.Error("NoRelay passes something on")
	}
}

// FuzzThird lets a third member say anything to one that it may relay to.
func FuzzThird(f *testing.F) {
	tag := route.TagOf(testID(1))
	f.Add(uint8(movesLane), append([]byte{relayedFrame}, tag[:]...))
	f.Add(uint8(controlLane), append([]byte{relayedMark}, append(tag[:], make([]byte, 40)...)...))
	f.Add(uint8(bulkLane), append([]byte{relayFrame}, append(tag[:], make([]byte, 40)...)...))
	id := testID(1)
	f.Add(uint8(controlLane), append([]byte{forwardMark}, append(id[:], make([]byte, 40)...)...))
	f.Add(uint8(controlLane), append([]byte{forwardedMark}, append(id[:], make([]byte, 40)...)...))
	f.Add(uint8(controlLane), []byte{routesMark, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	f.Add(uint8(controlLane), append([]byte{admitMark}, make([]byte, 128)...))
	f.Fuzz(func(t *testing.T, on uint8, b []byte) {
		x := newTrio(t)
		for ch := range peer.Channels {
			x.b.Bind(ch, func(from peer.ID, _ []byte) {
				if from == x.a.self {
					t.Error("spoke in another one's name")
				}
			})
		}
		for range 3 * maxJunk {
			x.br.receive(lane(on)%lanes, false, bytes.Clone(b))
		}
		if x.br.junk > maxJunk && !x.br.dead.Load() {
			t.Error("junk without end is taken")
		}
	})
}
