package chat

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// mallory is in the room and sends what he likes.
type mallory struct {
	*guest
	number uint64
}

func (y *yard) mallory() *mallory {
	g := y.come(66)
	y.members = append(y.members, g.Self())
	return &mallory{guest: g}
}

// line returns mallory's next line as an honest envelope, to be spoiled.
func (m *mallory) line(text string) *envelope {
	m.number++
	return &envelope{life: 1, queue: 1, number: m.number, oldest: 1, letter: letter{seq: m.number, text: text}}
}

func (m *mallory) send(to *guest, b []byte) {
	m.t.Helper()
	if err := m.link.Send(to.Self(), peer.Chat, b); err != nil {
		m.t.Fatal(err)
	}
}

func TestTextIsCleanedOnReceipt(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal := y.enter(), y.mallory()
	for _, text := range []string{
		"a\n\x1b[2Jb\x00", "\u202eevil", "z" + strings.Repeat("\u0301", 100), strings.Repeat("x", 500), "\ufe0f\u200b", "",
	} {
		mal.send(bob, sealLine(mal.line(text)))
	}
	y.run(time.Second)
	bob.want("a [2Jb", "\u202eevil\u202c", "z\u0301\u0301\u0301", strings.Repeat("x", MaxGraphemes))
	if s := bob.chat.Stats(); s.Junk != 2 {
		t.Errorf("%+v", s)
	}
}

// Somebody who floods gets his share and no more; the others are heard.
func TestFlood(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal, ann := y.enter(), y.mallory(), y.enter()
	const d = 20 * time.Second
	for range d / (50 * time.Millisecond) {
		for range 20 {
			mal.send(bob, sealLine(mal.line(fmt.Sprint("spam ", mal.number))))
		}
		y.run(50 * time.Millisecond)
		if mal.number == 20*100 {
			ann.say("can you hear me?")
		}
	}
	most := linePace.burst + int(d/linePace.every) + 1
	if got := len(bob.from(mal.Self())); got == 0 || got > most {
		t.Errorf("%d lines of a flood of %d, want at most %d", got, mal.number, most)
	}
	if got := bob.from(ann.Self()); len(got) != 1 {
		t.Errorf("of ann came %q", got)
	}
	if s := bob.chat.Stats(); s.Limited < int64(mal.number)/2 {
		t.Errorf("%+v of %d", s, mal.number)
	}
}

// Lines with far numbers fill no memory, and wild ones do not come in at all.
func TestEarlyLinesAreBounded(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal := y.enter(), y.mallory()
	mal.number = 1 // the first never comes
	for range 1000 {
		mal.send(bob, sealLine(mal.line(strings.Repeat("x", 500))))
		y.run(50 * time.Millisecond)
	}
	if n := len(bob.chat.known(mal.Self()).early); n == 0 || n >= window {
		t.Errorf("%d lines wait", n)
	}
	for _, spoil := range []func(e *envelope){
		func(e *envelope) { e.number = 0 }, func(e *envelope) { e.oldest = 0 }, func(e *envelope) { e.oldest = e.number + 1 },
		func(e *envelope) { e.seq = 0 }, func(e *envelope) { e.scope = 9 }, func(e *envelope) { e.sig = make([]byte, 63) },
		func(e *envelope) { e.text = strings.Repeat("x", 501) }, func(e *envelope) { e.text = "\xff" },
		func(e *envelope) { e.seen = make([]seen, 9) }, func(e *envelope) { e.sig = make([]byte, 65) },
	} {
		e := mal.line("x")
		spoil(e)
		mal.send(bob, sealLine(e))
		y.run(100 * time.Millisecond)
	}
	if s := bob.chat.Stats(); s.Junk != 10 || s.Shown != 0 {
		t.Errorf("%+v", s)
	}
}

// Who sends junk is cut off, and it cost nobody else anything.
func TestJunkCutsOff(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal, ann := y.enter(), y.mallory(), y.enter()
	good := sealLine(mal.line("hello"))
	mal.send(bob, good)
	for n := range maxJunk {
		switch n % 4 {
		case 0:
			mal.send(bob, good[:n])
		case 1:
			mal.send(bob, bytes.Repeat([]byte{byte(n)}, peer.MaxMessage))
		case 2:
			mal.send(bob, wire.Seal(nil, wire.Header{Kind: 77}, good))
		case 3:
			mal.send(bob, good[:len(good)-8])
		}
	}
	mal.send(bob, sealLine(mal.line("and more")))
	ann.say("hi")
	y.run(time.Second)
	if got := fmt.Sprint(bob.texts()); got != "[hello hi]" && got != "[hi hello]" {
		t.Errorf("bob saw %s", got)
	}
	if s := bob.chat.Stats(); s.Junk != maxJunk || !bob.chat.known(mal.Self()).cut {
		t.Errorf("%+v", s)
	}
}

