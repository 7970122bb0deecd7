package fixp

import "math/bits"

// Sqrt64 returns the integer square root of n: the largest r with r*r <= n.
func Sqrt64(n uint64) uint32 {
	if n == 0 {
		return 0
	}
	// Newton from above falls until it reaches the root; the start is at most
	// twice too large, so five rounds are enough in practice.
	r := uint64(1) << ((bits.Len64(n) + 1) / 2)
	for {
		next := (r + n/r) / 2
		if next >= r {
			// n near 1<<64 starts at r = 1<<32 and still ends below it.
			return uint32(r)
		}
		r = next
	}
}

// sqrtRound returns the square root of n rounded to the nearest. A tie cannot
// occur: (r+1/2)² is never whole. The result can be 1<<32.
func sqrtRound(n uint64) uint64 {
	r := uint64(Sqrt64(n))
	if n-r*r > r {
		return r + 1
	}
	return r
}
