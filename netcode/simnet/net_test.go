package simnet_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

const ms = time.Millisecond

// must fails the test on an error that it did not expect.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestConfigValidate(t *testing.T) {
	for _, cfg := range []simnet.Config{
		{Queue: -1},
		{Queue: simnet.MinQueue - 1},
		{Retry: -1},
		{Retry: time.Minute + 1},
		{Notice: -2},
		{Buffer: -1},
		{Buffer: simnet.MinBuffer - 1},
		{Notice: time.Hour + 1},
		{Weather: weather.Weather{Loss: weather.Whole + 1}},
	} {
		if cfg.Validate() == nil {
			t.Errorf("%+v is taken for valid", cfg)
		}
	}
	for _, cfg := range []simnet.Config{{}, {Queue: simnet.MinQueue, Notice: simnet.AtOnce, Retry: 1}} {
		must(t, cfg.Validate())
	}
	mustPanic(t, "New with a wrong Config", func() { simnet.New(simnet.Config{Queue: 1}) })
	mustPanic(t, "the link of nobody", func() { simnet.New(simnet.Config{}).Link(peer.ID{}) })
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	f()
}

func TestEventsRunInTotalOrder(t *testing.T) {
	n := simnet.New(simnet.Config{})
	var got []int
	at := func(d time.Duration, mark int) { n.After(d, func() { got = append(got, mark) }) }
	at(20*ms, 4)
	at(10*ms, 1)
	at(10*ms, 2)
	at(-time.Hour, 0)
	n.After(10*ms, func() {
		if n.Now() != 10*ms {
			t.Errorf("a timer of 10ms runs at %v", n.Now())
		}
		at(0, 3)
	})
	at(20*ms+1, 6)
	at(20*ms, 5)

	if !n.Step() || !slices.Equal(got, []int{0}) || n.Now() != 0 {
		t.Fatalf("after one step: %v at %v", got, n.Now())
	}
	n.RunUntil(20 * ms)
	if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) || n.Now() != 20*ms {
		t.Fatalf("after 20ms: %v at %v", got, n.Now())
	}
	n.RunUntil(0)
	if n.Now() != 20*ms {
		t.Errorf("the clock ran back to %v", n.Now())
	}
	if !n.Step() || n.Now() != 20*ms+1 || n.Step() {
		t.Errorf("the last step ends at %v", n.Now())
	}
	n.RunFor(time.Second)
	if n.Now() != 1020*ms+1 {
		t.Errorf("an empty network stops the clock at %v", n.Now())
	}
}

func TestClockIsNotDrivenFromWithin(t *testing.T) {
	n := simnet.New(simnet.Config{})
	n.After(0, func() {
		mustPanic(t, "RunUntil in an event", func() { n.RunUntil(1) })
		mustPanic(t, "Step in an event", func() { n.Step() })
	})
	n.RunFor(1)
	n.After(0, func() { panic("game over") })
	mustPanic(t, "a panic of an event", func() { n.RunFor(1) })
	ran := false
	n.After(0, func() { ran = true })
	if n.RunFor(1); !ran {
		t.Error("after a panic nothing runs any more")
	}
}

