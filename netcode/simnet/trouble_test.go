package simnet_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// heard returns a list that grows by what l receives on a channel.
func heard(l *simnet.Link, ch peer.Channel) *[]string {
	var list []string
	l.Bind(ch, func(_ peer.ID, b []byte) { list = append(list, string(b)) })
	return &list
}

func TestCutLosesMovesAndDelaysTheRest(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 50 * ms}})
	a, b := n.Link(id(1)), n.Link(id(2))
	reliable := []peer.Channel{peer.Bulk, peer.Control, peer.Room, peer.Chat, peer.Signal, peer.User}
	moves := heard(b, peer.Moves)
	lists := make([]*[]string, len(reliable))
	for i, ch := range reliable {
		lists[i] = heard(b, ch)
	}
	say := func(text string) {
		must(t, a.Send(b.Self(), peer.Moves, []byte(text)))
		for _, ch := range reliable {
			must(t, a.Send(b.Self(), ch, []byte(text)))
		}
	}
	say("arrives before")
	n.RunFor(60 * ms)
	say("is under way")
	n.RunFor(10 * ms)
	n.Cut(a.Self(), b.Self())
	say("is sent into the cut")
	n.RunFor(time.Minute)
	for i, ch := range reliable {
		if !slices.Equal(*lists[i], []string{"arrives before"}) {
			t.Errorf("%v during the cut: %q", ch, *lists[i])
		}
	}
	n.Heal(b.Self(), a.Self())
	n.RunFor(50 * ms)
	for i, ch := range reliable {
		if len(*lists[i]) != 3 {
			t.Errorf("%v, one latency after it healed: %q", ch, *lists[i])
		}
	}
	say("comes after")
	n.RunFor(time.Second)

	if want := []string{"arrives before", "comes after"}; !slices.Equal(*moves, want) {
		t.Errorf("moves: %q", *moves)
	}
	for i, ch := range reliable {
		got := *lists[i]
		if ch == peer.Bulk {
			slices.Sort(got)
		}
		want := []string{"arrives before", "is under way", "is sent into the cut", "comes after"}
		if ch == peer.Bulk {
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %q", ch, got)
		}
	}
	if c := n.Count(a.Self(), b.Self(), peer.Moves); c.Lost != 2 || c.Delivered != 2 {
		t.Errorf("%+v", c)
	}
}

// Both copies of a move die in the cut, and that is one lost message.
func TestCutCountsMessagesNotCopies(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 50 * ms, Duplicate: weather.Whole}})
	a, b := n.Link(id(1)), n.Link(id(2))
	for range 3 {
		must(t, a.Send(b.Self(), peer.Moves, nil))
		n.RunFor(20 * ms)
	}
	n.Cut(a.Self(), b.Self())
	n.RunFor(time.Second)
	if c := n.Count(a.Self(), b.Self(), peer.Moves); c.Sent != 3 || c.Delivered != 2 || c.Duplicated != 1 || c.Lost != 2 {
		t.Errorf("%+v; want both copies of the first and neither of the others", c)
	}
}

func TestCutOneWay(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a, b := n.Link(id(1)), n.Link(id(2))
	atA, atB := heard(a, peer.Moves), heard(b, peer.Moves)
	exchange := func() {
		*atA, *atB = nil, nil
		must(t, a.Send(b.Self(), peer.Moves, []byte("to b")))
		must(t, b.Send(a.Self(), peer.Moves, []byte("to a")))
		n.RunFor(ms)
	}
	n.CutOneWay(a.Self(), b.Self())
	if exchange(); len(*atA) != 1 || len(*atB) != 0 {
		t.Errorf("one way: %q and %q", *atA, *atB)
	}
	n.Heal(a.Self(), b.Self())
	if exchange(); len(*atA) != 1 || len(*atB) != 1 {
		t.Errorf("healed: %q and %q", *atA, *atB)
	}
}

func TestPeersNoticeACut(t *testing.T) {
	n := simnet.New(simnet.Config{Notice: time.Second})
	a, b := n.Link(id(1)), n.Link(id(2))
	n.CutOneWay(a.Self(), b.Self())
	n.RunFor(500 * ms)
	n.CutOneWay(a.Self(), b.Self()) // cut already: the clock of the notice goes on
	for _, want := range []peer.State{peer.Linked, peer.Linking} {
		if x, y := a.State(b.Self()), b.State(a.Self()); x != want || y != want {
			t.Errorf("at %v the states are %v and %v, want %v", n.Now(), x, y, want)
		}
		n.RunUntil(time.Second)
	}
	must(t, a.Send(b.Self(), peer.Chat, nil))
	n.Heal(a.Self(), b.Self())
	if s := a.State(b.Self()); s != peer.Linked {
		t.Errorf("healed: %v", s)
	}
}

