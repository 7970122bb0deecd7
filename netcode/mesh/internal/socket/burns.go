//go:build !js

package socket

import (
	"net/netip"
	"sync"
)

// maxDestinations is how many destinations are remembered.
const maxDestinations = 1 << 12

// burns counts the destinations that the sockets sent to: a symmetric NAT gives
// a port to each, so who counts them knows which port comes next.
type burns struct {
	mu   sync.Mutex
	seen map[netip.AddrPort]struct{}
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
		b.seen = map[netip.AddrPort]struct{}{}
	}
	b.seen[to] = struct{}{}
	for _, p := range b.near {
		if p.Contains(to.Addr()) {
			return
		}
	}
	b.n++
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
