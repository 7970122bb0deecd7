//go:build !js

package mesh

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// watched is a mesh that knows when it last delivered a move of each member.
type watched struct {
	*Mesh
	last map[peer.ID]time.Time
	gap  map[peer.ID]time.Duration // the longest since reset
}

func (w *watched) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	if ch == peer.Moves && recv != nil {
		inner := recv
		recv = func(from peer.ID, b []byte) {
			now := time.Now()
			if last, ok := w.last[from]; ok {
				w.gap[from] = max(w.gap[from], now.Sub(last))
			}
			w.last[from] = now
			inner(from, b)
		}
	}
	w.Mesh.Bind(ch, recv)
}

// table is a match that is played over a field, all of it in this goroutine.
type table struct {
	x        *field
	links    []*watched
	sessions []*netcode.Session[rope]
	frame    []netcode.Frame
	since    []time.Time     // when frame last grew
	stall    []time.Duration // the longest since reset
	n        int
}

// play begins a match of all members of a field.
func play(x *field) *table {
	var seats []peer.ID
	for _, m := range x.ms {
		seats = append(seats, m.Self())
	}
	match := peer.NewMatch(5, seats, nil)
	tb := &table{x: x, frame: make([]netcode.Frame, len(seats)), stall: make([]time.Duration, len(seats))}
	start := time.Now()
	for _, m := range x.ms {
		w := &watched{m, map[peer.ID]time.Time{}, map[peer.ID]time.Duration{}}
		s := netcode.New(&pull{}, w, netcode.Ready(match), netcode.Config{
			Build: "test", Clock: func() time.Duration { return time.Since(start) },
		})
		tb.links, tb.sessions, tb.since = append(tb.links, w), append(tb.sessions, s), append(tb.since, start)
	}
	return tb
}

func (tb *table) close() {
	for _, s := range tb.sessions {
		s.Close()
	}
}

// reset begins to measure anew.
func (tb *table) reset() {
	for i := range tb.sessions {
		tb.stall[i] = 0
		tb.since[i] = time.Now()
		tb.links[i].turn.Lock()
		clear(tb.links[i].gap)
		tb.links[i].turn.Unlock()
	}
}

// run plays for so long in virtual time.
func (tb *table) run(d time.Duration) {
	tb.x.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(time.Second / 60)
		tb.n++
		for i, s := range tb.sessions {
			if err := s.Tick(rope{int8(tb.n/7*(i+3)) % 11}); err != nil {
				tb.x.t.Fatal(err)
			}
			for e := range s.Events() {
				switch e.(type) {
				case netcode.Desync, netcode.Left:
					tb.x.t.Fatalf("player %d: %v", i, e)
				}
			}
			if f := s.Stats().Frame; f > tb.frame[i] {
				tb.stall[i] = max(tb.stall[i], time.Since(tb.since[i]))
				tb.frame[i], tb.since[i] = f, time.Now()
			}
			tb.stall[i] = max(tb.stall[i], time.Since(tb.since[i]))
		}
	}
}

// worst returns the longest stall of any player, and the longest time without a
// move of one player at another.
func (tb *table) worst() (stall, gap time.Duration) {
	for i := range tb.sessions {
		stall = max(stall, tb.stall[i])
		tb.links[i].turn.Lock()
		for _, g := range tb.links[i].gap {
			gap = max(gap, g)
		}
		tb.links[i].turn.Unlock()
	}
	return stall, gap
}

const (
	maxStall   = 250 * time.Millisecond
	maxDetour  = 5 * time.Millisecond
	directPath = 50 * time.Millisecond // round trip between two hosts
)

// gather enters all members and plays until the match runs.
func (x *field) gather() *table {
	x.t.Helper()
	for range x.keys {
		x.enter(Config{})
	}
	x.within(3*time.Second, "all linked", x.allLinked)
	tb := play(x)
	tb.run(4 * time.Second)
	for i, s := range tb.sessions {
		if st := s.Stats(); st.Phase != netcode.Running || st.Confirmed < 100 {
			x.t.Fatalf("player %d: %v", i, st)
		}
	}
	return tb
}

// lasts is how long a link is cut.
const lasts = 2500 * time.Millisecond

