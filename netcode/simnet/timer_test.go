package simnet_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

func TestPeersHaveTheirOwnClocks(t *testing.T) {
	n := simnet.New(simnet.Config{})
	n.RunFor(time.Second)
	a, b := n.Link(id(1)), n.Link(id(2))
	if a.Now() != time.Second {
		t.Errorf("a peer that comes late has %v on its clock", a.Now())
	}
	must(t, n.Drift(a.Self(), simnet.MaxDrift))
	must(t, n.Drift(b.Self(), -simnet.MaxDrift))
	if a.Now() != time.Second || b.Now() != time.Second {
		t.Errorf("the clocks jump to %v and %v", a.Now(), b.Now())
	}
	var rang []string
	note := func(who string, l *simnet.Link) func() {
		return func() { rang = append(rang, fmt.Sprint(who, " ", n.Now(), " ", l.Now())) }
	}
	a.After(1100*ms, note("a", a))
	b.After(900*ms, note("b", b))
	b.After(1800*ms, note("b", b))
	a.After(-1, note("a", a))
	a.After(math.MaxInt64, note("the end of time", a))
	n.RunFor(time.Second)
	// b is set right while a timer is under way, which follows it.
	must(t, n.Drift(b.Self(), 0))
	n.RunFor(time.Second)
	if a.Now() != 3200*ms || b.Now() != 2900*ms || n.Now() != 3*time.Second {
		t.Errorf("the clocks show %v and %v", a.Now(), b.Now())
	}
	want := []string{"a 1s 1s", "a 2s 2.1s", "b 2s 1.9s", "b 2.9s 2.8s"}
	if !slices.Equal(rang, want) {
		t.Errorf("%q, want %q", rang, want)
	}
	for _, ppm := range []int{simnet.MaxDrift + 1, -simnet.MaxDrift - 1, math.MaxInt, math.MinInt} {
		if n.Drift(a.Self(), ppm) == nil {
			t.Errorf("a drift of %d ppm is taken", ppm)
		}
	}
	n.RunFor(time.Second)
	if a.Now() != 4300*ms {
		t.Errorf("a refused drift changes the clock to %v", a.Now())
	}
	mustPanic(t, "the drift of nobody", func() { _ = n.Drift(peer.ID{}, 0) })
}

// A fast clock brings timers forward, before others that were to come first.
func TestDriftReordersTimers(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a, b := n.Link(id(1)), n.Link(id(2))
	var rang []string
	for i := range 20 {
		d := time.Duration(1000+i) * ms
		a.After(d, func() { rang = append(rang, fmt.Sprint("a", i)) })
		b.After(d-ms/2, func() { rang = append(rang, fmt.Sprint("b", i)) })
	}
	n.RunFor(900 * ms)
	must(t, n.Drift(a.Self(), 100_000))
	n.RunFor(time.Second)
	if len(rang) != 40 || rang[0] != "a0" || !slices.Contains(rang[5:], "b0") {
		t.Errorf("%q", rang)
	}
}

