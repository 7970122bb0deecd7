//go:build !js

package mesh

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// otherPrint is a description with another certificate's fingerprint.
func otherPrint(sdp string) string {
	head, tail, ok := strings.Cut(sdp, "a=fingerprint:sha-256 ")
	if !ok {
		panic("no fingerprint in " + sdp)
	}
	first := "00"
	if tail[:2] == first {
		first = "01"
	}
	return head + "a=fingerprint:sha-256 " + first + tail[2:]
}

func mustPrint(sdp string) [32]byte {
	sum, _, err := letter.ReadSDP(sdp)
	if err != nil {
		panic(err)
	}
	return sum
}

// TestForgedOffersAndAnswersMakeNoLink tampers with one kind of letter between
// two of three players, until told to stop. The two never link, the receiver is
// told what was wrong, the third notices nothing, and all is well afterwards.
func TestForgedOffersAndAnswersMakeNoLink(t *testing.T) {
	forgeries := []struct {
		name   string
		tamper func(l *letter.Letter)
		field  string
	}{
		{"fingerprint in the description", func(l *letter.Letter) { l.SDP = otherPrint(l.SDP) }, "fingerprint"},
		{"fingerprint everywhere", func(l *letter.Letter) { l.SDP = otherPrint(l.SDP); l.Fingerprint = mustPrint(l.SDP) }, "signature"},
		{"signature stripped", func(l *letter.Letter) { l.Sig = [64]byte{} }, "signature"},
		{"signed by another", func(l *letter.Letter) { copy(l.Sig[:], testKey(77).Sign([]byte("x"))) }, "signature"},
		{"user fragment", func(l *letter.Letter) { l.Ufrag += "x" }, "ufrag"},
		{"another password", func(l *letter.Letter) { l.SDP = strings.Replace(l.SDP, "a=ice-pwd:", "a=ice-pwd:x", 1) }, "signature"},
		{"two fingerprints", func(l *letter.Letter) {
			line := l.SDP[strings.Index(l.SDP, "a=fingerprint"):]
			l.SDP += line[:strings.Index(line, "\n")+1]
		}, "description"},
		{"longer life", func(l *letter.Letter) { l.Lifetime *= 2 }, "signature"},
		{"no life", func(l *letter.Letter) { l.Lifetime = 0 }, "signature"}, // it takes no time here, so it is not too old
	}
	for _, kind := range []letter.Kind{letter.Offer, letter.Answer} {
		for _, f := range forgeries {
			name := map[letter.Kind]string{letter.Offer: "offer", letter.Answer: "answer"}[kind] + ", " + f.name
			t.Run(name, func(t *testing.T) {
				inLab(t, 3, 1, func(t *testing.T, x *field) {
					from, to := x.keys[0].ID(), x.keys[1].ID()
					if kind == letter.Answer {
						from, to = to, from
					}
					var mu sync.Mutex
					tampered := 0
					x.hub.setTap(func(a, b peer.ID, text []byte) [][]byte {
						l, err := letter.Parse(text)
						if err == nil && a == from && b == to && l.Kind == kind {
							f.tamper(&l)
							text = l.Append(nil)
							mu.Lock()
							tampered++
							mu.Unlock()
						}
						return [][]byte{text}
					})
					ms := map[peer.ID]*Mesh{}
					for _, k := range x.keys {
						ms[k.ID()] = x.enter(Config{noCouriers: true})
					}
					victim, third := ms[to], ms[x.keys[2].ID()]
					var seen []Event
					x.within(time.Second, "the third player's links", func() bool {
						return third.Path(from).Direct && third.Path(to).Direct
					})
					// What is refused is tried again after seconds.
					x.within(patience, "two forgeries", func() bool {
						return has(victim, &seen, func(e *ForgedError) bool { return true }) && victim.Stats().Forged >= 2
					})
					for _, e := range seen {
						if e, ok := e.(*ForgedError); ok && (e.From != from || e.Field != f.field) {
							t.Errorf("told %v; want field %s of %s", e, f.field, from.Short())
						}
					}
					if victim.Path(from).Direct || ms[from].Path(to).Direct {
						t.Error("a forgery made a link")
					}
					mu.Lock()
					if tampered < 2 {
						t.Errorf("only %d letters were tampered with", tampered)
					}
					mu.Unlock()
					x.hub.setTap(nil)
					x.within(patience, "a link", x.allDirect)
					for e := range third.Events() {
						if u, ok := e.(Unlinked); ok {
							t.Errorf("the third player was disturbed: %v", u)
						}
					}
				})
			})
		}
	}
}

