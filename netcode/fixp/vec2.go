package fixp

import (
	"math"
	"math/bits"
)

// Vec2 is a point or a direction in the plane. The zero value is the origin.
// Vec2 is comparable: a == b compares both parts exactly.
type Vec2 struct{ X, Y Q16 }

// V returns the vector with whole coordinates; they saturate.
func V(x, y int) Vec2 { return Vec2{Int(x), Int(y)} }

// Polar returns the vector of that length in direction a: off by at most 2/65536
// per unit of length in each part.
func Polar(length Q16, a Angle) Vec2 {
	return Vec2{a.Cos().Mul(length), a.Sin().Mul(length)}
}

// IsZero reports whether both parts are 0.
func (v Vec2) IsZero() bool { return v == Vec2{} }

// Add returns v+u, saturated by part.
func (v Vec2) Add(u Vec2) Vec2 { return Vec2{v.X.Add(u.X), v.Y.Add(u.Y)} }

// Sub returns v-u, saturated by part.
func (v Vec2) Sub(u Vec2) Vec2 { return Vec2{v.X.Sub(u.X), v.Y.Sub(u.Y)} }

// Neg returns -v, saturated by part.
func (v Vec2) Neg() Vec2 { return Vec2{v.X.Neg(), v.Y.Neg()} }

// Scale returns v times k, rounded and saturated as [Q16.Mul].
func (v Vec2) Scale(k Q16) Vec2 { return Vec2{v.X.Mul(k), v.Y.Mul(k)} }

// Perp returns v turned by a quarter turn, from x towards y.
func (v Vec2) Perp() Vec2 { return Vec2{v.Y.Neg(), v.X} }

// Lerp returns v at t=0 and u at t=[One].
func (v Vec2) Lerp(u Vec2, t Q16) Vec2 { return Vec2{Lerp(v.X, u.X, t), Lerp(v.Y, u.Y, t)} }

// Dot returns the scalar product with one rounding at the end, saturated.
func (v Vec2) Dot(u Vec2) Q16 {
	return sumProducts(int64(v.X)*int64(u.X), int64(v.Y)*int64(u.Y))
}

// Cross returns the z part of the vector product: positive if u lies from v in the
// turning sense from x towards y. One rounding, saturated.
func (v Vec2) Cross(u Vec2) Q16 {
	// A product is at least -1<<62+1<<31 unless it is 1<<62, so negating is safe.
	return sumProducts(int64(v.X)*int64(u.Y), -(int64(v.Y) * int64(u.X)))
}

// sumProducts adds two products of Q16, each within ±1<<62.
func sumProducts(p, q int64) Q16 {
	if p > 0 && q > math.MaxInt64-p-1<<15 {
		return Max
	}
	return saturate(round16(p + q))
}

// square returns |v|² in units of 1/65536²; it always fits.
func (v Vec2) square() uint64 {
	return uint64(int64(v.X)*int64(v.X)) + uint64(int64(v.Y)*int64(v.Y))
}

// Len returns the length rounded to the nearest; above [Max] it saturates.
func (v Vec2) Len() Q16 {
	return Q16(min(sqrtRound(v.square()), math.MaxInt32))
}

// Within reports whether v is at most r long, exactly and without a root: the
// cheap way to ask whether two things touch. It is false for a negative r.
func (v Vec2) Within(r Q16) bool {
	return r >= 0 && v.square() <= uint64(int64(r)*int64(r))
}

// Compare orders vectors by length, exactly: -1 if v is shorter than u, 1 if it is
// longer, else 0.
func (v Vec2) Compare(u Vec2) int {
	a, b := v.square(), u.square()
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Norm returns the vector of length 1 in the direction of v, each part within
// 1/65536 of the truth however short v is; the zero vector stays zero.
func (v Vec2) Norm() Vec2 {
	x, y := int64(v.X), int64(v.Y)
	top := uint64(max(x, -x, y, -y))
	if top == 0 {
		return Vec2{}
	}
	// Bring short vectors to 31 bits first, or their length would be rounded
	// more coarsely than the result.
	up := max(31-bits.Len64(top), 0)
	x, y = x<<up, y<<up
	length := int64(sqrtRound(uint64(x*x) + uint64(y*y)))
	return Vec2{divRound(x<<16, length), divRound(y<<16, length)}
}

// ClampLen returns v, shortened to length r if it is longer. A negative r counts
// as 0.
func (v Vec2) ClampLen(r Q16) Vec2 {
	switch {
	case r <= 0:
		return Vec2{}
	case v.Within(r):
		return v
	}
	return v.Norm().Scale(r)
}

// Rotate returns v turned by a, from x towards y: off by at most 2/65536 per unit
// of length. Quarter turns are exact.
func (v Vec2) Rotate(a Angle) Vec2 {
	s, c := a.Sin(), a.Cos()
	return Vec2{
		sumProducts(int64(v.X)*int64(c), -(int64(v.Y) * int64(s))),
		sumProducts(int64(v.X)*int64(s), int64(v.Y)*int64(c)),
	}
}

// Angle returns the direction of v; see [Atan2].
func (v Vec2) Angle() Angle { return Atan2(v.Y, v.X) }