// TestCutLink: of 28 links among eight players one is cut, in both directions or
// in one: nobody stalls, the detour is no longer than it must be, and the
// direct path is back soon. TUTTI_LONG=1 cuts all of them in all three ways.
func TestCutLink(t *testing.T) {
	type cut struct{ a, b int }
	var cuts []cut
	for a := range 8 {
		for b := range a {
			cuts = append(cuts, cut{a, b})
		}
	}
	rand.New(rand.NewPCG(uint64(seeds.First), 5)).Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
	if os.Getenv("TUTTI_LONG") == "" {
		cuts = cuts[:1]
	}
	inLab(t, 8, 1, func(t *testing.T, x *field) {
		tb := x.gather()
		defer tb.close()
		if !x.allDirect() {
			t.Fatal("not all are linked directly before the cut")
		}
		var worstStall, worstGap, worstDetour, worstBack time.Duration
		for _, c := range cuts {
			for kind, do := range []func(){
				func() { x.lab.Cut(x.hosts[c.a], x.hosts[c.b]) },
				func() { x.lab.CutOneWay(x.hosts[c.a], x.hosts[c.b]) },
				func() { x.lab.CutOneWay(x.hosts[c.b], x.hosts[c.a]) },
			} {
				name := fmt.Sprintf("%d-%d %s", c.a, c.b, []string{"both ways", "there", "back"}[kind])
				a, b := x.ms[c.a], x.ms[c.b]
				before := x.lab.Counters().Cut
				tb.reset()
				do()
				tb.run(lasts)
				if x.lab.Counters().Cut == before {
					t.Fatalf("%s: nothing was cut", name)
				}
				stall, gap := tb.worst()
				if stall > maxStall || gap > maxStall {
					t.Errorf("%s: a stall of %v, %v without a move", name, stall, gap)
				}
				worstStall, worstGap = max(worstStall, stall), max(worstGap, gap)
				for _, m := range [][2]*Mesh{{a, b}, {b, a}} {
					p := m[0].Path(m[1].Self())
					if p.RelayedBy.IsZero() || p.RTT == 0 {
						t.Errorf("%s: the path is %+v", name, p)
					}
					worstDetour = max(worstDetour, p.RTT-2*directPath)
				}
				x.lab.Heal(x.hosts[c.a], x.hosts[c.b])
				tb.reset()
				start := time.Now()
				for !a.Path(b.Self()).Direct || !b.Path(a.Self()).Direct {
					tb.run(time.Second / 60)
					if time.Since(start) > 10*time.Second {
						break
					}
				}
				back := time.Since(start)
				if worstBack = max(worstBack, back); back > 3*time.Second {
					t.Errorf("%s: direct again %v after the heal", name, back)
				}
				tb.run(time.Second)
				if stall, gap := tb.worst(); stall > maxStall || gap > maxStall {
					t.Errorf("%s: after the heal a stall of %v, %v without a move", name, stall, gap)
				}
			}
		}
		if worstDetour > maxDetour {
			t.Errorf("the detour is %v longer than two hops", worstDetour)
		}
		t.Logf("%d cuts: worst stall %v, worst time without a move of another %v, detour %v over two hops, direct again after %v",
			3*len(cuts), worstStall, worstGap, worstDetour, worstBack)
	})
}

// TestSixCutLinks: six links chosen by lot do not exist, or are cut in a match:
// all play on.
func TestSixCutLinks(t *testing.T) {
	seeds.Each(t, 1, func(t *testing.T, seed uint64) {
		inLab(t, 8, seed, func(t *testing.T, x *field) {
			dice := rand.New(rand.NewPCG(seed, 6))
			draw := func() (cut [][2]int) {
				for _, n := range dice.Perm(28)[:6] {
					a := 1
					for ; n >= a; a++ {
						n -= a
					}
					cut = append(cut, [2]int{a, n})
				}
				return cut
			}
			first := draw()
			for _, c := range first {
				x.lab.Cut(x.hosts[c[0]], x.hosts[c[1]])
			}
			tb := x.gather()
			defer tb.close()
			for _, c := range first {
				if p := x.ms[c[0]].Path(x.ms[c[1]].Self()); p.Direct || p.RelayedBy.IsZero() {
					t.Fatalf("the cut %v does not cut: %+v", c, p)
				}
			}
			for _, c := range first {
				x.lab.Heal(x.hosts[c[0]], x.hosts[c[1]])
			}
			tb.run(4 * time.Second)
			second := draw()
			tb.reset()
			for _, c := range second {
				x.lab.Cut(x.hosts[c[0]], x.hosts[c[1]])
			}
			from := tb.frame[0]
			tb.run(3 * time.Second)
			stall, gap := tb.worst()
			t.Logf("cut %v, then %v: %d frames in 3 s, worst stall %v, %v without a move of another", first, second, tb.frame[0]-from, stall, gap)
			if stall > maxStall || gap > maxStall || tb.frame[0]-from < 150 {
				t.Error("not playing")
			}
			if !x.allLinked() {
				t.Error("not all are linked")
			}
		})
	})
}