// TestReplaysMakeNoLink plays old offers to the one who got them first.
func TestReplaysMakeNoLink(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	var mu sync.Mutex
	var offers [][]byte
	h.setTap(func(_, _ peer.ID, text []byte) [][]byte {
		if l, err := letter.Parse(text); err == nil && l.Kind == letter.Offer {
			mu.Lock()
			offers = append(offers, text)
			mu.Unlock()
		}
		return [][]byte{text}
	})
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	mu.Lock()
	first := offers[0]
	mu.Unlock()
	var seen []Event
	// The offer of the present connection again: a carrier may repeat itself.
	stale := b.Stats().StaleLetters
	h.inject(a.Self(), b.Self(), first)
	eventually(t, "the copy", func() bool { return b.Stats().StaleLetters > stale })
	if has(b, &seen, func(*ForgedError) bool { return true }) {
		t.Errorf("a second copy is called forged: %v", seen)
	}
	// After another connection it is a replay.
	breakWay(b, a)
	eventually(t, "another connection", func() bool { mu.Lock(); defer mu.Unlock(); return len(offers) > 1 })
	linked(t, a, b)
	session := func() letter.Nonce {
		l := b.link(a.Self())
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.active.session
	}
	now := session()
	for range 100 {
		h.inject(a.Self(), b.Self(), first)
	}
	eventually(t, "event", func() bool {
		return has(b, &seen, func(e *ForgedError) bool { return e.From == a.Self() && e.Field == "nonce" })
	})
	if session() != now || b.State(a.Self()) != peer.Linked || a.State(b.Self()) != peer.Linked {
		t.Error("replays disturbed the link")
	}
	// And so it is to the next process, which it is not even addressed to.
	b.Close()
	next := open(t, h, keys[1])
	h.inject(a.Self(), next.Self(), first)
	linked(t, a, next)
	l, _ := letter.Parse(first)
	l.To = next.incarnation
	h.inject(a.Self(), next.Self(), l.Append(nil))
	eventually(t, "event", func() bool { return has(next, &seen, func(e *ForgedError) bool { return e.Field == "nonce" }) })
}

func TestOldOfferExpires(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	clock := newSkewed()
	h.setTap(func(_, _ peer.ID, text []byte) [][]byte {
		if l, err := letter.Parse(text); err == nil && l.Kind == letter.Offer {
			clock.forward(offerLifetime + time.Second)
		}
		return [][]byte{text}
	})
	a := open(t, h, keys[0])
	b := openWith(t, h, keys[1], Config{Loopback: true, clock: clock.now})
	var seen []Event
	eventually(t, "event", func() bool { return has(b, &seen, func(e *ForgedError) bool { return e.Field == "expiry" }) })
	if b.State(a.Self()) == peer.Linked {
		t.Error("an expired offer made a link")
	}
	h.setTap(nil)
	linked(t, a, b)
}

// TestSwappedPeers gives an offer that was made for one player to another, with
// all that is not signed made to fit, and an answer in another's name.
func TestSwappedPeers(t *testing.T) {
	h, keys := newHub(), keysInOrder(3)
	a, b, c := keys[0].ID(), keys[1].ID(), keys[2].ID()
	var mu sync.Mutex
	var challenge letter.Nonce // c's for a
	var incarnation uint64
	h.setTap(func(from, to peer.ID, text []byte) [][]byte {
		l, err := letter.Parse(text)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
		case from == c && to == a && l.Kind == letter.Hello:
			challenge, incarnation = l.Nonce, l.From
			return nil
		case from == a && to == b && l.Kind == letter.Offer && incarnation != 0:
			l.To, l.Echo = incarnation, challenge
			go h.inject(a, c, l.Append(nil))
			return nil
		case from == b && to == a && l.Kind == letter.Answer:
			go h.inject(c, a, text)
			return nil
		}
		return [][]byte{text}
	})
	ms := map[peer.ID]*Mesh{}
	for _, k := range slices.Backward(keys) {
		ms[k.ID()] = open(t, h, k)
	}
	var seen []Event
	eventually(t, "event", func() bool {
		return has(ms[c], &seen, func(e *ForgedError) bool { return e.From == a && e.Field == "signature" })
	})
	if ms[c].State(a) == peer.Linked || ms[a].State(c) == peer.Linked {
		t.Error("a swapped offer made a link")
	}
	h.setTap(nil)
	linked(t, ms[a], ms[b], ms[c])
}

// TestBadSignaturesAreLimited floods with offers that carry the right challenge
// and a bad signature.
func TestBadSignaturesAreLimited(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	var mu sync.Mutex
	var offer *letter.Letter
	h.setTap(func(_, _ peer.ID, text []byte) [][]byte {
		if l, err := letter.Parse(text); err == nil && l.Kind == letter.Offer {
			mu.Lock()
			defer mu.Unlock()
			offer = &l
			return nil
		}
		return [][]byte{text}
	})
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	eventually(t, "an offer", func() bool { mu.Lock(); defer mu.Unlock(); return offer != nil })
	mu.Lock()
	bad := *offer
	mu.Unlock()
	bad.Sig[0] ^= 1
	text := bad.Append(nil)
	const n = 1000
	for range n {
		h.inject(a.Self(), b.Self(), text)
	}
	eventually(t, "limit", func() bool { return b.Stats().FloodedLetters >= n-100 })
	if f := b.Stats().Forged; f > 3*courier.Most {
		t.Errorf("%d signatures were verified", f)
	}
	h.setTap(nil)
	linked(t, a, b)
}

func TestForgedErrorIsAnError(t *testing.T) {
	var err error = &ForgedError{From: testKey(1).ID(), Field: "fingerprint"}
	var forged *ForgedError
	if !errors.As(err, &forged) || !strings.Contains(err.Error(), "fingerprint") || !strings.Contains(err.Error(), testKey(1).ID().Short()) {
		t.Error(err)
	}
}
