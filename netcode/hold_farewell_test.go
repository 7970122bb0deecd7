package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// lossy is a bad network on which much that is said once is lost.
var lossy = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 40 * time.Millisecond, Loss: weather.Percent(15)}

// TestFarewell: a player leaves over a bad network while the match stands, and
// knows soon that all others hold its last moves, though what they hold does not
// grow any more and each acknowledgement of it may be lost.
func TestFarewell(t *testing.T) {
	var took series
	matches, stalls := 0, int64(0)
	seeds.Each(t, 100, func(t *testing.T, seed uint64) {
		v := newVigil(seed, 4, seed%2 == 0, lossy)
		v.begin(t, 40)
		// One is not heard for a moment, so that the others stand.
		quiet, goes := int(seed%4), int(seed+1+seed/4%3)%4
		for o := range v.heirs {
			if o != quiet {
				v.mute(quiet, o, 400*time.Millisecond)
			}
		}
		v.net.RunFor(350 * time.Millisecond)
		h := v.heirs[goes]
		stalls += h.sess.Stats().StalledTicks
		settled := h.game.settled
		h.sess.Leave()
		from := v.net.Now()
		v.until(t, "it may go", 550*time.Millisecond, func() bool { return h.sess.Stats().Phase == netcode.Over })
		took.add(v.net.Now() - from)
		h.dead, h.game.settled = true, settled // it steps nothing any more, and repairs nothing
		v.inherit(t, 3*time.Second)
		matches++
	})
	t.Logf("%d matches that stood for %d ticks; who left knew after %v", matches, stalls, &took)
	if stalls < int64(matches) {
		t.Errorf("only %d stalls in %d matches", stalls, matches)
	}
}
