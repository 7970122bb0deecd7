package courier

import (
	"hash/maphash"
	"time"
)

// Copies remembers the letters of one partner for a while: each may come by the
// server and through some members, and counts once. A second time by the server
// is no copy but a replay, and goes on to where that is noticed. The zero Copies
// knows none.
type Copies struct {
	seed maphash.Seed
	list [32]seen
	next int
	last int // where the letter is that was asked about last
}

type seen struct {
	sum     uint64
	at      time.Duration // 0 is none
	server  bool
	members int
}

// copyFor is how long copies of a letter may be apart.
const copyFor = 10 * time.Second

// Is says whether b came before, by another way: through a member, or by the server.
func (c *Copies) Is(now time.Duration, b []byte, byMember bool) bool {
	if c.seed == (maphash.Seed{}) {
		c.seed = maphash.MakeSeed()
	}
	sum := maphash.Bytes(c.seed, b)
	for i := range c.list {
		s := &c.list[i]
		if s.sum != sum || s.at == 0 || now-s.at >= copyFor {
			continue
		}
		c.last = i
		if byMember {
			s.members++
			return s.server || s.members > 1 && s.members <= Max+1
		}
		again := s.server
		s.server = true
		return !again
	}
	s := seen{sum: sum, at: max(now, 1), server: !byMember}
	if byMember {
		s.members = 1
	}
	c.list[c.next], c.last = s, c.next
	c.next = (c.next + 1) % len(c.list)
	return false
}

// Forget the letter that [Copies.Is] was asked about last: it was not read, so a
// copy by another way is to be.
func (c *Copies) Forget() { c.list[c.last].at = 0 }
