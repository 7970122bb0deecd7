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

// What one source may have of it: so nobody uses up what is for all.
const (
	// MaxOwn is how many pairs count as those of the member who sent first.
	MaxOwn = 4
	// share is the part of the rate that one source gets at most.
	share = 2
	// maxSources is how many are told apart; the members of a room are fewer.
	maxSources = MaxPeers
	// weary is how long a budget counts as spent after it refused something that
	// its source had a right to.
	weary = 2 * time.Second
)

// Budget bounds what one member forwards. The zero Budget forwards nothing.
type Budget struct {
	rate    int64 // bytes a second
	all     bucket
	sources []source
	pairs   []carried
	refused time.Duration // last time for want of what is for all, plus 1; 0 is never
}

// source is a member that messages come from.
type source struct {
	tag    Tag
	bucket bucket
}

// carried is one pair that messages are forwarded for.
type carried struct {
	a, b  Tag // a is the lower
	owner Tag // sent first
	at    time.Duration
}

// NewBudget returns a budget of so many bytes a second; 0 forwards nothing.
func NewBudget(rate int) *Budget { return &Budget{rate: int64(max(rate, 0))} }

// None says that nothing is forwarded, ever.
func (b *Budget) None() bool { return b.rate == 0 }

// Spent says whether lately something was refused because others had used the
// budget up: not what one source wanted beyond its share.
func (b *Budget) Spent(now time.Duration) bool {
	return b.refused > 0 && now-(b.refused-1) < weary
}

// Take asks to forward n bytes. What is not urgent gets only the upper half of
// what is saved up, so that a snapshot never starves moves. One source gets half
// of the rate and [MaxOwn] pairs at most.
func (b *Budget) Take(now time.Duration, from, to Tag, n int, urgent bool) bool {
	return b.allows(now, from, urgent) && b.pair(now, from, to) && b.spend(from, n)
}

// Charge is [Budget.Take] for something that is of no pair.
func (b *Budget) Charge(now time.Duration, from Tag, n int, urgent bool) bool {
	return b.allows(now, from, urgent) && b.spend(from, n)
}

// allows says whether one more message of a source may pass.
func (b *Budget) allows(now time.Duration, from Tag, urgent bool) bool {
	if b.rate == 0 {
		return false
	}
	s := b.source(now, from)
	if s == nil || !s.bucket.fill(now, max(b.rate/share, 1), urgent) {
		return false
	}
	if !b.all.fill(now, b.rate, urgent) {
		if urgent {
			b.refused = now + 1
		}
		return false
	}
	return true
}

func (b *Budget) spend(from Tag, n int) bool {
	b.all.left -= int64(n)
	for i := range b.sources {
		if s := &b.sources[i]; s.tag == from {
			s.bucket.left -= int64(n)
		}
	}
	return true
}

// source finds what is left to one. Of those that are too many one gives way that
// has been silent for so long that it would begin anew; nil is there is none.
func (b *Budget) source(now time.Duration, from Tag) *source {
	var free *source
	for i := range b.sources {
		s := &b.sources[i]
		if s.tag == from {
			return s
		}
		if now-s.bucket.at >= idle {
			free = s
		}
	}
	switch {
	case len(b.sources) < maxSources:
		b.sources = append(b.sources, source{tag: from})
		return &b.sources[len(b.sources)-1]
	case free != nil:
		*free = source{tag: from}
	}
	return free
}

// bucket is what is saved up at some rate.
type bucket struct {
	left  int64 // may fall below 0 by one message
	at    time.Duration
	begun bool
}

// fill adds what time brought and says whether there is enough.
func (b *bucket) fill(now time.Duration, rate int64, urgent bool) bool {
	most := rate * int64(burst) / int64(time.Second)
	if !b.begun {
		b.begun, b.left, b.at = true, most, now
	}
	if passed := min(now-b.at, 2*burst+time.Second); passed > 0 {
		if got := rate * int64(passed) / int64(time.Second); got > 0 {
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
	owner := from
	if string(to[:]) < string(from[:]) {
		from, to = to, from
	}
	free, own := -1, 0
	for i := range b.pairs {
		p := &b.pairs[i]
		if p.a == from && p.b == to {
			if now-p.at >= idle {
				free = i
				continue // ended: it counts anew, as whose it is now
			}
			p.at = now
			return true
		}
		switch {
		case now-p.at >= idle:
			free = i
		case p.owner == owner:
			own++
		}
	}
	next := carried{from, to, owner, now}
	switch {
	case own >= MaxOwn:
		return false
	case free >= 0:
		b.pairs[free] = next
	case len(b.pairs) < MaxPairs:
		b.pairs = append(b.pairs, next)
	default:
		b.refused = now + 1
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
