//go:build !js

package socket

import (
	"bytes"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// TestTwoConnectionsBetweenTheSameSockets is what pion's mux cannot do (W18).
func TestTwoConnectionsBetweenTheSameSockets(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	_, a1 := flow(t, a, "a1", "b1")
	_, b1 := flow(t, b, "b1", "a1")
	_, a2 := flow(t, a, "a2", "b2")
	f2, b2 := flow(t, b, "b2", "a2")
	for _, w := range []struct {
		from *end
		to   *Set
	}{{a1, b}, {b1, a}, {a2, b}, {b2, a}} {
		if _, err := w.from.WriteToAddrPort(record(0, "hello"), at(w.to)); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, a1, a2, b1, b2)
	// Requests go by name.
	if !f2.Check(at(a)) {
		t.Fatal("no check was sent")
	}
	if from, m := next(a2); from != at(b) || !isSTUN(m) {
		t.Errorf("a2 got %x from %v, want the check", m, from)
	}
	if !quiet(t, a1) {
		t.Error("a1 got the check of another")
	}
	// What is encrypted goes to both, who have different keys; a handshake to
	// the younger one.
	if _, err := b1.WriteToAddrPort(record(1, "secret"), at(a)); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*end{"a1": a1, "a2": a2} {
		if _, m := next(e); !bytes.Equal(m, record(1, "secret")) {
			t.Errorf("%s got %q", name, m)
		}
	}
	drain(t, a1, a2)
	if _, err := b2.WriteToAddrPort(record(0, "client hello"), at(a)); err != nil {
		t.Fatal(err)
	}
	if _, m := next(a2); !bytes.Equal(m, record(0, "client hello")) || !quiet(t, a1) {
		t.Errorf("a2 got %q", m)
	}
	// When the younger one ends the older one has all.
	f2a := a.Find("a2")
	f2a.Close()
	drain(t, a1)
	if _, err := b1.WriteToAddrPort(record(0, "again"), at(a)); err != nil {
		t.Fatal(err)
	}
	if _, m := next(a1); !bytes.Equal(m, record(0, "again")) {
		t.Errorf("a1 got %q", m)
	}
	if _, err := a2.WriteToAddrPort(record(1, "late"), at(b)); err == nil {
		t.Error("a closed end writes")
	}
}

// TestHandshakeGoesToWhoseItIs: who guesses the ports of two players behind one
// NAT sends to the ports of each for both. A handshake is of the one whose signed
// request came from there, and not of whom we sent to last.
func TestHandshakeGoesToWhoseItIs(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	_, a1 := flow(t, a, "a1", "b1")
	f1, b1 := flow(t, b, "b1", "a1")
	fx, ax := flow(t, a, "ax", "bx") // of another player there, and younger
	if !f1.Check(at(a)) || !fx.Check(at(b)) {
		t.Fatal("no check was sent")
	}
	if from, m := next(a1); from != at(b) || !isSTUN(m) {
		t.Fatalf("a1 got %x from %v, want the check", m, from)
	}
	if _, err := a1.WriteToAddrPort(record(0, "hello"), at(b)); err != nil {
		t.Fatal(err)
	}
	if a.bound[at(b)][0] != fx {
		t.Fatal("the other player's flow is not the first that would get it")
	}
	if _, err := b1.WriteToAddrPort(record(0, "client hello"), at(a)); err != nil {
		t.Fatal(err)
	}
	if _, m := next(a1); !bytes.Equal(m, record(0, "client hello")) || !quiet(t, ax) {
		t.Errorf("a1 got %q", m)
	}
}

// TestFlowFollows lets a peer appear under another address: it is followed once
// the old one is silent and the new one has answered, and not before, and not
// without its password.
func TestFlowFollows(t *testing.T) {
	var clock atomic.Int64
	a := open(t, Config{Now: func() time.Duration { return time.Duration(clock.Load()) }})
	b, moved := open(t, Config{}), open(t, Config{})
	fa, ea := flow(t, a, "a", "b")
	_, eb := flow(t, b, "b", "a")
	fm, em := flow(t, moved, "b", "a") // the same peer, elsewhere
	if _, err := ea.WriteToAddrPort(record(1, "x"), at(b)); err != nil {
		t.Fatal(err)
	}
	if !fa.Choose(at(b)) || fa.Choose(at(moved)) {
		t.Fatal("not the first one is chosen")
	}
	drain(t, ea, eb)
	check := func(f *Flow) {
		t.Helper()
		if !f.Check(at(a)) {
			t.Fatal("no check was sent")
		}
		if _, m := next(ea); m == nil {
			t.Fatal("the check did not come")
		}
	}
	clock.Add(int64(mute / 2))
	check(fm)
	if to, moves := fa.Remote(); to != at(b) || moves != 0 {
		t.Errorf("it moved to %v while %v was in use", to, at(b))
	}
	clock.Add(int64(mute))
	liar := moved.Flow("liar")
	liar.Meet("a", "guessed", true)
	if liar.username = "a:b"; !liar.Check(at(a)) {
		t.Fatal("no check was sent")
	}
	settle(t, at(a))
	if to, _ := fa.Remote(); to != at(b) || a.Counts().Forged == 0 {
		t.Errorf("a forged check moved it to %v; %+v", to, a.Counts())
	}
	check(fm)
	if to, _ := fa.Remote(); to != at(b) {
		t.Errorf("it moved to %v before that answered", to)
	}
	answer(t, moved, em, at(a), "password-of-b")
	if to, moves := fa.Remote(); to != at(moved) || moves != 1 {
		t.Fatalf("it is at %v after %d moves, want %v", to, moves, at(moved))
	}
	// pion goes on with the old address, both ways.
	drain(t, ea, em)
	if _, err := ea.WriteToAddrPort(record(1, "to you"), at(b)); err != nil {
		t.Fatal(err)
	}
	if from, m := next(em); from != at(a) || !bytes.Equal(m, record(1, "to you")) {
		t.Errorf("moved got %q from %v", m, from)
	}
	if _, err := em.WriteToAddrPort(record(1, "to me"), at(a)); err != nil {
		t.Fatal(err)
	}
	if from, m := next(ea); from != at(b) || !bytes.Equal(m, record(1, "to me")) {
		t.Errorf("got %q from %v, want it from %v", m, from, at(b))
	}
}

// TestStrangers: what is nobody's is dropped and counted, and costs nothing.
func TestStrangers(t *testing.T) {
	knocked := make(chan string, 1)
	a := open(t, Config{Knock: func(_ netip.AddrPort, b []byte) { knocked <- string(b) }})
	f, e := flow(t, a, "a", "b")
	c, err := net.Dial("udp4", at(a).String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	unknown := appendCheck(nil, newSigner("x"), "nobody:b", true, 1)
	wrong := appendCheck(nil, newSigner("x"), "a:b", true, 1)
	for _, b := range [][]byte{record(1, "junk"), {0}, unknown, wrong, unknown[:24], {Knock, 'h', 'i'}} {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-knocked; got != "Thi" {
		t.Errorf("knocked %q", got)
	}
	if !quiet(t, e) {
		t.Error("a stranger's packet came through")
	}
	if n := a.Counts(); n.Forged != 1 || n.Strange != 4 {
		t.Errorf("%+v", n)
	}
	// A flood fills the queue and no more.
	good := appendCheck(nil, newSigner("password-of-a"), "a:b", true, 1)
	late := time.Now().Add(20 * time.Second)
	for a.Counts().Over == 0 && time.Now().Before(late) {
		if _, err := c.Write(good); err != nil {
			t.Fatal(err)
		}
	}
	if e.queue.n > maxQueued || a.Counts().Over == 0 {
		t.Errorf("%d packets wait, %+v", e.queue.n, a.Counts())
	}
	for i := range 3 * maxAddresses {
		f.Check(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(20000+i)))
	}
	if len(f.addresses) > maxAddresses || len(a.bound) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(a.bound))
	}
	f.Close()
	if len(a.bound) != 0 || len(a.flows) != 0 {
		t.Errorf("after the end %d addresses and %d flows are left", len(a.bound), len(a.flows))
	}
}

