package fixp

import "math/bits"

// Rand is a seeded random generator whose whole state is eight bytes: save
// [Rand.State] with the game and a rollback repeats the same numbers. The zero
// value works and is one fixed sequence. A Rand is a plain value: copying it
// forks the sequence. One goroutine at a time.
//
// It is PCG XSH-RR 64/32: M. O'Neill, "PCG: A Family of Simple Fast
// Space-Efficient Statistically Good Algorithms for Random Number Generation",
// HMC-CS-2014-0905, 2014, on its default stream. The period is 1<<64. It is not
// a secret: who sees some numbers can compute the next.
type Rand struct{ state uint64 }

const (
	pcgMul = 6364136223846793005
	pcgInc = 1442695040888963407 // the default stream of the reference code
)

// NewRand returns the generator that belongs to seed. Neighbouring seeds give
// unrelated sequences.
func NewRand(seed uint64) Rand { return Rand{Mix(seed)} }

// RandAt returns the generator that [Rand.State] described; any value is valid.
func RandAt(state uint64) Rand { return Rand{state} }

// State returns the whole state, for snapshots.
func (r *Rand) State() uint64 { return r.state }

// Mix spreads the bits of x over all 64 bits: a different x gives a different,
// unrelated result. It is the finisher of SplitMix64 (Steele, Lea, Flood, "Fast
// Splittable Pseudorandom Number Generators", OOPSLA 2014). With it a game draws noise
// that needs no state at all: Mix(seed ^ Mix(frame)).
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// pcg advances state on the stream inc and returns the number drawn.
func pcg(state *uint64, inc uint64) uint32 {
	s := *state
	*state = s*pcgMul + inc
	return bits.RotateLeft32(uint32((s>>18^s)>>27), -int(s>>59))
}

// Uint32 returns 32 random bits.
func (r *Rand) Uint32() uint32 { return pcg(&r.state, pcgInc) }

// Uint64 returns 64 random bits, from two draws.
func (r *Rand) Uint64() uint64 {
	high := uint64(r.Uint32())
	return high<<32 | uint64(r.Uint32())
}

// Intn returns a number from 0 to n-1, each exactly as likely as the others. For
// n of 1 or less it returns 0 without drawing; n above 1<<31-1, which a 32-bit
// machine could not even say, counts as 1<<31-1.
//
// Method: D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS
// 29(1), 2019. How many draws it takes depends on the state, the same everywhere.
func (r *Rand) Intn(n int) int {
	if n <= 1 {
		return 0
	}
	m := uint32(min(n, 1<<31-1))
	wide := uint64(r.Uint32()) * uint64(m)
	if low := uint32(wide); low < m {
		for reject := -m % m; low < reject; low = uint32(wide) {
			wide = uint64(r.Uint32()) * uint64(m)
		}
	}
	return int(wide >> 32)
}

// Between returns a number from lo to hi, both included, each as likely as the
// others; lo when hi is not above it.
func (r *Rand) Between(lo, hi Q16) Q16 {
	if hi <= lo {
		return lo
	}
	span := uint32(int64(hi) - int64(lo))
	if span == 1<<32-1 {
		return Q16(r.Uint32())
	}
	m := uint64(span) + 1
	wide := uint64(r.Uint32()) * m
	for reject := (1 << 32) % m; wide&0xffffffff < reject; {
		wide = uint64(r.Uint32()) * m
	}
	return Q16(int64(lo) + int64(wide>>32))
}

// Unit returns a number from 0 up to, but not including, 1.
func (r *Rand) Unit() Q16 { return Q16(r.Uint32() >> 16) }

// Angle returns any direction, each as likely as the others.
func (r *Rand) Angle() Angle { return Angle(r.Uint32() >> 16) }

// Chance returns true num times out of den on average, and draws once or more. It
// is false for num of 0 or less and true for num of den or more, drawing nothing.
func (r *Rand) Chance(num, den int) bool {
	switch {
	case num <= 0:
		return false
	case num >= den:
		return true
	}
	return r.Intn(den) < num
}

// Shuffle puts n things in random order by calling swap, every order as likely
// as the others (Fisher and Yates).
func (r *Rand) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, r.Intn(i+1))
	}
}
