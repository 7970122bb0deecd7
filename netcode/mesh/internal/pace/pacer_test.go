package pace

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// line is a transfer over a path with a narrow line in virtual time: moves at 60
// Hz, pings, and bulk beside them as the pacer allows.
type line struct {
	w       weather.Weather // of the way there; the way back has no narrow line
	rtt     time.Duration
	grain   time.Duration // of the timer that sends bulk
	bytes   int           // of bulk
	seed    uint64
	horizon time.Duration
	blind   bool // nothing is known of the path's luck at the beginning
}

type event struct {
	at   time.Duration
	kind int // ping back, bulk there, move there
	sent time.Duration
	n    int
}

const (
	headers = 95 // of a packet
	packet  = 1200
	pongs   = iota - 2
	bulks
	moves
)

// run returns the delays of the moves during the transfer, less their latency,
// and how long it took.
func (l line) run(bulk bool) (delays []time.Duration, took time.Duration, most time.Duration) {
	there, back := weather.NewPath(l.seed, l.w), weather.NewPath(l.seed+1, weather.Weather{Latency: l.rtt / 2, Jitter: l.w.Jitter, Loss: l.w.Loss})
	dice := weather.NewDice(l.seed + 2)
	var coming []event
	put := func(e event) {
		i, _ := slices.BinarySearchFunc(coming, e, func(a, b event) int { return cmp.Compare(a.at, b.at) })
		coming = slices.Insert(coming, i, e)
	}
	wire := func(now time.Duration, n int) (time.Duration, bool) {
		last, ok := time.Duration(0), false
		for n > 0 {
			if at := there.Next(now, min(n, packet)+headers); len(at) > 0 {
				last, ok = at[0], true
			} else {
				ok = false
			}
			n -= packet
		}
		return last, ok
	}
	var p Pacer
	left, got := l.bytes, uint32(0)
	var resend []event
	nextMove, nextPing, nextSend := time.Duration(0), time.Duration(0), time.Duration(0)
	if swing := l.w.Jitter / 3; l.blind {
		p.Start(0, 0, 0)
	} else {
		p.Start(0, l.rtt, swing)
	}
	for now := time.Duration(0); now < l.horizon; {
		now = min(nextMove, nextPing, nextSend)
		if len(coming) > 0 {
			now = min(now, coming[0].at)
		}
		for len(coming) > 0 && coming[0].at <= now {
			e := coming[0]
			coming = coming[1:]
			switch e.kind {
			case pongs:
				p.Pong(now, now-e.sent, uint32(e.n))
			case bulks:
				got += uint32(e.n)
				if bulk && int(got) >= l.bytes {
					return delays, now, most
				}
			case moves:
				delays = append(delays, now-e.sent-l.rtt/2)
				most = max(most, now-e.sent-l.rtt/2)
			}
		}
		if now >= nextMove {
			nextMove += time.Second / 60
			if at, ok := wire(now, 200); ok {
				put(event{at, moves, now, 0})
			}
		}
		if bulk && now >= nextPing {
			nextPing += PingEvery
			if at, ok := wire(now, 20); ok {
				if b := back.Next(at, 120); len(b) > 0 {
					// What the pong says is what had arrived when the ping did.
					seen := got
					for _, e := range coming {
						if e.kind == bulks && e.at <= at {
							seen += uint32(e.n)
						}
					}
					put(event{b[0], pongs, now, int(seen)})
				}
			}
		} else if now >= nextPing {
			nextPing += PingEvery
		}
		if now >= nextSend {
			for len(resend) > 0 && resend[0].at <= now {
				e := resend[0]
				resend = resend[1:]
				if at, ok := wire(now, e.n); ok {
					put(event{at, bulks, now, e.n})
				} else {
					resend = append(resend, event{at: now + 300*time.Millisecond, n: e.n})
				}
			}
			for bulk && left > 0 && p.Wait(now) == 0 {
				n := min(p.Piece(), left)
				left -= n
				p.Sent(n)
				if at, ok := wire(now, n); ok {
					put(event{at, bulks, now, n})
				} else {
					resend = append(resend, event{at: now + 300*time.Millisecond, n: n})
				}
			}
			wait := l.grain + time.Duration(dice.Below(uint64(l.grain)))
			nextSend = now + max(wait, min(p.Wait(now), PingEvery))
		}
	}
	return delays, l.horizon, most
}

func p99(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)*99/100]
}

