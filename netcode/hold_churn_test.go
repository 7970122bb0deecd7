package netcode_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// churn is how long [TestChurn] goes on: in rounds of 30 s of match. The log for
// latecomers is full after the warm rounds; a new process cannot come from then
// on, for it would begin at frame 0.
type churn struct {
	rounds, warm, restarts int
	archive                int     // bytes
	allowed                float64 // percent
}

var (
	// With few rounds a slice that grows once shows: 64 KiB are a percent.
	quickChurn = churn{rounds: 12, warm: 6, restarts: 2, archive: 128 << 10, allowed: 4}
	longChurn  = churn{rounds: 240, warm: 48, restarts: 14, archive: 512 << 10, allowed: 1}
)

// TestChurn: eight players for two hours (six minutes in the quick test), one of
// whom is always away: blacked out, restarted as a new process, asleep or
// hidden; one leaves at the end. After everything has happened once the heap does
// not grow, all others play on, and who comes back has their history.
// TUTTI_LONG=1 runs all of it.
func TestChurn(t *testing.T) {
	c := quickChurn
	if os.Getenv("TUTTI_LONG") != "" {
		c = longChurn
	}
	const round = 30 * time.Second
	s := newScene(8, simnet.Config{Seed: 1, Weather: ordinary}, netcode.Config{ArchiveBytes: c.archive}, asIs)
	quiet := func() {
		for _, p := range s.players {
			p.game.quiet = true
		}
	}
	quiet()
	s.runTo(t, 100, 10*time.Second)
	dice := weather.NewDice(1)
	var base, last uint64
	var back series
	for n := range c.rounds {
		x := int(dice.Below(8))
		p := s.players[x]
		limit := 12 * time.Second
		away := 2*time.Second + time.Duration(dice.Below(uint64(3*time.Second)))
		switch way := n % 4; {
		case way == 1 && n < c.restarts:
			limit += s.net.Now() // it has all of the match to step
			s.enter(x, uint64(n), s.links[x])
			quiet()
			s.net.RunFor(2 * time.Second)
		case way < 2:
			s.isolate(p, true)
			s.net.RunFor(away)
			s.isolate(p, false)
		case way == 2:
			s.net.Freeze(p.id)
			s.net.RunFor(away)
			s.net.Thaw(p.id)
		default:
			s.notes[x].hidden = true
			s.net.RunFor(away)
			s.notes[x].hidden = false
		}
		back.add(s.mustBeWhole(t, limit))
		for _, p := range s.players {
			p.events = nil // the test's own memory
		}
		for i := range s.notes {
			s.notes[i].when = nil
		}
		if spent := s.net.Now() % round; spent > 0 {
			s.net.RunFor(round - spent)
		}
		last = heapAfterGC()
		if n == c.warm-1 {
			base = last
		}
	}
	grown := 100 * (float64(last) - float64(base)) / float64(base)
	t.Logf("%v of match, %d KiB after warming up, %d KiB at the end: %+.2f %%; all played again after %v", s.net.Now(), base>>10, last>>10, grown, &back)
	if grown > c.allowed {
		t.Errorf("the heap grew by %.2f %%, more than %v %%", grown, c.allowed)
	}
	hash, frame := uint64(0), netcode.Frame(0)
	for i, p := range s.players {
		st := p.sess.Stats()
		if st.Desynced || p.game.bad != nil || st.Confirmed < netcode.Frame(s.net.Now()/p60)*8/10 {
			t.Errorf("player %d: %v, %v", i, st, p.game.bad)
		}
		if i == 0 || st.HashFrame == frame && st.Hash != hash {
			if i > 0 {
				t.Errorf("player %d hashed %016x before frame %d, the first %016x", i, st.Hash, frame, hash)
			}
			hash, frame = st.Hash, st.HashFrame
		}
	}
	x := s.players[3]
	x.sess.Leave()
	s.net.RunFor(2 * time.Second)
	if st := x.sess.Stats(); st.Phase != netcode.Over {
		t.Errorf("who left is %v", st.Phase)
	}
	x.dead = true
	for i, p := range s.players {
		if l := find[netcode.Left](p); p != x && (len(l) != 1 || l[0].Peer != x.id) {
			t.Errorf("player %d: %v", i, p.events)
		}
	}
}

func heapAfterGC() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one has freed is swept now
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
