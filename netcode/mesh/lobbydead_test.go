//go:build !js

package mesh

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// kill makes the server carry no letter any more, and returns how many it lost
// so far.
func (h *hub) kill() (lost func() int) {
	var n atomic.Int64
	h.setTap(func(peer.ID, peer.ID, []byte) [][]byte { n.Add(1); return nil })
	return func() int { return int(n.Load()) }
}

// TestLobbyDead: the server dies in a match for a minute: no tick is lost, also
// when connections break meanwhile, which are made anew through a third member
// within a second.
func TestLobbyDead(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		tb := x.gather()
		defer tb.close()
		lost := x.hub.kill()
		tb.reset()
		from := tb.frame[0]
		start := time.Now()
		var worst time.Duration
		for i := range 6 {
			a, b := x.ms[i%3], x.ms[(i+1)%3]
			broke := time.Now()
			breakWay(a, b)
			for !a.Path(b.Self()).Direct || !b.Path(a.Self()).Direct {
				tb.run(time.Second / 60)
				if time.Since(broke) > 5*time.Second {
					t.Fatal("not mended within 5 s")
				}
			}
			worst = max(worst, time.Since(broke))
			tb.run(10*time.Second - time.Since(broke))
		}
		stall, gap := tb.worst()
		frames, most := int(tb.frame[0]-from), int(time.Since(start)*60/time.Second)
		t.Logf("a minute without the server: %d frames of %d, worst stall %v, %v without a move; 6 connections made anew within %v; the server lost %d letters",
			frames, most, stall, gap, worst, lost())
		if worst > time.Second {
			t.Error("too late")
		}
		if frames < most-2 || stall > 50*time.Millisecond {
			t.Error("ticks are lost")
		}
		if lost() == 0 {
			t.Error("nobody needed the server: nothing was tried")
		}
		for i, m := range x.ms {
			if st := m.Stats(); st.Forged+st.Junk+st.BadLetters != 0 {
				t.Errorf("player %d counts honest letters as bad: %+v", i, st)
			}
		}
	})
}
