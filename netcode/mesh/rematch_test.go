//go:build !js

package mesh

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestRematchOverTheSameSockets makes new connections between the same two
// sockets, while the old ones are still being closed, as after a rematch and
// after a break: with pion's mux a tenth of them hung (PITFALLS W18).
func TestRematchOverTheSameSockets(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	portA, portB := a.platform.set.Hosts(), b.platform.set.Hosts()
	in := collect(b, peer.User)
	var worst time.Duration
	n := 0
	seeds.Each(t, 9, func(t *testing.T, seed uint64) {
		n++
		way := func() *way {
			l := a.link(b.Self())
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.active
		}
		before := way()
		start := time.Now()
		switch seed % 3 {
		case 0: // a break
			breakWay(a, b)
		case 1: // a rematch: another room, all links anew
			h.mu.Lock()
			h.room += "'"
			h.mu.Unlock()
		case 2: // a break at the other end
			breakWay(b, a)
		}
		eventually(t, "a new connection", func() bool {
			w := way()
			return w != nil && w != before && a.State(b.Self()) == peer.Linked && b.State(a.Self()) == peer.Linked
		})
		worst = max(worst, time.Since(start))
		mustSend(t, a, b.Self(), peer.User, []byte{1})
		got := in.len()
		eventually(t, "a message", func() bool { return in.len() > got || in.len() >= n })
	})
	t.Logf("%d of %d new connections, the slowest after %v", n, n, worst)
	for i, p := range a.platform.set.Hosts() {
		if p != portA[i] || b.platform.set.Hosts()[i] != portB[i] {
			t.Error("the sockets are not the same any more")
		}
	}
}
