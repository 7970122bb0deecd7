package pace

import "time"

const (
	// Target is the queue that bulk may make before the moves. On a path whose
	// round trip swings by itself it is more, see [Pacer.Start].
	Target = 2 * time.Millisecond
	// PingEvery is how often the round trip is to be measured while bulk goes.
	PingEvery = 20 * time.Millisecond
	// Window is how many bytes may be on their way at most.
	Window = 256 << 10
	// Unit is what pieces are multiples of in bytes, but for the last one of a
	// message: with all headers it fits one packet.
	Unit = 1 << 10

	// firstRate is what a transfer begins with, in bytes per second: 2 Mbit/s.
	firstRate = 256 << 10
	// leastRate is what is left of it on the worst of paths.
	leastRate = 16 << 10
	maxRate   = 64 << 20
	// burst is how much of the rate may be sent at once after a pause: timers
	// are late by about so much.
	burst = 8 * time.Millisecond
	// maxTarget bounds Target where the path swings.
	maxTarget = 40 * time.Millisecond
	// jump is what a queue may grow by between two pings, about.
	jump = 3 * time.Millisecond
	// maxAim bounds it where the line is slow, and header is what a packet adds.
	maxAim = 100 * time.Millisecond
	header = 95
	// startStep is by how many thousandths a first rate grows with each ping, and
	// step the rate later.
	startStep, step = 28, 6
	// drain is within which time a queue is to be gone.
	drain = 100 * time.Millisecond
	// baseFor is how long a least round trip is believed.
	baseFor = 30 * time.Second
	// over is by how much of a hundred the rate may exceed what arrives.
	over = 5
)

// Pacer paces what goes to one peer over one path. The zero Pacer is idle;
// [Pacer.Start] begins a transfer.
type Pacer struct {
	rate   int64 // bytes per second
	wall   int64 // where a queue was seen last
	target time.Duration
	noise  time.Duration // by how much round trips jump from one to the next
	swing  time.Duration // of the round trip without bulk
	base   time.Duration // the least round trip of the last baseFor; 0 is unknown
	low    time.Duration // the least one since lowAt
	lowAt  time.Duration
	recent [2]time.Duration // round trips, the newest first
	trips  int
	held   time.Duration // until then what was decided has not shown yet

	sent, got uint32 // bytes, modulo 2^32; got is what the other end has by its last word
	marks     [marks]mark
	marked    int
	best      int64         // the most that arrived lately, in bytes per second
	bestAt    time.Duration // when

	tokens int64 // bytes; below 0 is a debt
	at     time.Duration
}

// mark is what had arrived when an answer came.
type mark struct {
	at  time.Duration
	got uint32
}

const marks = 16

// Start begins a transfer at now. rtt is the least round trip that is known (0
// for none) and swing how much it swings without any bulk: the target is at
// least six times that, for less cannot be told from the path's own luck.
func (p *Pacer) Start(now, rtt, swing time.Duration) {
	p.rate, p.wall = max(p.rate/2, firstRate), maxRate // of what the last transfer had
	p.swing = min(swing, maxTarget)
	p.target = min(max(Target, 3*swing), maxTarget)
	if rtt > 0 && (p.base == 0 || rtt < p.base) {
		p.base = rtt
	}
	p.trips, p.marked, p.best = 0, 0, 0
	p.held, p.tokens, p.at = now, 0, now
	p.low, p.lowAt, p.noise = 0, now, 0
}

// Pong takes the answer to a ping: its round trip, and how many bytes of bulk
// the other end has got in all, modulo 2^32.
func (p *Pacer) Pong(now, rtt time.Duration, got uint32) {
	if int32(p.sent-got) < 0 || int32(got-p.got) < 0 {
		got = p.got // more than was sent, or an answer that was overtaken
	}
	p.got = got
	p.least(now, rtt)
	if p.trips > 0 {
		// A queue grows by little from one ping to the next; what jumps is luck, or
		// a page that was busy drawing.
		p.noise += (max(0, (rtt-p.recent[0]).Abs()-jump) - p.noise) / 32
	}
	copy(p.recent[1:], p.recent[:])
	p.recent[0] = rtt
	p.trips++
	p.arrived(now)
	queue, before, target := p.queue(), p.rate, p.aim()
	if queue < target/3 {
		p.wall = max(p.wall, min(p.wall+p.wall/50, p.best*6/5)) // nothing there: maybe it has moved
	}
	switch {
	case queue > target && now >= p.held:
		p.slow(now, queue, target)
	case queue > target:
	case p.ramp() && queue > target/2:
		// What is on its way will make more of a queue than there is to see yet.
		p.wall, p.rate = p.rate, max(min(p.rate, p.best)*7/8, p.rate/2)
	case p.ramp():
		p.rate += p.rate * startStep / 1000
	default:
		p.rate += p.rate * step / 1000 * int64(target-queue) / int64(target)
	}
	if p.best > 0 { // no faster, unless it is already
		p.rate = min(p.rate, max(p.best+p.best*p.slack()/100, before, firstRate))
	}
	p.rate = min(max(p.rate, leastRate), maxRate)
}

