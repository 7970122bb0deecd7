package weather

import "math/bits"

// Dice is a seeded generator of chance: SplitMix64, from Steele, Lea and Flood,
// "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. It is for
// simulation only; anyone can predict it. The zero Dice is NewDice(0). Copying
// a Dice forks it: both copies go on alike. Not for concurrent use.
type Dice struct {
	state uint64
}

// NewDice returns the dice of a seed. Every seed is as good as any other, and
// neighbouring seeds have nothing in common.
func NewDice(seed uint64) Dice { return Dice{state: seed} }

// Uint64 returns the next number, uniform over all 64 bits.
func (d *Dice) Uint64() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number from 0 to n-1 with one call of [Dice.Uint64]; 0 when n
// is 0. No number is likelier than another by more than n/2^64.
func (d *Dice) Below(n uint64) uint64 { return scale(d.Uint64(), n) }

// Chance returns true with probability s, with one call of [Dice.Uint64].
func (d *Dice) Chance(s Share) bool { return hits(d.Uint64(), s) }

// scale maps the uniform number x to 0..n-1 without a division (Lemire's
// multiply-shift). It never rejects, so a draw always costs exactly one number.
func scale(x, n uint64) uint64 {
	hi, _ := bits.Mul64(x, n)
	return hi
}

// hits tells whether the uniform number x falls into the share s.
func hits(x uint64, s Share) bool { return scale(x, uint64(Whole)) < uint64(s) }
