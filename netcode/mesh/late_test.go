//go:build !js

package mesh

import (
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestLateOffer: an offer is under way for a second, as from a page that does not
// get to it, while more numbers are asked for and drawn. It makes a link, and nobody
// is called a forger; nor when a member brings another copy of it long after.
func TestLateOffer(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		var mu sync.Mutex
		var held [][]byte
		var hellos int
		x.hub.setTap(func(from, _ peer.ID, text []byte) [][]byte {
			mu.Lock()
			defer mu.Unlock()
			l, err := letter.Parse(text)
			switch {
			case err == nil && l.Kind == letter.Hello && from == x.keys[1].ID():
				if hellos++; len(held) > 0 {
					return nil // A does not get to it
				}
			case from == x.keys[0].ID() && (len(held) > 0 || l.Kind == letter.Offer):
				held = append(held, text)
				return nil
			}
			return [][]byte{text}
		})
		a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
		x.within(time.Second, "an offer", func() bool { mu.Lock(); defer mu.Unlock(); return len(held) > 0 })
		mu.Lock()
		before := hellos
		mu.Unlock()
		for range 8 {
			l := letter.Letter{Kind: letter.Hello, Ask: true, From: a.incarnation, To: b.incarnation}
			x.hub.inject(a.Self(), b.Self(), l.Append(nil))
			time.Sleep(110 * time.Millisecond)
		}
		x.hub.setTap(nil)
		mu.Lock()
		drawn := hellos - before
		mu.Unlock()
		if drawn < 8 {
			t.Fatalf("premise: %d numbers were drawn meanwhile", drawn)
		}
		for _, text := range held {
			x.hub.inject(a.Self(), b.Self(), text)
		}
		x.within(500*time.Millisecond, "a link", x.allDirect)
		// Another connection, so that the offer is not of the one that there is; and
		// time enough that copies are not known by their text.
		time.Sleep(11 * time.Second)
		breakWay(b, a)
		x.within(3*time.Second, "another connection", x.allDirect)
		stale := b.Stats().StaleLetters
		for range 3 {
			b.take(testKey(7).ID(), a.Self(), held[0])
		}
		x.within(time.Second, "the copies", func() bool { return b.Stats().StaleLetters >= stale+1 })
		if n := a.Stats().Forged + b.Stats().Forged; n != 0 {
			t.Errorf("%d letters were called forged", n)
		}
	})
}

// TestLetterOfAnEarlierProcess: a hello of a process that another one took the place
// of is stale: nothing is offered to it.
func TestLetterOfAnEarlierProcess(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
		x.within(3*time.Second, "direct", x.allDirect)
		before := b.incarnation
		a.link(b.Self()).mu.Lock()
		a.link(b.Self()).retired.Add(before + 1) // it came and went
		a.link(b.Self()).mu.Unlock()
		var mu sync.Mutex
		offers := 0
		x.hub.setTap(func(from, _ peer.ID, text []byte) [][]byte {
			if l, err := letter.Parse(text); err == nil && l.Kind == letter.Offer && from == a.Self() {
				mu.Lock()
				offers++
				mu.Unlock()
			}
			return [][]byte{text}
		})
		time.Sleep(2 * time.Second)
		for i, process := range []uint64{before + 1, before + 2} {
			stale := a.Stats().StaleLetters
			l := letter.Letter{Kind: letter.Hello, Want: true, From: process, To: a.incarnation, Nonce: letter.NewNonce()}
			x.hub.inject(b.Self(), a.Self(), l.Append(nil))
			time.Sleep(500 * time.Millisecond)
			mu.Lock()
			if n := a.Stats().StaleLetters - stale; n != int64(1-i) || offers != i {
				t.Errorf("process %d: %d letters were stale, %d offers", i, n, offers)
			}
			mu.Unlock()
		}
	})
}
