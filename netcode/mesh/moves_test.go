//go:build !js

package mesh

import (
	"os"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// match is a lockstep session between two meshes of a laboratory, at 60 Hz.
type match struct {
	x        *field
	sessions []*netcode.Session[rope]
	wrote    [2][]time.Duration // by seat and frame: when its player wrote it
	came     [2][]time.Duration // and when the other one had it
	start    time.Time
}

func (x *field) match() *match {
	m := &match{x: x, start: time.Now()}
	seats := peer.NewMatch(5, []peer.ID{x.ms[0].Self(), x.ms[1].Self()}, nil)
	for _, mesh := range x.ms {
		m.sessions = append(m.sessions, netcode.New(&pull{}, mesh, netcode.Ready(seats), netcode.Config{
			Build: "test", Clock: m.now, MaxRollback: netcode.NoRollback,
		}))
	}
	return m
}

func (m *match) now() time.Duration { return time.Since(m.start) }

func (m *match) close() {
	for _, s := range m.sessions {
		s.Close()
	}
}

// lookEvery is how often a player's machine looks, so it is how exact the times
// are: a move is never there earlier than the test says.
const lookEvery = 2 * time.Millisecond

// play plays for so long.
func (m *match) play(d time.Duration) {
	m.x.t.Helper()
	for end := m.now() + d; m.now() < end; time.Sleep(lookEvery) {
		for _, s := range m.sessions {
			// The controls change some 14 times a second.
			if err := s.Tick(rope{int8(m.now() / (70 * time.Millisecond))}); err != nil {
				m.x.t.Fatal(err)
			}
			for range s.Events() {
			}
			st := s.Stats()
			if st.Phase != netcode.Running {
				continue
			}
			for seat := range 2 {
				times := &m.came[seat]
				if st.Seat[seat].Local {
					times = &m.wrote[seat]
				}
				for len(*times) < int(st.Seat[seat].Held) {
					*times = append(*times, m.now())
				}
			}
		}
	}
}

// datagrams returns how many the two sent so far.
func (m *match) datagrams() int64 {
	return m.sessions[0].Stats().MessagesOut + m.sessions[1].Stats().MessagesOut
}

// tally is what a while of a match was like.
type tally struct {
	moves     int
	late      int // not there within usable
	worst     time.Duration
	packets   int64
	datagrams int64
	lost      int64 // packets, by the weather
}

// usable is within what time a move must be at the other end.
const usable = 60 * time.Millisecond

// measure plays for so long and says what it was like.
func (m *match) measure(d time.Duration) (r tally) {
	m.x.t.Helper()
	from := [2]int{len(m.wrote[0]), len(m.wrote[1])}
	before, sent := m.x.lab.Counters(), m.datagrams()
	m.play(d)
	after := m.x.lab.Counters()
	r.packets, r.datagrams, r.lost = after.Sent-before.Sent, m.datagrams()-sent, after.Lost-before.Lost
	m.play(time.Second) // the last ones arrive
	for seat, first := range from {
		for f := first; f < first+int(d/gap60); f++ {
			took := time.Hour
			if f < len(m.came[seat]) {
				took = m.came[seat][f] - m.wrote[seat][f]
			}
			r.moves++
			r.worst = max(r.worst, took)
			if took > usable {
				r.late++
			}
		}
	}
	return r
}

func (r tally) perDatagram() float64 { return float64(r.packets) / float64(r.datagrams) }

func (r *tally) add(o tally) {
	r.moves, r.late, r.worst = r.moves+o.moves, r.late+o.late, max(r.worst, o.worst)
	r.packets, r.datagrams, r.lost = r.packets+o.packets, r.datagrams+o.datagrams, r.lost+o.lost
}

// inMatch runs f in a match of two under some weather. Where one is like a page it
// has no datagrams of our own.
func inMatch(t *testing.T, seed uint64, sky weather.Weather, page bool, f func(m *match)) {
	t.Helper()
	inLab(t, 2, seed, func(t *testing.T, x *field) {
		x.enter(Config{})
		x.enterOn(platform{plain: page}, Config{})
		x.within(3*time.Second, "linked", x.allLinked)
		m := x.match()
		defer m.close()
		m.play(3 * time.Second)
		x.lab.Weather(x.hosts[0], x.hosts[1], sky)
		m.play(2 * time.Second)
		f(m)
	})
}

// TestMovesAreUsableInTime: each move of a lockstep session is there within 60 ms
// of being written, 25 ms one way, however many packets are lost, because each
// datagram repeats what may be missing. And all that costs little more than the
// datagrams themselves.
//
// With a page moves go by SCTP, and two figures are worse: it acknowledges each
// second packet, and each one while one is missing, in a packet of its own. Three
// datagrams leave in time to be of use. A burst of three packets on average takes all
// of them with 5 % · s², and s, that it goes on from one to the next, is 0.52 with
// the 0.7 acknowledgements between.
func TestMovesAreUsableInTime(t *testing.T) {
	const way = 25 * time.Millisecond
	each, spare := time.Minute, 0.0
	if underRace {
		each, spare = 15*time.Second, 0.05
	}
	for _, c := range []struct {
		name    string
		sky     weather.Weather
		page    bool
		late    float64 // share of moves, at most
		packets float64 // per datagram, at most
	}{
		{"no loss", weather.Weather{Latency: way}, false, 0, 1.15},
		{"5 %", weather.Weather{Latency: way, Loss: weather.Percent(5)}, false, 0.001, 1.8},
		{"10 %", weather.Weather{Latency: way, Loss: weather.Percent(10)}, false, 0.01, 1.8},
		{"bursts", weather.Weather{Latency: way, BurstShare: weather.Percent(5), BurstLength: 3}, false, 0.01, 1.8},
		{"no loss, with a page", weather.Weather{Latency: way}, true, 0, 1.7},
		{"10 %, with a page", weather.Weather{Latency: way, Loss: weather.Percent(10)}, true, 0.01, 2},
		{"bursts, with a page", weather.Weather{Latency: way, BurstShare: weather.Percent(5), BurstLength: 3}, true, 0.016, 1.8},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all tally
			quick := 8
			if c.page {
				quick = 3
			}
			seeds.Each(t, quick, func(t *testing.T, seed uint64) {
				inMatch(t, seed, c.sky, c.page, func(m *match) { all.add(m.measure(each)) })
			})
			share := float64(all.late) / float64(all.moves)
			t.Logf("%d moves: %.3f %% later than %v, worst %v; %.3f packets per datagram (%d for %d), %d lost",
				all.moves, 100*share, usable, all.worst, all.perDatagram(), all.packets, all.datagrams, all.lost)
			if trouble := c.sky.Loss > 0 || c.sky.BurstShare > 0; trouble != (all.lost > all.packets/50) {
				t.Fatalf("the weather took %d of %d packets", all.lost, all.packets)
			}
			if share > c.late && !underRace { // too few of them to tell
				t.Errorf("%.3f %% of the moves were late, want at most %.1f %%", 100*share, 100*c.late)
			}
			if all.perDatagram() > c.packets+spare {
				t.Errorf("%.3f packets per datagram, want at most %.1f", all.perDatagram(), c.packets)
			}
		})
	}
}

// TestPacketsDoNotGrow: a match that lasts has no more packets a second in the
// end than in the beginning. It is three minutes long, with TUTTI_LONG=1 an hour.
func TestPacketsDoNotGrow(t *testing.T) {
	long := 2 * time.Minute
	if underRace {
		long = 10 * time.Second
	}
	if os.Getenv("TUTTI_LONG") == "1" {
		long = 59 * time.Minute
	}
	inMatch(t, 1, weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(1)}, false, func(m *match) {
		first := m.measure(30 * time.Second)
		m.play(long)
		last := m.measure(30 * time.Second)
		t.Logf("%d packets in the first half minute, %d in the last; %.3f and %.3f per datagram", first.packets, last.packets, first.perDatagram(), last.perDatagram())
		if first.lost == 0 || first.datagrams < 3500 || last.datagrams < 3500 {
			t.Fatalf("%+v and %+v: no match to measure", first, last)
		}
		if last.packets > first.packets*104/100 {
			t.Error("the packet rate grows")
		}
	})
}
