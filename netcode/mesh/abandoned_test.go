//go:build !js

package mesh

import (
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestBulkOutlivesPausesOfItsWay: a way over which a bulk message is going in pieces
// is silent for so long that a third member takes its place, and comes back. What was
// under way of that message is neither taken for the next one nor for junk.
func TestBulkOutlivesPausesOfItsWay(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		x.lab.Weather(x.hosts[0], x.hosts[1], weather.Weather{Latency: 25 * time.Millisecond, Rate: 40_000})
		x.enterAll(3)
		a, b := x.ms[0], x.ms[1]
		var mu sync.Mutex
		came, mixed := map[byte]int{}, 0
		b.Bind(peer.Bulk, func(_ peer.ID, msg []byte) {
			mu.Lock()
			defer mu.Unlock()
			came[msg[0]]++
			for _, c := range msg {
				if c != msg[0] {
					mixed++
					return
				}
			}
		})
		way := a.link(b.Self()).active
		msg, sent, paused := make([]byte, peer.MaxMessage), 0, 0
		fill := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				for i := range msg {
					msg[i] = byte(sent)
				}
				if a.Send(b.Self(), peer.Bulk, msg) == nil {
					sent++
				}
				_ = a.Send(b.Self(), peer.Moves, []byte("m"))
				_ = b.Send(a.Self(), peer.Moves, []byte("m"))
			}
		}
		for range 4 {
			fill(2 * time.Second)
			before := sent
			x.lab.Cut(x.hosts[0], x.hosts[1])
			fill(1500 * time.Millisecond)
			if a.Path(b.Self()).RelayedBy == x.ms[2].Self() && sent > before {
				paused++
			}
			x.lab.Heal(x.hosts[0], x.hosts[1])
			x.within(2*time.Second, "direct again", x.allDirect)
		}
		all := func() bool { mu.Lock(); defer mu.Unlock(); return len(came) == sent }
		for end := time.Now().Add(time.Minute); !all() && time.Now().Before(end); {
			time.Sleep(100 * time.Millisecond) // what waits in the stack is the last to come
		}
		if paused < 4 {
			t.Errorf("premise: bulk went through the third player %d of 4 times", paused)
		}
		mu.Lock()
		defer mu.Unlock()
		refused := x.ms[2].Stats().OverBudget + x.ms[2].Stats().Undeliverable
		t.Logf("%d of %d messages came; %d were too much for the third player; %d pieces of junk", len(came), sent, refused, b.Stats().Junk)
		if mixed > 0 || b.Stats().Junk > 0 || a.link(b.Self()).active != way {
			t.Errorf("%d messages are mixed, %d pieces of junk, another way: %v", mixed, b.Stats().Junk, a.link(b.Self()).active != way)
		}
		for n, times := range came {
			if times > 1 {
				t.Errorf("message %d came %d times", n, times)
			}
		}
		if len(came) < sent || sent < 20 {
			t.Errorf("%d of %d messages came", len(came), sent)
		}
	})
}
