//go:build !js

package stunturn

import (
	"hash/maphash"
	"net/netip"
	"time"
)

// slots is how many sources are told apart; a power of two.
const slots = 1 << 14

// limiter is a token bucket per source, each in one number: the time at which
// the bucket would be full again. Its memory never grows. For one goroutine.
type limiter struct {
	seed  maphash.Seed // so that nobody can aim at another's slot
	every time.Duration
	room  time.Duration // how far full may lie ahead
	full  [slots]time.Duration
}

// newLimiter allows perSecond answers a second and source; nil is no limit.
func newLimiter(perSecond int) *limiter {
	if perSecond == NoLimit {
		return nil
	}
	every := time.Second / time.Duration(perSecond)
	return &limiter{seed: maphash.MakeSeed(), every: every, room: burst * time.Second}
}

// allow takes a token of from's bucket, if it has one. now never runs back.
func (l *limiter) allow(from netip.Addr, now time.Duration) bool {
	if l == nil {
		return true
	}
	full := &l.full[maphash.Comparable(l.seed, source(from))%slots]
	next := max(*full, now) + l.every
	if next-now > l.room {
		return false
	}
	*full = next
	return true
}

// source is what counts as one: an IPv4 address, or the /64 that one IPv6
// customer has for himself.
func source(from netip.Addr) netip.Addr {
	from = from.Unmap().WithZone("")
	if from.Is4() {
		return from
	}
	p, err := from.Prefix(64)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr()
}
