//go:build !js

package mesh

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestRelayFirstDirectLater: two that cannot reach each other play through the
// third at once, and directly as soon as they can; nothing reliable is lost or
// comes twice, and the change makes no news.
func TestRelayFirstDirectLater(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		x.lab.Cut(x.hosts[0], x.hosts[1])
		a, b, c := x.enter(Config{}), x.enter(Config{}), x.enter(Config{})
		took := x.within(1500*time.Millisecond, "all linked", x.allLinked)
		t.Logf("all linked after %v", took)
		if p := a.Path(b.Self()); p.Direct || p.RelayedBy != c.Self() {
			t.Fatalf("the link is cut, and the path is %+v", p)
		}
		atB, atA := collect(b, peer.User), collect(a, peer.User)
		movesAtB := collect(b, peer.Moves)
		n := 0
		say := func() {
			for range 5 {
				for _, way := range [][2]*Mesh{{a, b}, {b, a}} {
					if err := way[0].Send(way[1].Self(), peer.User, fmt.Appendf(nil, "%d", n)); err != nil {
						t.Fatal(err)
					}
				}
				n++
			}
			_ = a.Send(b.Self(), peer.Moves, []byte("move"))
		}
		for range 60 {
			say()
			time.Sleep(16 * time.Millisecond)
		}
		if rtt := a.Path(b.Self()).RTT; rtt < 100*time.Millisecond || rtt > 105*time.Millisecond {
			t.Errorf("two hops of 50 ms have a round trip of %v", rtt)
		}
		if movesAtB.len() < 55 {
			t.Errorf("%d moves of 60 came", movesAtB.len())
		}
		if err := a.Send(b.Self(), peer.Bulk, make([]byte, peer.MaxMessage)); err != nil {
			t.Errorf("bulk: %v", err)
		}
		if err := a.Send(b.Self(), peer.Moves, make([]byte, peer.MaxDatagram)); err != nil {
			t.Errorf("the largest move: %v", err)
		}
		bulk := collect(b, peer.Bulk)
		x.within(time.Second, "bulk", func() bool { return bulk.len() == 1 })
		if st := c.Stats(); st.Carried < 100 || st.Junk != 0 || st.OverBudget != 0 {
			t.Errorf("the third: %+v", st)
		}
		for range a.Events() {
		}
		x.lab.Heal(x.hosts[0], x.hosts[1])
		start := time.Now()
		for !a.Path(b.Self()).Direct || !b.Path(a.Self()).Direct {
			say()
			time.Sleep(16 * time.Millisecond)
			if time.Since(start) > 3*time.Second {
				t.Fatal("not direct 3 s after the heal")
			}
		}
		t.Logf("direct %v after the heal", time.Since(start))
		for range 60 {
			say()
			time.Sleep(16 * time.Millisecond)
		}
		time.Sleep(2 * time.Second) // that moves stop looks like a cut at first
		carried := c.Stats().Carried
		time.Sleep(time.Second)
		say()
		time.Sleep(time.Second)
		if now := c.Stats().Carried; now != carried {
			t.Errorf("the third passes %d messages on, though the two are linked", now-carried)
		}
		for _, end := range []struct {
			in   *inbox
			from *Mesh
		}{{atB, a}, {atA, b}} {
			var want []string
			for i := range n {
				want = append(want, fmt.Sprintf("%s %d", end.from.Self().Short(), i))
			}
			if got := end.in.all(); !slices.Equal(got, want) {
				t.Errorf("%d of %d messages came, or not in order", len(got), n)
			}
		}
		for e := range a.Events() {
			switch e.(type) {
			case Linked, Unlinked:
				t.Errorf("an event nobody needs: %v", e)
			}
		}
	})
}

// TestBestThirdRelays: of three that could, the one with the smallest sum of
// round trips does, and the next best when it is gone.
func TestBestThirdRelays(t *testing.T) {
	inLab(t, 5, 1, func(t *testing.T, x *field) {
		x.lab.Cut(x.hosts[0], x.hosts[1])
		for i, ms := range []int{40, 10, 20} {
			w := weather.Weather{Latency: time.Duration(ms) * time.Millisecond}
			x.lab.Weather(x.hosts[0], x.hosts[2+i], w)
			x.lab.Weather(x.hosts[1], x.hosts[2+i], w)
		}
		for range 5 {
			x.enter(Config{})
		}
		a, b := x.ms[0], x.ms[1]
		x.within(1500*time.Millisecond, "all linked", x.allLinked)
		x.within(4*time.Second, "the best", func() bool {
			return a.Path(b.Self()).RelayedBy == x.ms[3].Self() && b.Path(a.Self()).RelayedBy == x.ms[3].Self()
		})
		x.within(4*time.Second, "its round trip", func() bool {
			rtt := a.Path(b.Self()).RTT
			return rtt > 38*time.Millisecond && rtt < 45*time.Millisecond
		})
		x.hosts[3].Cut()
		x.within(2*time.Second, "the next best", func() bool {
			return a.Path(b.Self()).RelayedBy == x.ms[4].Self()
		})
		if a.State(b.Self()) != peer.Linked {
			t.Error("not linked")
		}
	})
}