// TestMedia: none come from outside, where pion would hear them, but what is fed does,
// from where the peer is.
func TestMedia(t *testing.T) {
	a := open(t, Config{})
	f, e := flow(t, a, "a", "b")
	honest := newThief(t, a)
	honest.send(t, appendCheck(nil, newSigner("password-of-a"), "a:b", true, 1))
	if f.Feed("too early") {
		t.Error("fed, and no address is in use")
	}
	if !f.Choose(honest.at) || !f.Check(honest.at) {
		t.Fatal("the peer is not there")
	}
	drain(t, e)
	honest.send(t, []byte{0x80, 0, 0, 0})
	honest.send(t, []byte{0xbf, 200, 0, 0})
	until(t, "media are strange", func() bool { return a.Counts().Strange == 2 })
	if !f.Feed("\x80\x00\x00\x00") {
		t.Fatal("not fed")
	}
	if from, m := next(e); from != honest.at || !bytes.Equal(m, []byte{0x80, 0, 0, 0}) || !quiet(t, e) {
		t.Errorf("%x came from %v", m, from)
	}
	honest.send(t, record(1, "x"))
	if _, m := next(e); !bytes.Equal(m, record(1, "x")) {
		t.Errorf("premise: %x came from the peer", m)
	}
	for f.Feed("x") {
	}
	if e.queue.n != maxQueued {
		t.Errorf("%d wait", e.queue.n)
	}
	f.Close()
	if f.Feed("x") {
		t.Error("fed to a closed flow")
	}
}