func TestFreezeStopsTimersAndReceivers(t *testing.T) {
	for _, c := range []struct {
		name   string
		stop   func(*simnet.Net, peer.ID)
		thawed time.Duration // the peer's clock at thaw, at 2s
		want   []string
	}{
		// The timer of 3 s is not due yet at 2 s; suspended, that of 1.5 s is not.
		{"freeze", (*simnet.Net).Freeze, 2 * time.Second, []string{
			"500ms timer 500ms", "2s timer 1.5s", "2s timer 1.8s", "2s moves 1", "2s control 2", "2s bulk 3", "2s moves 4", "2s timer 0s", "3s timer 3s",
		}},
		{"suspend", (*simnet.Net).Suspend, time.Second, []string{
			"500ms timer 500ms", "2s moves 1", "2s control 2", "2s bulk 3", "2s moves 4", "2.5s timer 1.5s", "2.8s timer 1.8s", "4s timer 3s",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 10 * ms}, Notice: 950 * ms})
			a, b := n.Link(id(1)), n.Link(id(2))
			var log []string
			timer := func(d time.Duration) {
				b.After(d, func() { log = append(log, fmt.Sprint(n.Now(), " timer ", d)) })
			}
			for _, ch := range []peer.Channel{peer.Moves, peer.Control, peer.Bulk} {
				b.Bind(ch, func(_ peer.ID, m []byte) {
					log = append(log, fmt.Sprint(n.Now(), " ", ch, " ", string(m)))
					if c.name == "freeze" && string(m) == "4" {
						timer(0)
					}
				})
			}
			for _, d := range []time.Duration{3 * time.Second, 1800 * ms, 1500 * ms, 500 * ms} {
				timer(d)
			}
			n.RunFor(time.Second)
			c.stop(n, b.Self())
			if !b.Frozen() || a.Frozen() {
				t.Error("Frozen")
			}
			must(t, a.Send(b.Self(), peer.Moves, []byte("1")))
			n.RunFor(100 * ms)
			must(t, a.Send(b.Self(), peer.Control, []byte("2")))
			must(t, a.Send(b.Self(), peer.Bulk, []byte("3")))
			c.stop(n, b.Self()) // stopped already: the clock of the notice goes on
			n.RunFor(600 * ms)
			must(t, a.Send(b.Self(), peer.Moves, []byte("4")))
			if err := b.Send(a.Self(), peer.Moves, nil); err != simnet.ErrFrozen {
				t.Errorf("a frozen peer sends: %v", err)
			}
			if s := a.State(b.Self()); s != peer.Linked {
				t.Errorf("before it is noticed the state is %v", s)
			}
			n.RunUntil(2 * time.Second)
			if s := a.State(b.Self()); s != peer.Linking {
				t.Errorf("after %v of silence the state is %v", time.Second, s)
			}
			if len(log) != 1 {
				t.Errorf("the frozen peer did %q", log[1:])
			}
			n.Thaw(b.Self())
			n.Thaw(b.Self()) // thawed already
			if len(log) != 1 {
				t.Error("Thaw runs receivers or timers itself")
			}
			if b.Now() != c.thawed || b.Frozen() || a.State(b.Self()) != peer.Linked {
				t.Errorf("thawed, the clock shows %v, want %v", b.Now(), c.thawed)
			}
			n.RunFor(10 * time.Second)
			if !slices.Equal(log, c.want) {
				t.Errorf("it did\n%q, want\n%q", log, c.want)
			}
			if got := n.Total(peer.Moves); got.Delivered != 2 || got.Lost != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A process that is stopped while its machine sleeps, and the other way round:
// the last call says whether the clock goes on.
func TestFreezeAndSuspendFollowEachOther(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a := n.Link(id(1))
	var rang []time.Duration
	for _, d := range []time.Duration{2500, 500, 3500} {
		a.After(d*ms, func() { rang = append(rang, d*ms) })
	}
	n.Suspend(a.Self())
	a.After(1200*ms, func() { rang = append(rang, 1200*ms) })
	n.RunFor(time.Second)
	n.Freeze(a.Self())
	n.RunFor(time.Second)
	if a.Now() != time.Second {
		t.Errorf("frozen after it was suspended, it shows %v", a.Now())
	}
	n.Suspend(a.Self())
	n.RunFor(time.Second)
	if a.Now() != time.Second || len(rang) != 0 {
		t.Errorf("suspended again, it shows %v and did %v", a.Now(), rang)
	}
	n.Thaw(a.Self())
	n.RunFor(0)
	if !slices.Equal(rang, []time.Duration{500 * ms}) {
		t.Errorf("at thaw rang %v", rang)
	}
	n.RunFor(1500 * ms)
	if !slices.Equal(rang, []time.Duration{500 * ms, 1200 * ms, 2500 * ms}) || a.Now() != 2500*ms {
		t.Errorf("at %v rang %v", a.Now(), rang)
	}
}

func TestFrozenPeerHasABoundedBuffer(t *testing.T) {
	const room = 10
	n := simnet.New(simnet.Config{Buffer: (room+1)*(100+simnet.Overhead) - 1, Weather: weather.Weather{Duplicate: weather.Percent(30)}})
	a, b, c := n.Link(id(1)), n.Link(id(2)), n.Link(id(3))
	got := 0
	b.Bind(peer.Moves, func(peer.ID, []byte) { got++ })
	orders := heard(b, peer.User)
	for round := range 3 {
		n.Freeze(b.Self())
		for i := range 40 {
			must(t, a.Send(b.Self(), peer.Moves, make([]byte, 100)))
			must(t, c.Send(b.Self(), peer.Moves, make([]byte, 100)))
			must(t, a.Send(b.Self(), peer.User, fmt.Append(nil, i)))
			n.RunFor(ms)
		}
		n.Thaw(b.Self())
		n.RunFor(0)
		if got != room*(round+1) || len(*orders) != 40*(round+1) {
			t.Fatalf("round %d: %d moves and %d orders in all", round, got, len(*orders))
		}
	}
	m := n.Total(peer.Moves)
	if m.Sent != m.Lost+m.Delivered-m.Duplicated || m.Delivered != 3*room || m.Duplicated == 0 {
		t.Errorf("%+v", m)
	}
	// With senders of reliable channels it is their own queue that fills.
	n.Freeze(b.Self())
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = a.Send(b.Self(), peer.User, make([]byte, peer.MaxMessage))
		n.RunFor(ms)
	}
	if err != peer.ErrFull {
		t.Errorf("the queue towards a frozen peer: %v", err)
	}
	n.Thaw(b.Self())
	n.RunFor(ms)
	must(t, a.Send(b.Self(), peer.User, make([]byte, peer.MaxMessage)))
}