// TestLongCut: also after half a minute, when the stack has given the connection
// up, the direct way is back soon.
func TestLongCut(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		for range 3 {
			x.enter(Config{})
		}
		x.within(1500*time.Millisecond, "all direct", x.allDirect)
		var worst time.Duration
		for _, cut := range []time.Duration{5 * time.Second, 15 * time.Second, 28 * time.Second} {
			x.lab.Cut(x.hosts[0], x.hosts[1])
			time.Sleep(cut)
			if p := x.ms[0].Path(x.ms[1].Self()); p.Direct || p.State != peer.Linked {
				t.Fatalf("after %v the path is %+v", cut, p)
			}
			x.lab.Heal(x.hosts[0], x.hosts[1])
			worst = max(worst, x.within(3*time.Second, "direct again", x.allDirect))
		}
		t.Logf("direct again at most %v after the heal", worst)
	})
}

// TestWhoRelaysNothingAttractsNothing: the member with the best round trips
// passes nothing on; the two beside it play through the other one, without a stall.
func TestWhoRelaysNothingAttractsNothing(t *testing.T) {
	inLab(t, 4, 1, func(t *testing.T, x *field) {
		x.lab.Cut(x.hosts[0], x.hosts[1])
		for i := range 2 {
			x.lab.Weather(x.hosts[i], x.hosts[2], weather.Weather{Latency: 10 * time.Millisecond})
		}
		a, b := x.enter(Config{}), x.enter(Config{})
		none, other := x.enter(Config{RelayBudget: NoRelay}), x.enter(Config{})
		x.within(5*time.Second, "all linked", x.allLinked)
		in := collect(b, peer.Moves)
		last, had, worst := time.Now(), 0, time.Duration(0)
		for range 4 * 60 {
			_ = a.Send(b.Self(), peer.Moves, []byte("m"))
			_ = b.Send(a.Self(), peer.Moves, []byte("m"))
			time.Sleep(gap60)
			if n := in.len(); n > had {
				worst = max(worst, time.Since(last))
				had, last = n, time.Now()
			}
		}
		if p := a.Path(b.Self()); p.Direct || p.RelayedBy != other.Self() {
			t.Errorf("the path is %+v", p)
		}
		if worst > 150*time.Millisecond || had < 200 {
			t.Errorf("%d of 240 moves came, the longest pause was %v", had, worst)
		}
		if st := none.Stats(); st.OverBudget != 0 || st.Carried != 0 {
			t.Errorf("who passes nothing on was asked: %+v", st)
		}
	})
}

// TestThirdLeaves: two who talk through a third player stay linked when that one
// leaves, for there is a fourth.
func TestThirdLeaves(t *testing.T) {
	inLab(t, 4, 1, func(t *testing.T, x *field) {
		x.lab.Cut(x.hosts[0], x.hosts[1])
		for range 4 {
			x.enter(Config{})
		}
		a, b := x.ms[0], x.ms[1]
		x.within(10*time.Second, "links", x.allLinked)
		x.run(2 * time.Second) // until both know of both
		by := a.Path(b.Self()).RelayedBy
		third := x.ms[2]
		if by != third.Self() {
			third = x.ms[3]
		}
		if by != third.Self() {
			t.Fatalf("relayed by %v", by)
		}
		for range a.Events() {
		}
		for range b.Events() {
		}
		x.hub.leave(third.Self())
		x.run(3 * time.Second)
		for i, m := range []*Mesh{a, b} {
			other := []*Mesh{b, a}[i].Self()
			for e := range m.Events() {
				if u, ok := e.(Unlinked); ok && u.Peer == other {
					t.Errorf("unlinked: %v", u)
				}
			}
			if p := m.Path(other); m.State(other) != peer.Linked || p.RelayedBy.IsZero() || p.RelayedBy == by {
				t.Errorf("%v, relayed by %v", m.State(other), p.RelayedBy)
			}
		}
	})
}

// run lets the first two send moves to each other for a while, at 60 Hz.
func (x *field) run(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Second / 60) {
		_ = x.ms[0].Send(x.ms[1].Self(), peer.Moves, []byte("move"))
		_ = x.ms[1].Send(x.ms[0].Self(), peer.Moves, []byte("move"))
	}
}
