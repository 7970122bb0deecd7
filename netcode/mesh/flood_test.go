//go:build !js

package mesh

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestFloodOfOneCourier: with the server dead, a member floods two players with
// letters in each other's names that have bad signatures, while their connection
// breaks. An honest member carries the letters of the repair, and they are read.
func TestFloodOfOneCourier(t *testing.T) {
	inLab(t, 4, 1, func(t *testing.T, x *field) {
		x.enterAll(4)
		a, b, m := x.ms[0], x.ms[1], x.ms[3]
		time.Sleep(2 * time.Second)
		x.hub.setTap(func(_, _ peer.ID, _ []byte) [][]byte { return nil })
		first := a.link(b.Self()).active
		var stop atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			id := a.Self()
			for !stop.Load() {
				// Restarts of that connection, with a challenge there is not: the cheapest
				// letter that gets as far as the budget.
				l := letter.Letter{Kind: letter.Restart, From: a.incarnation, To: b.incarnation, Nonce: letter.NewNonce(), Echo: first.session, Lifetime: offerLifetime}
				m.link(b.Self()).hand(append(append([]byte{forwardedMark}, id[:]...), l.Append(nil)...))
				time.Sleep(10 * time.Millisecond)
			}
		}()
		time.Sleep(3 * time.Second)
		flooded := b.Stats().FloodedLetters
		if flooded == 0 {
			t.Error("premise: nothing was too much")
		}
		if err := a.Restart(b.Self()); err != nil {
			t.Error(err)
		}
		second := b.link(a.Self()).active
		flow := flowOf(b, second)
		start := time.Now()
		for flowOf(b, second) == flow && time.Since(start) < 3*time.Second {
			time.Sleep(5 * time.Millisecond)
		}
		took := time.Since(start)
		in := collect(b, peer.Moves)
		for range 100 {
			_ = a.Send(b.Self(), peer.Moves, []byte("m"))
			time.Sleep(10 * time.Millisecond)
		}
		stop.Store(true)
		<-done
		t.Logf("%d letters were too many; another flow after %v", b.Stats().FloodedLetters, took)
		if flowOf(b, second) == flow || in.len() < 85 || took > 300*time.Millisecond || a.link(b.Self()).active != first {
			t.Errorf("the repair took %v: %d moves of 100 arrived", took, in.len())
		}
	})
}