func TestCrash(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 50 * ms}, Notice: time.Second})
	a, b, c := n.Link(id(1)), n.Link(id(2)), n.Link(id(3))
	atA, atB := heard(a, peer.Moves), heard(b, peer.Control)
	for _, ch := range []peer.Channel{peer.Control, peer.Bulk} {
		a.Bind(ch, func(peer.ID, []byte) { t.Errorf("the dead is told something on %v", ch) })
		must(t, b.Send(a.Self(), ch, []byte("too late")))
	}
	moves := heard(b, peer.Moves)
	must(t, a.Send(b.Self(), peer.Moves, []byte("last words")))
	must(t, a.Send(b.Self(), peer.Control, []byte("last wish")))
	must(t, b.Send(a.Self(), peer.Moves, []byte("too late")))
	n.RunFor(10 * ms)
	n.Crash(a.Self())
	if err := a.Send(b.Self(), peer.Moves, nil); !errors.Is(err, peer.ErrNotLinked) || a.State(b.Self()) != peer.Unlinked {
		t.Errorf("the dead still sends: %v, %v", err, a.State(b.Self()))
	}
	must(t, b.Send(a.Self(), peer.Moves, []byte("where are you")))
	must(t, b.Send(a.Self(), peer.Chat, []byte("where are you")))
	n.RunFor(500 * ms)
	n.Crash(a.Self()) // dead already: the clock of the notice goes on
	if len(*atA) != 0 || !slices.Equal(*moves, []string{"last words"}) || !slices.Equal(*atB, []string{"last wish"}) {
		t.Errorf("the dead heard %q, said %q and %q", *atA, *moves, *atB)
	}
	if got := n.Count(b.Self(), a.Self(), peer.Moves); got.Lost != 2 || got.Delivered != 0 {
		t.Errorf("to the dead: %+v", got)
	}
	if s := b.State(a.Self()); s != peer.Linked {
		t.Errorf("before it is noticed the state is %v", s)
	}
	n.RunUntil(1010 * ms)
	if err := b.Send(a.Self(), peer.Moves, nil); !errors.Is(err, peer.ErrNotLinked) || b.State(a.Self()) != peer.Unlinked {
		t.Errorf("once it is noticed: %v, %v", err, b.State(a.Self()))
	}
	must(t, b.Send(c.Self(), peer.Moves, nil))
	if n.Link(a.Self()).State(b.Self()) != peer.Unlinked {
		t.Error("Link wakes the dead")
	}

	n = simnet.New(simnet.Config{Notice: simnet.AtOnce})
	a, b = n.Link(id(1)), n.Link(id(2))
	n.Crash(b.Self())
	if err := a.Send(b.Self(), peer.Moves, nil); !errors.Is(err, peer.ErrNotLinked) {
		t.Errorf("AtOnce: %v", err)
	}
}

// A peer that dies inside a receiver gets nothing more, even of what waited in
// order behind that message.
func TestCrashWhileReceiving(t *testing.T) {
	n := simnet.New(simnet.Config{})
	a, b := n.Link(id(1)), n.Link(id(2))
	calls := 0
	b.Bind(peer.Control, func(peer.ID, []byte) { calls++; n.Crash(b.Self()) })
	must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Loss: weather.Whole}))
	must(t, a.Send(b.Self(), peer.Control, nil)) // comes late, and the others wait for it
	must(t, n.Shape(a.Self(), b.Self(), weather.Clear()))
	must(t, a.Send(b.Self(), peer.Control, nil))
	must(t, a.Send(b.Self(), peer.Control, nil))
	n.RunFor(time.Minute)
	if calls != 1 || n.Total(peer.Control).Lost != 1 {
		t.Errorf("%d calls, %+v", calls, n.Total(peer.Control))
	}
}

// Nobody goes on sending to the dead what the weather took.
func TestCrashOfTheReceiverEndsRetransmission(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Loss: weather.Whole}})
	a, b := n.Link(id(1)), n.Link(id(2))
	must(t, a.Send(b.Self(), peer.Control, []byte("lost")))
	n.RunFor(time.Second)
	tries := n.Total(peer.Control).Lost
	n.Crash(b.Self())
	n.RunFor(time.Minute)
	if after := n.Total(peer.Control).Lost; tries < 2 || after != tries || n.Step() {
		t.Errorf("%d tries before the crash, %d after it", tries, after-tries)
	}
}

// A sender that dies cannot repair what the weather took from it.
func TestCrashEndsRetransmission(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Loss: weather.Whole}})
	a, b := n.Link(id(1)), n.Link(id(2))
	got := heard(b, peer.Control)
	must(t, a.Send(b.Self(), peer.Control, []byte("lost")))
	n.RunFor(ms)
	if c := n.Count(a.Self(), b.Self(), peer.Control); c.Lost != 1 {
		t.Fatalf("nothing was lost: %+v", c)
	}
	n.Crash(a.Self())
	must(t, n.Shape(a.Self(), b.Self(), weather.Clear()))
	n.RunFor(time.Minute)
	if len(*got) != 0 || n.Step() {
		t.Errorf("heard %q from the dead, or somebody still tries", *got)
	}
}