// TestMovesHardlyNoticeBulk is the row of the table: 10 MB over 20 Mbit/s, and
// other lines beside it.
func TestMovesHardlyNoticeBulk(t *testing.T) {
	const mbit = 1_000_000 / 8
	for _, c := range []struct {
		mbit    int
		rtt     time.Duration
		jitter  time.Duration
		loss    weather.Share
		grain   time.Duration
		bytes   int
		growth  time.Duration // of p99, at most
		percent int           // of the line, at least
		blind   bool
	}{
		{20, 50 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 60, false},
		{20, 10 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 60, false},
		{20, 100 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 13 * time.Millisecond, 55, false},
		{20, 50 * time.Millisecond, 2 * time.Millisecond, weather.Percent(1) / 2, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 45, false},
		{20, 50 * time.Millisecond, 0, 0, 4 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 50, false}, // a page's timer
		{5, 50 * time.Millisecond, 0, 0, 2 * time.Millisecond, 4_000_000, 15 * time.Millisecond, 65, false},
		{100, 30 * time.Millisecond, 0, 0, 2 * time.Millisecond, 20_000_000, 10 * time.Millisecond, 22, false},                                     // Window / RTT
		{20, 60 * time.Millisecond, 20 * time.Millisecond, weather.Percent(1), 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 25, false}, // a radio
		{20, 60 * time.Millisecond, 20 * time.Millisecond, weather.Percent(1), 2 * time.Millisecond, 10_000_000, 15 * time.Millisecond, 12, true},
	} {
		t.Run(fmt.Sprintf("%dMbit,%v,%v,%v,%v,%v", c.mbit, c.rtt, c.jitter, c.loss, c.grain, c.blind), func(t *testing.T) {
			seeds.Each(t, 10, func(t *testing.T, seed uint64) {
				l := line{
					w:   weather.Weather{Latency: c.rtt / 2, Jitter: c.jitter, Loss: c.loss, Rate: c.mbit * mbit},
					rtt: c.rtt, blind: c.blind, grain: c.grain, bytes: c.bytes, seed: seed * 10, horizon: 60 * time.Second,
				}
				calm, _, _ := line{w: l.w, rtt: l.rtt, grain: l.grain, seed: l.seed, horizon: 10 * time.Second}.run(false)
				delays, took, most := l.run(true)
				growth := p99(delays) - p99(calm)
				percent := int(int64(c.bytes) * 100 * int64(time.Second) / int64(took) / int64(c.mbit*mbit))
				t.Logf("p99 %v, without bulk %v; most %v; %d bytes in %v, %d %% of the line", p99(delays), p99(calm), most, c.bytes, took, percent)
				if growth > c.growth || percent < c.percent {
					t.Errorf("p99 grows by %v (at most %v), %d %% of the line (at least %d)", growth, c.growth, percent, c.percent)
				}
			})
		})
	}
}

// TestPathBecomesLonger: when the route changes and every round trip takes 80 ms
// more, that is not taken for a queue for ever.
func TestPathBecomesLonger(t *testing.T) {
	var p Pacer
	p.Start(0, 50*time.Millisecond, 0)
	now, got := time.Duration(0), uint32(0)
	run := func(rtt, d time.Duration) int {
		for i, end := 0, now+d; now < end; now += 2 * time.Millisecond {
			for p.Wait(now) == 0 {
				p.Sent(Unit)
				got += Unit
			}
			if i++; i%10 == 0 {
				p.Pong(now, rtt, got)
			}
		}
		return p.Rate()
	}
	fast := run(50*time.Millisecond, 5*time.Second)
	slow := run(130*time.Millisecond, 5*time.Second)
	if fast < 1<<20 || slow > fast/4 {
		t.Fatalf("premise: %d, then %d bytes/s", fast, slow)
	}
	if again := run(130*time.Millisecond, baseFor+10*time.Second); again < fast/4 {
		t.Errorf("%d bytes/s with the short path, %d long after it became longer", fast, again)
	}
}

// TestLiarsGainNothing: an other end that claims to have got what was never sent
// makes nobody send more than Window beyond what it was sent.
func TestLiarsGainNothing(t *testing.T) {
	var p Pacer
	p.Start(0, time.Millisecond, 0)
	sent, now := uint32(0), time.Duration(0)
	for i := range uint32(2000) {
		now += PingEvery
		p.Pong(now, time.Microsecond, sent+1+i*7919<<8)
		for p.Wait(now) == 0 {
			p.Sent(16 << 10)
			sent += 16 << 10
		}
		if p.sent-p.got > Window+16<<10 || p.Rate() > maxRate || p.Rate() < leastRate {
			t.Fatalf("%d bytes on their way, rate %d", p.sent-p.got, p.Rate())
		}
	}
	if sent == 0 {
		t.Error("nothing was sent")
	}
}

// FuzzPacer: whatever the answers are, the rate and what is on its way stay within
// bounds.
func FuzzPacer(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 200, 255, 0, 9, 9, 9, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Pacer
		now := time.Duration(0)
		p.Start(now, 0, 0)
		for ; len(b) >= 4; b = b[4:] {
			now += time.Duration(b[0]) * time.Millisecond
			p.Pong(now, time.Duration(b[1])*time.Duration(b[1])*100*time.Microsecond, p.got+uint32(b[2])<<(b[3]%24))
			if b[3] == 7 {
				p.Start(now, time.Duration(b[1])*time.Millisecond, time.Duration(b[2])*time.Millisecond)
			}
			for n := 0; p.Wait(now) == 0; n++ {
				p.Sent(p.Piece())
				if n > 1000 {
					t.Fatal("no end of sending")
				}
			}
			if p.Rate() < leastRate || p.Rate() > maxRate || p.Piece()%Unit != 0 || p.Piece() > 16*Unit || p.sent-p.got > Window+16*Unit {
				t.Fatalf("%+v", p)
			}
		}
	})
}
