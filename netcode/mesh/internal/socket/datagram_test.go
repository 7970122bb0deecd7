//go:build !js

package socket

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
)

// named is a datagram for a name; what is in it nobody here can open.
func named(name uint32, text string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{datagram.Kind}, name)
	b = append(b, make([]byte, datagram.Overhead-len(b))...)
	return append(b, text...)
}

// until waits for something that another goroutine does.
func until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for late := time.Now().Add(20 * time.Second); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s: never", what)
		}
	}
}

func TestDatagramsGoByName(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	got := make(chan string, 10)
	hear := func(who string) func(netip.AddrPort, []byte) {
		return func(from netip.AddrPort, d []byte) {
			if from != at(b) {
				who = "from elsewhere"
			}
			got <- who + " " + string(d[datagram.Overhead:])
		}
	}
	if !a.Listen(1, hear("first")) || !a.Listen(2, hear("second")) || a.Listen(1, hear("thief")) {
		t.Fatal("a name belongs to who came first")
	}
	f, _ := flow(t, b, "b", "a")
	if f.Datagram(named(1, "too early")) {
		t.Error("sent, and nobody knows where to")
	}
	f.Choose(at(a))
	for _, d := range [][]byte{named(3, "nobody"), named(2, "x")[:datagram.Overhead-1], named(2, "hello"), named(1, "")} {
		if !f.Datagram(d) {
			t.Fatal("not sent")
		}
	}
	if one, two := <-got, <-got; one != "second hello" || two != "first " {
		t.Errorf("%q and %q came", one, two)
	}
	until(t, "strangers", func() bool { return a.Counts().Strange == 2 })
	a.Unlisten(1)
	f.Datagram(named(1, "gone"))
	until(t, "one stranger more", func() bool { return a.Counts().Strange == 3 })
	f.Close()
	if f.Datagram(named(2, "after the end")) {
		t.Error("a closed flow sends")
	}
	// Who stops sending costs no goroutine; who begins again is heard.
	until(t, "no courier", func() bool {
		a.datagrams.run.Lock()
		defer a.datagrams.run.Unlock()
		return !a.datagrams.running
	})
	b.Send(named(2, "again"), at(a))
	if s := <-got; s != "second again" {
		t.Errorf("%q", s)
	}
}

// TestSlowReceiverHoldsNothingUp: while a receiver does not return everything else
// of the socket goes on, and what waits for it is bounded.
func TestSlowReceiverHoldsNothingUp(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	_, ea := flow(t, a, "a", "b")
	_, eb := flow(t, b, "b", "a")
	stuck, stop := make(chan struct{}, 1), make(chan struct{})
	defer close(stop)
	a.Listen(7, func(netip.AddrPort, []byte) {
		select {
		case stuck <- struct{}{}:
		default:
		}
		<-stop
	})
	b.Send(named(7, "one"), at(a))
	<-stuck
	if _, err := ea.WriteToAddrPort(record(1, "x"), at(b)); err != nil {
		t.Fatal(err)
	}
	drain(t, ea, eb)
	if _, err := eb.WriteToAddrPort(record(1, "y"), at(a)); err != nil {
		t.Fatal(err)
	}
	if _, m := next(ea); !bytes.Equal(m, record(1, "y")) {
		t.Errorf("%q came", m)
	}
	until(t, "a full queue", func() bool {
		b.Send(named(7, "more"), at(a))
		return a.Counts().Over > 0
	})
	if a.datagrams.queue.n > maxWaiting {
		t.Errorf("%d wait", a.datagrams.queue.n)
	}
}

// TestDatagramsAreFollowed: a peer whose datagrams come from elsewhere is asked
// there, once where it was is silent, and followed when it answers.
func TestDatagramsAreFollowed(t *testing.T) {
	var clock atomic.Int64
	a := open(t, Config{Now: func() time.Duration { return time.Duration(clock.Load()) }})
	b, moved := open(t, Config{}), open(t, Config{})
	fa, _ := flow(t, a, "a", "b")
	_, em := flow(t, moved, "b", "a")
	fa.Choose(at(b))
	clock.Add(int64(mute / 2))
	fa.Heard(at(moved)) // b is not silent yet
	if !quiet(t, em) {
		t.Fatal("asked, and it is heard where it is")
	}
	fa.Heard(at(b))
	clock.Add(int64(mute))
	fa.Heard(at(moved))
	if to, _ := fa.Remote(); to != at(b) {
		t.Fatalf("moved to %v unasked", to)
	}
	answer(t, moved, em, at(a), "password-of-b")
	if to, moves := fa.Remote(); to != at(moved) || moves != 1 {
		t.Fatalf("it is at %v after %d moves, want %v", to, moves, at(moved))
	}
	// It goes on where it was: whoever moved it was not the peer.
	fa.Heard(at(b))
	if to, _ := fa.Remote(); to != at(b) {
		t.Errorf("it is at %v, want %v again", to, at(b))
	}
}

func TestNoAllocationPerDatagram(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	f, _ := flow(t, b, "b", "a")
	f.Choose(at(a))
	var n atomic.Int64
	got := make(chan struct{}, 1)
	a.Listen(7, func(netip.AddrPort, []byte) { n.Add(1); got <- struct{}{} })
	d := named(7, "move")
	if n := testing.AllocsPerRun(500, func() { f.Datagram(d); <-got }); n >= 1 {
		t.Errorf("%v allocations per datagram", n)
	}
	if n.Load() < 500 {
		t.Errorf("%d came", n.Load())
	}
}

// TestFloodTakesNobodysPlace: who sends more than its receiver can take loses that,
// and nobody else anything.
func TestFloodTakesNobodysPlace(t *testing.T) {
	a, b, flooder := open(t, Config{}), open(t, Config{}), open(t, Config{})
	var good, bad atomic.Int64
	a.Listen(1, func(netip.AddrPort, []byte) { good.Add(1) })
	a.Listen(2, func(netip.AddrPort, []byte) {
		bad.Add(1)
		time.Sleep(time.Millisecond)
	})
	const moves = 100
	for range moves {
		for range 20 {
			flooder.Send(named(2, "junk"), at(a))
		}
		b.Send(named(1, "move"), at(a))
		time.Sleep(5 * time.Millisecond)
	}
	until(t, "the moves", func() bool { return good.Load() >= moves-2 }) // what the system itself drops
	if over := a.Counts().Over; over < moves || bad.Load() == 0 {
		t.Errorf("%d of the flood were dropped, %d taken: it was none", over, bad.Load())
	}
}
