//go:build !js

package socket

import (
	"testing"

	"github.com/pion/stun/v4"
)

// TestCheckIsWhatPionReads holds our requests against the stack's own reader.
func TestCheckIsWhatPionReads(t *testing.T) {
	b := appendCheck(nil, newSigner("secret"), "theirs:ours", true, 42)
	m := &stun.Message{Raw: b}
	if err := m.Decode(); err != nil {
		t.Fatal(err)
	}
	if err := stun.NewShortTermIntegrity("secret").Check(m); err != nil {
		t.Error(err)
	}
	if err := stun.Fingerprint.Check(m); err != nil {
		t.Error(err)
	}
	if name, err := m.Get(stun.AttrUsername); err != nil || string(name) != "theirs:ours" {
		t.Errorf("%q %v", name, err)
	}
	if !m.Contains(stun.AttrICEControlling) || !m.Contains(stun.AttrPriority) || m.Type != stun.BindingRequest {
		t.Errorf("%v", m)
	}
	// And theirs against ours.
	theirs, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("ours:theirs"),
		stun.NewShortTermIntegrity("secret"), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := parseCheck(theirs.Raw)
	if !ok || string(c.ours) != "ours" || string(c.theirs) != "theirs" || !isSTUN(theirs.Raw) || !isRequest(theirs.Raw) {
		t.Fatalf("%v %+v", ok, c)
	}
	if !newSigner("secret").good(&c) || newSigner("Secret").good(&c) {
		t.Error("the integrity is not what it is")
	}
}

// FuzzTake lets anybody send anything to a set with two flows.
func FuzzTake(f *testing.F) {
	f.Add(appendCheck(nil, newSigner("password-of-a"), "a:b", true, 1))
	f.Add(appendCheck(nil, newSigner("x"), "a:b", false, 1))
	f.Add(record(0, "hello"))
	f.Add(record(1, "hello"))
	f.Add([]byte{Knock})
	f.Add([]byte{0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 255, 255, 0, 0, 0, 0})
	f.Add([]byte{1, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0x20, 0, 0}) // W16
	s := open(f, Config{})
	_, a := flow(f, s, "a", "b")
	fb, b := flow(f, s, "b2", "a")
	fb.Choose(at(s))
	s.mu.Lock()
	s.bind(a.flow, at(s))
	s.bind(fb, at(s))
	s.mu.Unlock()
	f.Fuzz(func(t *testing.T, msg []byte) {
		if len(msg) > packetSize {
			return
		}
		p := spare()
		p.n, p.from = copy(p.data[:], msg), at(s)
		if !s.take(p) {
			p.free()
		}
		for _, e := range []*end{a, b} {
			for p := e.queue.take(); p != nil; p = e.queue.take() {
				p.free()
			}
		}
	})
}
