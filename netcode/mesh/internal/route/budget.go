package route

import "time"

const (
	// DefaultRate is what a member forwards for others in bytes a second: ten
	// pairs of players at sixty moves of 200 bytes a second, both ways.
	DefaultRate = 256 << 10
	// MaxPairs is how many pairs of members one forwards for at a time.
	MaxPairs = 16
	// idle is how long a pair counts after its last message.
	idle = 2 * time.Second
	// burst is how much may be saved up, as time at the full rate.
	burst = time.Second / 2
)

// Budget bounds what one member forwards. The zero Budget forwards nothing.
type Budget struct {
	rate  int64 // bytes a second
	left  int64 // may fall below 0 by one message
	at    time.Duration
	begun bool
	pairs []carried
}

// carried is one pair that messages are forwarded for.
type carried struct {
	a, b Tag // a is the lower
	at   time.Duration
}

// NewBudget returns a budget of so many bytes a second; 0 forwards nothing.
func NewBudget(rate int) *Budget { return &Budget{rate: int64(max(rate, 0))} }

// Take asks to forward n bytes. What is not urgent gets only the upper half of
// what is saved up, so that a snapshot never starves moves.
func (b *Budget) Take(now time.Duration, from, to Tag, n int, urgent bool) bool {
	if b.rate == 0 || !b.fill(now, urgent) || !b.pair(now, from, to) {
		return false
	}
	b.left -= int64(n)
	return true
}

// fill adds what time brought and says whether there is enough.
func (b *Budget) fill(now time.Duration, urgent bool) bool {
	most := b.rate * int64(burst) / int64(time.Second)
	if !b.begun {
		b.begun, b.left, b.at = true, most, now
	}
	if passed := min(now-b.at, 2*burst+time.Second); passed > 0 {
		if got := b.rate * int64(passed) / int64(time.Second); got > 0 {
			b.left = min(b.left+got, most)
			b.at = now
		}
	}
	if urgent {
		return b.left > 0
	}
	return b.left > most/2
}

// pair says whether one more message of a pair may pass, and remembers it.
func (b *Budget) pair(now time.Duration, from, to Tag) bool {
	if string(to[:]) < string(from[:]) {
		from, to = to, from
	}
	free := -1
	for i := range b.pairs {
		p := &b.pairs[i]
		if p.a == from && p.b == to {
			p.at = now
			return true
		}
		if now-p.at >= idle {
			free = i
		}
	}
	switch {
	case free >= 0:
		b.pairs[free] = carried{from, to, now}
	case len(b.pairs) < MaxPairs:
		b.pairs = append(b.pairs, carried{from, to, now})
	default:
		return false
	}
	return true
}

// Pairs returns for how many pairs messages are forwarded now.
func (b *Budget) Pairs(now time.Duration) int {
	n := 0
	for _, p := range b.pairs {
		if now-p.at < idle {
			n++
		}
	}
	return n
}