func TestStrangersAreNotHeard(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal := y.enter(), y.mallory()
	y.members = y.members[:1]
	mal.send(bob, sealLine(mal.line("let me in")))
	y.run(time.Second)
	if s := bob.chat.Stats(); s.Strangers != 1 || s.Shown != 0 || len(bob.chat.authors) != 0 {
		t.Errorf("%+v", s)
	}
}

// Acknowledgements of what was never sent, and calls for new queues without
// end, lose nothing and cost what the pace of mail allows.
func TestLyingReceiver(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	bob, mal, ann := y.enter(), y.mallory(), y.enter()
	got := 0
	mal.recv = func(from peer.ID, b []byte) {
		e, _, err := parse(b)
		if err != nil || e == nil {
			return
		}
		got++
		for _, h := range []have{{queue: e.queue, number: 1 << 63}, {queue: e.queue + 1, number: 1}, {queue: e.queue, lost: true}} {
			_ = mal.link.Send(from, peer.Chat, sealHave(h))
		}
	}
	const d = 30 * time.Second
	for i := range d / (3 * time.Second) {
		bob.say(fmt.Sprint(i))
		y.run(3 * time.Second)
	}
	if most := mailPace.burst + int(d/mailPace.every) + 1; got == 0 || got > most {
		t.Errorf("the liar got %d lines, want at most %d", got, most)
	}
	if lines := ann.from(bob.Self()); len(lines) != 10 {
		t.Errorf("ann saw %q", lines)
	}
}

// signing is a guest whose link signs, as lobby.Room does; a server stands
// between.
type signing struct {
	*guest
	room string
}

func (s *signing) Sign(msg []byte) []byte { return s.key.Sign(msg) }
func (s *signing) RoomID() string         { return s.room }

func (y *yard) enterSigning(room string) *signing {
	g := y.come(byte(len(y.guests) + 1))
	y.members = append(y.members, g.Self())
	s := &signing{g, room}
	g.chat = New(s, Config{Clock: y.clock})
	return s
}

func TestServerCannotForge(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann, bob := y.enterSigning("red"), y.enterSigning("red")
	elsewhere := y.enterSigning("blue")
	var captured []byte
	deliver := bob.recv
	bob.recv = func(from peer.ID, b []byte) {
		if e, _, _ := parse(b); e != nil && from == ann.Self() {
			captured = bytes.Clone(b)
			return // the server holds it back
		}
		deliver(from, b)
	}
	ann.say("gg")
	y.run(time.Second)
	if captured == nil {
		t.Fatal("premise: no line captured")
	}
	for name, spoil := range map[string]func(e *envelope){
		"text":     func(e *envelope) { e.text = "I resign" },
		"seq":      func(e *envelope) { e.seq++ },
		"life":     func(e *envelope) { e.life++ },
		"scope":    func(e *envelope) { e.scope = toOne },
		"seen":     func(e *envelope) { e.seen = []seen{{1, 2}} },
		"sig":      func(e *envelope) { e.sig[3] ^= 1 },
		"unsigned": func(e *envelope) { e.sig = nil },
	} {
		before := bob.chat.Stats()
		e, _, err := parse(captured)
		if err != nil {
			t.Fatal(err)
		}
		spoil(e)
		deliver(ann.Self(), sealLine(e))
		if after := bob.chat.Stats(); after.Forged != before.Forged+1 || after.Shown != before.Shown {
			t.Errorf("%s: %+v", name, after)
		}
	}
	elsewhere.recv(ann.Self(), captured)
	if s := elsewhere.chat.Stats(); s.Forged == 0 || s.Shown != 0 {
		t.Errorf("replayed in another room: %+v", s)
	}
	deliver(ann.Self(), captured)
	deliver(ann.Self(), captured)
	y.run(time.Second)
	bob.want("gg")
	if s := bob.chat.Stats(); s.Duplicates == 0 {
		t.Errorf("%+v", s)
	}
}

// FuzzReceive: whatever comes, nothing panics, what is shown is clean and
// memory is bounded.
func FuzzReceive(f *testing.F) {
	m := &mallory{}
	e := m.line("hello")
	e.seen = []seen{{1, 2}}
	e.sig = make([]byte, 64)
	f.Add(sealLine(e), sealHave(have{queue: 1, number: 1}))
	f.Add(sealLine(m.line("two")), sealLine(m.line("three")))
	f.Add(sealHave(have{lost: true}), []byte("junk"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		y := newYard(t, 1, weather.Weather{})
		bob, mal := y.enter(), y.mallory()
		bob.say("hi")
		for range 3 {
			for _, b := range [][]byte{first, second} {
				bob.recv(mal.Self(), b)
			}
			y.run(causal)
		}
		for _, l := range bob.seen {
			if l.Text == "" || len(l.Text) > MaxBytes || strings.ContainsFunc(l.Text, func(r rune) bool { return r < ' ' }) {
				t.Fatalf("%+v", l)
			}
		}
		if a := bob.chat.known(mal.Self()); a != nil && len(a.early)+len(a.held) > 2*window {
			t.Fatalf("%d lines wait", len(a.early)+len(a.held))
		}
	})
}