// What a peer puts on its reliable channels before it freezes waits for it, be
// it a packet to send again, Bulk in the queue, or a cut on top.
func TestFrozenSenderSendsOnWhenThawed(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Rate: 100_000}})
	a, b := n.Link(id(1)), n.Link(id(2))
	orders, bulk := heard(b, peer.User), heard(b, peer.Bulk)
	must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Loss: weather.Whole, Rate: 100_000}))
	must(t, a.Send(b.Self(), peer.User, []byte("lost at first")))
	must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Rate: 100_000}))
	must(t, a.Send(b.Self(), peer.Bulk, make([]byte, peer.MaxMessage)))
	n.Freeze(a.Self())
	n.RunFor(10 * time.Second)
	n.Cut(a.Self(), b.Self())
	n.Thaw(a.Self())
	n.RunFor(10 * time.Second)
	n.Freeze(a.Self())
	n.Heal(a.Self(), b.Self())
	n.RunFor(10 * time.Second)
	if len(*orders) != 0 || len(*bulk) != 0 {
		t.Errorf("a frozen peer sends %d and %d", len(*orders), len(*bulk))
	}
	n.Thaw(a.Self())
	n.RunFor(time.Second)
	if len(*orders) != 1 || len(*bulk) != 1 {
		t.Errorf("thawed: %d and %d", len(*orders), len(*bulk))
	}
}

