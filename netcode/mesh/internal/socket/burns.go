//go:build !js

package socket

import (
	"net/netip"
	"slices"
	"sync"
)

// maxDestinations is how many destinations are remembered.
const maxDestinations = 1 << 12

// burns counts the destinations that the sockets sent to: a symmetric NAT gives
// a port to each, so who counts them knows which port comes next.
type burns struct {
	mu   sync.Mutex
	seen map[netip.AddrPort]uint64 // which one it was; near ones have the number of the one before
	n    uint64
	// near are the machine's own networks: what goes there passes no NAT.
	near []netip.Prefix
}

func (b *burns) add(to netip.AddrPort) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, was := b.seen[to]; was {
		return
	}
	if b.seen == nil || len(b.seen) == maxDestinations {
		b.seen = map[netip.AddrPort]uint64{}
	}
	if !slices.ContainsFunc(b.near, func(p netip.Prefix) bool { return p.Contains(to.Addr()) }) {
		b.n++
	}
	b.seen[to] = b.n
}

// sends notes a destination, which costs no allocation the second time.
func (s *Set) sends(to netip.AddrPort) { s.burns.add(to) }

// around takes the machine's networks.
func (b *burns) around(near []netip.Prefix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.near = near
}

// Burnt returns to how many different addresses the sockets have sent, without
// those in the machine's own networks.
func (s *Set) Burnt() uint64 {
	s.burns.mu.Lock()
	defer s.burns.mu.Unlock()
	return s.burns.n
}

// Which returns which destination of those that [Set.Burnt] counts a was; false
// if nothing was sent there.
func (s *Set) Which(a netip.AddrPort) (n uint64, ok bool) {
	s.burns.mu.Lock()
	defer s.burns.mu.Unlock()
	n, ok = s.burns.seen[a]
	return n, ok
}

// Forget counts anew: the NAT is another one, and has seen nobody yet.
func (s *Set) Forget() {
	s.burns.mu.Lock()
	defer s.burns.mu.Unlock()
	s.burns.seen, s.burns.n = nil, 0
}

// Count counts a destination as if it had been sent to now, and returns
// [Set.Burnt].
func (s *Set) Count(to netip.AddrPort) uint64 {
	s.burns.add(to)
	return s.Burnt()
}
