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
	p.Start(0, l.rtt, l.w.Jitter/3)
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
	}{
		{20, 50 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 60},
		{20, 10 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 60},
		{20, 100 * time.Millisecond, 0, 0, 2 * time.Millisecond, 10_000_000, 15 * time.Millisecond, 55},
		{20, 50 * time.Millisecond, 2 * time.Millisecond, weather.Percent(1) / 2, 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 20},
		{20, 50 * time.Millisecond, 0, 0, 4 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 45}, // a page's timer
		{5, 50 * time.Millisecond, 0, 0, 2 * time.Millisecond, 4_000_000, 15 * time.Millisecond, 65},
		{100, 30 * time.Millisecond, 0, 0, 2 * time.Millisecond, 20_000_000, 10 * time.Millisecond, 20},                                     // Window / RTT
		{20, 60 * time.Millisecond, 20 * time.Millisecond, weather.Percent(1), 2 * time.Millisecond, 10_000_000, 10 * time.Millisecond, 15}, // a radio
	} {
		t.Run(fmt.Sprintf("%dMbit,%v,%v,%v,%v", c.mbit, c.rtt, c.jitter, c.loss, c.grain), func(t *testing.T) {
			seeds.Each(t, 10, func(t *testing.T, seed uint64) {
				l := line{
					w:   weather.Weather{Latency: c.rtt / 2, Jitter: c.jitter, Loss: c.loss, Rate: c.mbit * mbit},
					rtt: c.rtt, grain: c.grain, bytes: c.bytes, seed: seed * 10, horizon: 60 * time.Second,
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