// A peer that is frozen or killed by what it hears at thaw keeps or loses the
// rest; nothing overtakes.
func TestFreezeWhileThawing(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a, b := n.Link(id(1)), n.Link(id(2))
	var got []string
	b.Bind(peer.Control, func(_ peer.ID, m []byte) {
		got = append(got, string(m))
		switch string(m) {
		case "2":
			n.Freeze(b.Self())
		case "5":
			n.Crash(b.Self())
		}
	})
	n.Freeze(b.Self())
	for _, m := range []string{"1", "2", "3", "4"} {
		must(t, a.Send(b.Self(), peer.Control, []byte(m)))
	}
	n.RunFor(ms)
	// This one arrives at the time of the thaw, after it, and still comes last.
	n.After(ms, func() { n.Thaw(b.Self()) })
	must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Latency: ms}))
	must(t, a.Send(b.Self(), peer.Control, []byte("5")))
	n.RunFor(10 * ms)
	if !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("frozen again after %q", got)
	}
	for _, m := range []string{"6", "7"} {
		must(t, a.Send(b.Self(), peer.Control, []byte(m)))
		must(t, a.Send(b.Self(), peer.Moves, []byte(m)))
	}
	b.After(0, func() { got = append(got, "timer") })
	n.RunFor(10 * ms)
	n.Thaw(b.Self())
	n.Freeze(b.Self())
	n.Thaw(b.Self())
	b.After(time.Hour, func() { t.Error("a timer of the dead") })
	n.RunFor(2 * time.Hour)
	if !slices.Equal(got, []string{"1", "2", "timer", "3", "4", "5"}) {
		t.Errorf("then %q", got)
	}
	if m := n.Total(peer.Moves); m.Sent != 2 || m.Lost != 2 {
		t.Errorf("what waited for the dead: %+v", m)
	}
	b.After(0, func() { t.Error("the dead set a timer") })
	if n.Freeze(b.Self()); b.Frozen() || n.Step() {
		t.Error("the dead freeze, or have timers")
	}
}

// A timer that rings late at thaw comes before what arrived, and may stop the
// peer once more, or kill it.
func TestLateTimersStopThePeer(t *testing.T) {
	for _, stop := range []func(*simnet.Net, peer.ID){(*simnet.Net).Freeze, (*simnet.Net).Crash} {
		n := simnet.New(simnet.Config{})
		a, b := n.Link(id(1)), n.Link(id(2))
		got := heard(b, peer.Control)
		rang := false
		n.Freeze(b.Self())
		b.After(ms, func() { rang = true; stop(n, b.Self()) })
		must(t, a.Send(b.Self(), peer.Control, []byte("unheard")))
		n.RunFor(time.Second)
		n.Thaw(b.Self())
		if n.RunFor(time.Second); !rang || len(*got) != 0 {
			t.Errorf("rang is %v, and it heard %q", rang, *got)
		}
	}
}

// Timers that are late, due at the time of the thaw and set while frozen ring in
// the order of their times, and within one time in that in which they were set.
func TestLateTimersRingInOrder(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a := n.Link(id(1))
	var rang []int
	set := func(d time.Duration, mark int) { a.After(d, func() { rang = append(rang, mark) }) }
	n.After(10*ms, func() { n.Thaw(a.Self()) })
	for mark, d := range []time.Duration{10, 4, 7, 4, 3, 9, 4, 10} {
		set(d*ms, mark)
	}
	n.RunFor(2 * ms)
	n.Freeze(a.Self())
	set(5*ms, 8)
	set(2*ms, 9)
	n.RunFor(10 * ms)
	if want := []int{4, 1, 3, 6, 9, 2, 8, 5, 0, 7}; !slices.Equal(rang, want) {
		t.Errorf("%v, want %v", rang, want)
	}
}

func TestCrashOfAFrozenPeer(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a, b := n.Link(id(1)), n.Link(id(2))
	n.Suspend(b.Self())
	b.After(time.Second, func() { t.Error("a timer of the dead") })
	must(t, a.Send(b.Self(), peer.Moves, nil))
	n.RunFor(ms)
	if m := n.Total(peer.Moves); m.Lost+m.Delivered != 0 {
		t.Fatalf("%+v", m)
	}
	if n.Crash(b.Self()); b.Frozen() {
		t.Error("the dead are frozen")
	}
	n.Thaw(b.Self())
	n.RunFor(time.Minute)
	if m := n.Total(peer.Moves); m.Lost != 1 || b.Send(a.Self(), peer.Moves, nil) != peer.ErrNotLinked {
		t.Errorf("%+v", m)
	}
}