// TestNoAllocationPerPacket: after warming up neither way allocates.
func TestNoAllocationPerPacket(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	_, ea := flow(t, a, "a", "b")
	_, eb := flow(t, b, "b", "a")
	if _, err := eb.WriteToAddrPort(record(1, "x"), at(a)); err != nil {
		t.Fatal(err)
	}
	msg, buf := record(1, "move"), make([]byte, 1500)
	send := func() {
		if _, err := ea.WriteToAddrPort(msg, at(b)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := eb.ReadFromAddrPort(buf); err != nil {
			t.Fatal(err)
		}
	}
	for range precious {
		if _, err := ea.WriteToAddrPort(msg, at(b)); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, ea, eb)
	if n := testing.AllocsPerRun(500, send); n >= 1 {
		t.Errorf("%v allocations per packet", n)
	}
}

// TestEncryptedWaitsForItsHandshake: what an older connection between the same two
// sockets still encrypts goes to that one, and to the younger one not before it is
// told that such is to come; pion would keep it in a buffer that is written over.
func TestEncryptedWaitsForItsHandshake(t *testing.T) {
	a, b := open(t, Config{}), open(t, Config{})
	older, older2 := flow(t, a, "a1", "b1")
	flow(t, b, "b1", "a1")
	younger, young := flow(t, a, "a2", "b2")
	younger.secret = false
	for _, f := range []*Flow{older, younger} {
		if !f.Check(at(b)) || !f.Choose(at(b)) {
			t.Fatal("no check was sent")
		}
	}
	send := func(m []byte) {
		t.Helper()
		if !b.Send(m, at(a)) {
			t.Fatal("not sent")
		}
	}
	for i := range maxEarly + 3 {
		send(record(1, string(rune('a'+i))))
	}
	if _, m := next(older2); !bytes.Equal(m, record(1, "a")) {
		t.Errorf("the older connection got %q", m)
	}
	if !quiet(t, young) || len(younger.early) != maxEarly || a.Counts().Over != 3 {
		t.Errorf("%d packets wait, %d were too many", len(younger.early), a.Counts().Over)
	}
	hello := record(0, "hello")
	send(hello)
	if _, m := next(young); !bytes.Equal(m, hello) || !quiet(t, young) {
		t.Errorf("the younger connection got %q", m)
	}
	last := append(record(0, "exchange"), record(0, "x")...)
	last[len(hello)+len("exchange")-len("hello")] = 20 // ChangeCipherSpec
	last = append(last, record(1, "finished")...)
	send(last)
	if _, m := next(young); !bytes.Equal(m, last) {
		t.Errorf("the younger connection got %q", m)
	}
	for i := range maxEarly {
		if _, m := next(young); !bytes.Equal(m, record(1, string(rune('a'+i)))) {
			t.Errorf("the younger connection got %q after its handshake", m)
		}
	}
	send(record(1, "more"))
	if _, m := next(young); !bytes.Equal(m, record(1, "more")) {
		t.Errorf("the younger connection got %q", m)
	}
	third := a.Flow("a3")
	third.early = append(third.early, spare())
	third.Close()
	if third.early != nil {
		t.Error("a closed flow keeps packets")
	}
}