// aim is the target now: on a slow line the queue is at least the packet before
// the ping, and may be two.
func (p *Pacer) aim() time.Duration {
	rate := p.best
	if rate == 0 {
		rate = p.rate
	}
	return min(max(p.target, min(3*p.swings(), maxTarget))+time.Duration(2*(Unit+header)*int64(time.Second)/max(rate, leastRate)), maxAim)
}

// swings is how much the round trip swings by itself, by what was known before
// and by what is seen.
func (p *Pacer) swings() time.Duration { return max(p.swing, p.noise) }

// least keeps the least round trip, and forgets it when the path has become
// longer: baseFor/2 to baseFor after that.
func (p *Pacer) least(now, rtt time.Duration) {
	switch {
	case p.low == 0 || rtt < p.low:
		p.low = rtt
	case now-p.lowAt >= baseFor/2:
		p.base, p.low, p.lowAt = p.low, rtt, now
	}
	if p.base == 0 || rtt < p.base {
		p.base = rtt
	}
}

// slack is by how many of a hundred the rate may exceed what arrived.
func (p *Pacer) slack() int64 {
	if p.ramp() {
		return 12 * over // what arrives lags behind by a round trip of growth
	}
	return over
}

// ramp says whether the line's end is far away.
func (p *Pacer) ramp() bool { return p.rate < p.wall-p.wall/5 }

// slow drops the rate below what arrives, so that the queue is gone after drain.
func (p *Pacer) slow(now, queue, target time.Duration) {
	rate := p.rate
	if p.best > 0 {
		rate = min(rate, p.best)
	}
	p.wall = rate
	p.rate = rate - rate*int64(min(queue-target/2, drain/2))/int64(drain)
	p.held = now + p.base + PingEvery
}

// arrived keeps how much arrived per second, over the last answers.
func (p *Pacer) arrived(now time.Duration) {
	p.marks[p.marked%marks] = mark{now, p.got}
	p.marked++
	old := p.marks[max(0, p.marked-marks/2-1)%marks]
	if took := now - old.at; took >= 2*PingEvery {
		rate := int64(p.got-old.got) * int64(time.Second) / int64(took)
		if rate >= p.best || now-p.bestAt >= time.Second {
			p.best, p.bestAt = rate, now
		}
	}
}

// queue is what our bulk adds to the round trip, by the lesser of the last two.
func (p *Pacer) queue() time.Duration {
	least := p.recent[0]
	if p.trips > 1 {
		least = min(least, p.recent[1])
	}
	return max(0, least-p.base-2*p.swings())
}

// Rate returns the present rate in bytes per second.
func (p *Pacer) Rate() int { return int(p.rate) }

// Piece returns how large a piece may be: a millisecond of the rate in whole
// [Unit]s, from one to 16.
func (p *Pacer) Piece() int {
	return int(min(max(p.rate/1000/Unit, 1), 16)) * Unit
}

// Wait returns how long nothing may be sent yet; 0 is now. While too much is on
// its way it is the time until the next answer may come.
func (p *Pacer) Wait(now time.Duration) time.Duration {
	if p.sent-p.got >= Window {
		return PingEvery
	}
	p.fill(now)
	if p.tokens > 0 {
		return 0
	}
	return time.Duration(-p.tokens*int64(time.Second)/p.rate) + time.Millisecond/2
}

func (p *Pacer) fill(now time.Duration) {
	took := min(max(0, now-p.at), time.Second)
	p.at = now
	p.tokens = min(p.tokens+p.rate*int64(took)/int64(time.Second), max(p.rate*int64(burst)/int64(time.Second), 1))
}

// Sent tells that n bytes went out, and that headers added as many as they do.
func (p *Pacer) Sent(n int) {
	p.sent += uint32(n)
	p.tokens -= int64(n)
}

// Elsewhere tells that n bytes went the same way that are not bulk: they are
// served first, and bulk gives way.
func (p *Pacer) Elsewhere(n int) { p.tokens -= int64(n) }
