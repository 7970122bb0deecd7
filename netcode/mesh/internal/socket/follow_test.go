//go:build !js

package socket

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// appendAnswer writes the answer to a request as ICE does.
func appendAnswer(b []byte, request []byte, s *signer) []byte {
	b = append(b, request[:stunHead]...)
	binary.BigEndian.PutUint16(b, bindingSuccess)
	b = appendAttribute(b, 0x0020, make([]byte, 8)) // XOR-MAPPED-ADDRESS, which nobody reads here
	b = appendAttribute(b, attrIntegrity, s.sign(b))
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-stunHead+8))
	sum := crc32.ChecksumIEEE(b) ^ fingerprintXOR
	b = binary.BigEndian.AppendUint16(b, attrFingerprint)
	return binary.BigEndian.AppendUint32(append(b, 0, 4), sum)
}

// answer reads the request that a set sent to a peer, and answers it.
func answer(t *testing.T, s *Set, e *end, to netip.AddrPort, password string) {
	t.Helper()
	_, ask := next(e)
	if ask == nil || !isSTUN(ask) || !isRequest(ask) {
		t.Fatalf("got %x, want a request", ask)
	}
	if !s.Send(appendAnswer(nil, ask, newSigner(password)), to) {
		t.Fatal("no answer was sent")
	}
	settle(t, to)
}

// thief is a socket of somebody who has no password, or a wrong one.
type thief struct {
	*net.UDPConn
	at, set netip.AddrPort
}

func newThief(t *testing.T, s *Set) thief {
	t.Helper()
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(at(s)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return thief{c, c.LocalAddr().(*net.UDPAddr).AddrPort(), at(s)}
}

// send sends b and waits until it is there.
func (c thief) send(t *testing.T, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
	settle(t, c.set)
}

// read returns what has come, or comes within a moment; nil if nothing does.
func (c thief) read(t *testing.T) []byte {
	t.Helper()
	b := make([]byte, 1500)
	if err := c.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(b)
	if err != nil {
		return nil
	}
	return b[:n]
}

// TestCapturedCheckMovesNothing: a request that a peer sent, and somebody
// captured, gets its sender neither packets nor a say in where the peer is.
// Neither what was delivered before nor what was held back does.
func TestCapturedCheckMovesNothing(t *testing.T) {
	var clock atomic.Int64
	a := open(t, Config{Now: func() time.Duration { return time.Duration(clock.Load()) }})
	f, e := flow(t, a, "a", "b")
	honest, thief := newThief(t, a), newThief(t, a)
	out := newSigner("password-of-a")
	captured := appendCheck(nil, out, "a:b", true, 1)
	honest.send(t, captured)
	if _, m := next(e); !bytes.Equal(m, captured) || !f.Choose(honest.at) || !f.Check(honest.at) {
		t.Fatal("the peer is not there")
	}
	clock.Add(int64(mute))
	for range 3 {
		thief.send(t, captured)
		clock.Add(int64(mute))
	}
	if to, moves := f.Remote(); to != honest.at || moves != 0 {
		t.Errorf("a captured request moved it to %v", to)
	}
	if n := f.Silent(); n != 4*mute {
		t.Errorf("silent for %v after captured requests, want %v", n, 4*mute)
	}
	if n := a.Counts().Forged; n != 3 || !quiet(t, e) || thief.read(t) != nil {
		t.Errorf("captured requests are taken: %d refused", n)
	}
	// The peer's own repetition is no reason to refuse it, and proves nothing.
	honest.send(t, captured)
	if _, m := next(e); !bytes.Equal(m, captured) || f.Silent() < 4*mute {
		t.Error("a repetition from the same address is refused, or believed")
	}
	// One that was held back is new: the thief is asked, and knows no answer.
	thief.send(t, appendCheck(nil, out, "a:b", true, 1))
	ask := thief.read(t)
	if ask == nil || !isRequest(ask) {
		t.Fatalf("it was not asked: %x", ask)
	}
	thief.send(t, appendAnswer(nil, ask, newSigner("guessed")))
	bare := bytes.Clone(ask[:stunHead])
	binary.BigEndian.PutUint16(bare, bindingSuccess)
	binary.BigEndian.PutUint16(bare[2:], 0)
	thief.send(t, bare)
	if to, moves := f.Remote(); to != honest.at || moves != 0 {
		t.Errorf("without a signed answer it moved to %v", to)
	}
	if n := a.Counts().Forged; n != 5 {
		t.Errorf("%d were refused, want 5", n)
	}
	// Right, but too late; and right, but meanwhile the peer is there again.
	clock.Add(int64(probeFor))
	thief.send(t, appendAnswer(nil, ask, newSigner("password-of-b")))
	thief.send(t, appendCheck(nil, out, "a:b", true, 1))
	if ask = thief.read(t); ask == nil {
		t.Fatal("it was not asked")
	}
	honest.send(t, record(1, "here"))
	thief.send(t, appendAnswer(nil, ask, newSigner("password-of-b")))
	if to, moves := f.Remote(); to != honest.at || moves != 0 {
		t.Errorf("it moved to %v", to)
	}
}

// TestFlowGoesBack: who knows the passwords, as the carrier of letters does, can
// move a flow while its peer is silent. It goes back with the first packet of
// that peer, and is not to be moved by packets alone.
func TestFlowGoesBack(t *testing.T) {
	var clock atomic.Int64
	a := open(t, Config{Now: func() time.Duration { return time.Duration(clock.Load()) }})
	f, e := flow(t, a, "a", "b")
	honest, thief := newThief(t, a), newThief(t, a)
	out := newSigner("password-of-a")
	honest.send(t, appendCheck(nil, out, "a:b", true, 1))
	if !f.Choose(honest.at) || !f.Check(honest.at) {
		t.Fatal("the peer is not there")
	}
	clock.Add(int64(mute))
	thief.send(t, appendCheck(nil, out, "a:b", true, 1))
	ask := thief.read(t)
	if ask == nil {
		t.Fatal("it was not asked")
	}
	thief.send(t, appendAnswer(nil, ask, newSigner("password-of-b")))
	if to, _ := f.Remote(); to != thief.at {
		t.Fatalf("premise: it is at %v, not with who knows the passwords", to)
	}
	drain(t, e)
	honest.send(t, record(1, "I am here"))
	if to, _ := f.Remote(); to != honest.at {
		t.Errorf("it is at %v, want it back", to)
	}
	if from, m := next(e); from != honest.at || !bytes.Equal(m, record(1, "I am here")) {
		t.Errorf("got %q from %v", m, from)
	}
	clock.Add(int64(mute))
	thief.send(t, record(1, "no, here"))
	if to, moves := f.Remote(); to != honest.at || moves != 2 {
		t.Errorf("it is at %v after %d moves", to, moves)
	}
}