func TestSendErrors(t *testing.T) {
	n := simnet.New(simnet.Config{Queue: simnet.MinQueue})
	a, b := n.Link(id(1)), n.Link(id(2))
	if n.Link(id(1)) != a {
		t.Error("two links of one peer")
	}
	n.Cut(id(1), id(9)) // named, but without a link
	big, huge := make([]byte, peer.MaxDatagram+1), make([]byte, peer.MaxMessage+1)
	for _, c := range []struct {
		name string
		to   peer.ID
		ch   peer.Channel
		b    []byte
		want error
	}{
		{"stranger", id(8), peer.Moves, nil, peer.ErrNotLinked},
		{"named", id(9), peer.Moves, nil, peer.ErrNotLinked},
		{"nobody", peer.ID{}, peer.Moves, nil, peer.ErrNotLinked},
		{"self", id(1), peer.Moves, nil, peer.ErrNotLinked},
		{"datagram", id(2), peer.Moves, big, peer.ErrTooLarge},
		{"message", id(2), peer.Bulk, huge, peer.ErrTooLarge},
		{"empty", id(2), peer.Moves, nil, nil},
		{"full datagram", id(2), peer.Moves, big[1:], nil},
		{"full message", id(2), peer.Chat, huge[1:], nil},
	} {
		if err := a.Send(c.to, c.ch, c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	if a.Send(b.Self(), peer.Channels, nil) == nil {
		t.Error("a channel that does not exist takes a message")
	}
	if s := a.State(id(2)); s != peer.Linked {
		t.Errorf("the state is %v", s)
	}
	for _, to := range []peer.ID{id(8), id(9), {}, id(1)} {
		if s := a.State(to); s != peer.Unlinked {
			t.Errorf("the state towards %s is %v", to.Short(), s)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	for _, ch := range []peer.Channel{peer.Moves, peer.Bulk, peer.Control} {
		n := simnet.New(simnet.Config{Queue: simnet.MinQueue, Weather: weather.Weather{Latency: time.Second}})
		a, b := n.Link(id(1)), n.Link(id(2))
		msg := make([]byte, peer.MaxDatagram)
		sent := 0
		for ; sent < 1000; sent++ {
			if err := a.Send(b.Self(), ch, msg); err != nil {
				if !errors.Is(err, peer.ErrFull) {
					t.Fatal(err)
				}
				break
			}
		}
		if want := simnet.MinQueue / (peer.MaxDatagram + simnet.Overhead); sent != want {
			t.Errorf("%v takes %d messages, want %d", ch, sent, want)
		}
		other := peer.Chat
		must(t, a.Send(b.Self(), other, msg))
		n.RunFor(time.Minute)
		must(t, a.Send(b.Self(), ch, msg))
		if got := n.Count(a.Self(), b.Self(), ch); got.Delivered != int64(sent) || got.Sent != int64(sent)+1 {
			t.Errorf("%v: %+v", ch, got)
		}
	}
}

func TestSendCopiesAndBuffersDie(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Duplicate: weather.Whole}})
	a, b := n.Link(id(1)), n.Link(id(2))
	for _, ch := range []peer.Channel{peer.Moves, peer.User} {
		var kept []byte
		calls := 0
		b.Bind(ch, func(from peer.ID, b []byte) {
			if string(b) != "one" || from != id(1) {
				t.Errorf("%v: got %q from %s", ch, b, from.Short())
			}
			calls++
			copy(b, "xxx") // the twin must not see this
			kept = b
		})
		msg := []byte("one")
		must(t, a.Send(b.Self(), ch, msg))
		copy(msg, "two")
		if calls != 0 {
			t.Errorf("%v: Send runs the receiver", ch)
		}
		n.RunFor(1)
		if want := map[peer.Channel]int{peer.Moves: 2, peer.User: 1}[ch]; calls != want {
			t.Errorf("%v: %d calls, want %d", ch, calls, want)
		}
		if string(kept) == "xxx" {
			t.Errorf("%v: a buffer that was kept still looks alive", ch)
		}
		b.Bind(ch, nil)
		must(t, a.Send(b.Self(), ch, msg))
		n.RunFor(1)
		if got := n.Count(a.Self(), b.Self(), ch).Sent; got != 2 {
			t.Errorf("%v: %d sent", ch, got)
		}
	}
}

func TestShapeIsOneDirection(t *testing.T) {
	n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 10 * ms}})
	a, b := n.Link(id(1)), n.Link(id(2))
	must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Latency: 200 * ms}))
	if n.Shape(a.Self(), b.Self(), weather.Weather{Loss: weather.Whole + 1}) == nil {
		t.Error("a wrong weather is taken")
	}
	var there, back time.Duration
	b.Bind(peer.Moves, func(from peer.ID, m []byte) {
		there = n.Now()
		must(t, b.Send(from, peer.Moves, m))
	})
	a.Bind(peer.Moves, func(peer.ID, []byte) { back = n.Now() })
	must(t, a.Send(b.Self(), peer.Moves, nil))
	n.RunFor(time.Second)
	if there != 200*ms || back != 210*ms {
		t.Errorf("there at %v, back at %v; want 200ms and 210ms", there, back)
	}
	if got := (simnet.Counters{}); n.Count(id(7), id(8), peer.Moves) != got || n.Count(id(1), id(8), peer.Moves) != got {
		t.Error("strangers have counters")
	}
}

func TestFateText(t *testing.T) {
	if simnet.Duplicated.String() != "duplicated" || simnet.Fate(math.MaxUint8).String() != "unknown" {
		t.Error("fates print wrongly")
	}
}
