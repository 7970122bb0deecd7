package fixp

import (
	"math"
	"strconv"
)

// Q16 is a signed fixed-point number with 16 bits before and 16 after the binary
// point (Q16.16): -32768 to 32767.99998 in steps of 1/65536. The zero value is 0.
//
// Why this format: products fit int64, so Mul and Div cost one machine operation
// even on 32-bit and wasm; a coordinate takes 4 bytes in a snapshot; a world of
// some thousand units still has steps fine enough for speeds per frame. A game
// with a larger world scales its units.
type Q16 int32

// Landmarks of [Q16].
const (
	One     Q16 = 1 << 16       // 1
	Half    Q16 = One / 2       // 0.5
	Epsilon Q16 = 1             // 1/65536, the smallest step
	Max     Q16 = math.MaxInt32 // 32767.99998, what large results saturate to
	Min     Q16 = math.MinInt32 // -32768, what very negative results saturate to
)

// saturate brings v, in units of 1/65536, into the range of a Q16.
func saturate(v int64) Q16 {
	return Q16(min(max(v, math.MinInt32), math.MaxInt32))
}

// Int returns the whole number n; it saturates.
func Int(n int) Q16 {
	return saturate(int64(min(max(n, -1<<15), 1<<15)) << 16)
}

// Ratio returns num/den rounded to the nearest Q16, the way to write constants:
// Ratio(3, 100) is 0.03. It saturates; den 0 counts as in [Q16.Div].
func Ratio(num, den int32) Q16 {
	return divRound(int64(num)<<16, int64(den))
}

// Add returns a+b, saturated.
func (a Q16) Add(b Q16) Q16 { return saturate(int64(a) + int64(b)) }

// Sub returns a-b, saturated.
func (a Q16) Sub(b Q16) Q16 { return saturate(int64(a) - int64(b)) }

// Neg returns -a; for [Min] that is [Max].
func (a Q16) Neg() Q16 { return saturate(-int64(a)) }

// Abs returns a without its sign; for [Min] that is [Max].
func (a Q16) Abs() Q16 {
	if a < 0 {
		return a.Neg()
	}
	return a
}

// Sign returns -1, 0 or 1.
func (a Q16) Sign() int {
	switch {
	case a < 0:
		return -1
	case a > 0:
		return 1
	}
	return 0
}

// Mul returns a*b rounded to the nearest, ties away from zero, saturated.
func (a Q16) Mul(b Q16) Q16 { return saturate(round16(int64(a) * int64(b))) }

// round16 drops 16 fraction bits of p, rounding to the nearest, ties away from zero.
func round16(p int64) int64 {
	// p>>63 is -1 below zero: there a tie must not be carried upwards.
	return (p + 1<<15 + p>>63) >> 16
}

// Div returns a/b rounded to the nearest, ties away from zero, saturated. Division
// by zero gives [Max] or [Min] after the sign of a, and 0/0 is 0.
func (a Q16) Div(b Q16) Q16 { return divRound(int64(a)<<16, int64(b)) }

// divRound returns n/d rounded as Div documents, |n| and |d| below 1<<62.
func divRound(n, d int64) Q16 {
	if d == 0 {
		switch {
		case n > 0:
			return Max
		case n < 0:
			return Min
		}
		return 0
	}
	if d < 0 {
		n, d = -n, -d
	}
	if n < 0 {
		return saturate((n - d/2) / d)
	}
	return saturate((n + d/2) / d)
}

// MulDiv returns a*b/c with one rounding at the end: no precision is lost and
// nothing overflows in between. It rounds, saturates and divides by zero as
// [Q16.Div] does.
func MulDiv(a, b, c Q16) Q16 { return divRound(int64(a)*int64(b), int64(c)) }

// Lerp returns a at t=0 and b at t=[One]; t outside extrapolates, saturated.
func Lerp(a, b, t Q16) Q16 {
	// b-a can take 33 bits: the product with t still fits int64.
	return saturate(int64(a) + round16((int64(b)-int64(a))*int64(t)))
}

// Floor returns the largest whole number that is not above a.
func (a Q16) Floor() int { return int(a >> 16) }

// Round returns the nearest whole number, ties away from zero.
func (a Q16) Round() int { return int(round16(int64(a))) }

// Sqrt returns the square root of a rounded to the nearest, ties cannot occur. The
// root of a negative number is 0.
func (a Q16) Sqrt() Q16 {
	if a <= 0 {
		return 0
	}
	return Q16(sqrtRound(uint64(a) << 16))
}

// Float64 returns a exactly, for drawing and logs only: what is computed in
// floats must never flow back into the state of a game.
func (a Q16) Float64() float64 { return float64(a) / 65536 }

// String returns a in decimal with five digits after the point, enough to tell
// any two values apart.
func (a Q16) String() string {
	v := int64(a)
	b := make([]byte, 0, 12)
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, v>>16, 10)
	frac := ((v&0xffff)*100000 + 1<<15) >> 16
	b = append(b, '.')
	for digit := int64(10000); digit > 0; digit /= 10 {
		b = append(b, byte('0'+frac/digit%10))
	}
	return string(b)
}