// While it freezes, drifts and sleeps at random, a peer's timers ring in the
// order of its own clock, never early, and late only when it was stopped.
func TestTimersKeepTheirPromise(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		dice := weather.NewDice(seed)
		n := simnet.New(simnet.Config{})
		a := n.Link(id(1))
		set, rang, late := 0, 0, 0
		var last time.Duration
		for range 500 {
			for range dice.Below(4) {
				due := a.Now() + time.Duration(dice.Below(uint64(300*ms)))
				set++
				a.After(due-a.Now(), func() {
					rang++
					if a.Frozen() || a.Now() < due || due < last {
						t.Fatalf("a timer for %v rings at %v after one for %v", due, a.Now(), last)
					}
					last = due
					if a.Now() > due+1 {
						late++
					}
				})
			}
			switch dice.Below(6) {
			case 0:
				n.Freeze(a.Self())
			case 1:
				n.Suspend(a.Self())
			case 2, 3:
				n.Thaw(a.Self())
				n.RunFor(0)
				last = 0 // what is set now may be due before what was late
			case 4:
				must(t, n.Drift(a.Self(), int(dice.Below(2*simnet.MaxDrift+1))-simnet.MaxDrift))
			}
			before := late
			n.RunFor(time.Duration(dice.Below(uint64(100 * ms))))
			if late != before {
				t.Fatalf("a timer rings late at %v though the peer ran on", n.Now())
			}
		}
		n.Thaw(a.Self())
		n.RunFor(time.Second)
		if set != rang || set < 200 || late < 10 {
			t.Errorf("%d timers set, %d rang, %d late", set, rang, late)
		}
	})
}

func TestSplit(t *testing.T) {
	reach := func(n *simnet.Net, players byte) (pairs []string) {
		for i := range players {
			n.Link(id(i + 1))
		}
		for i := range players {
			for k := range players {
				from, to := n.Link(id(i+1)), n.Link(id(k+1))
				to.Bind(peer.Moves, func(peer.ID, []byte) { pairs = append(pairs, fmt.Sprint(i+1, k+1)) })
				if i < k {
					must(t, from.Send(to.Self(), peer.Moves, nil))
					n.RunFor(0)
				}
			}
		}
		return pairs
	}
	ids := func(names ...byte) (g []peer.ID) {
		for _, c := range names {
			g = append(g, id(c))
		}
		return g
	}
	for _, c := range []struct {
		name   string
		groups [][]peer.ID
		want   []string
	}{
		{"none", nil, []string{"1 2", "1 3", "1 4", "1 5", "2 3", "2 4", "2 5", "3 4", "3 5", "4 5"}},
		{"one", [][]peer.ID{ids(2)}, []string{"1 3", "1 4", "1 5", "3 4", "3 5", "4 5"}},
		{"two", [][]peer.ID{ids(1, 2), ids(3, 4, 5)}, []string{"1 2", "3 4", "3 5", "4 5"}},
		{"rest", [][]peer.ID{ids(1, 2), ids(3)}, []string{"1 2", "4 5"}},
		{"bridge", [][]peer.ID{ids(1, 2, 3), ids(3, 4, 5)}, []string{"1 2", "1 3", "2 3", "3 4", "3 5", "4 5"}},
	} {
		n := simnet.New(simnet.Config{})
		n.Link(id(5))
		n.Link(id(4)) // those not named yet are named by reach, and cut from nobody
		n.Split(append(c.groups, nil)...)
		for i := range byte(3) {
			n.Link(id(i + 1))
		}
		n.HealAll()
		n.Split(c.groups...)
		if got := reach(n, 5); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		n.HealAll()
		if got := reach(n, 5); len(got) != 10 {
			t.Errorf("%s: healed, %q", c.name, got)
		}
	}
	n := simnet.New(simnet.Config{})
	n.Split(ids(1), ids(2))
	if got := reach(n, 3); !slices.Equal(got, []string{"1 3", "2 3"}) {
		t.Errorf("before they have links: %q", got)
	}
	mustPanic(t, "a group of nobody", func() { n.Split([]peer.ID{{}}) })
}
