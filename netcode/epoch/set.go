package epoch

import "math/bits"

// Set is a set of members by bit: bit m is member m of [Config.IDs]. The zero
// Set is empty.
type Set uint8

// All returns the set of the members 0 to n-1; n is from 0 to [MaxMembers].
func All(n int) Set { return Set(1<<n - 1) }

// one returns the set of one member.
func one(m int) Set { return 1 << m }

// Has reports whether m, from 0 to [MaxMembers]-1, is in s.
func (s Set) Has(m int) bool { return s>>m&1 != 0 }

// With returns s and m.
func (s Set) With(m int) Set { return s | 1<<m }

// Without returns s except m.
func (s Set) Without(m int) Set { return s &^ (1 << m) }

// Len returns the number of members in s.
func (s Set) Len() int { return bits.OnesCount8(uint8(s)) }
