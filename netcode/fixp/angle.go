package fixp

// Angle is a direction: 65536 units make a full turn, so arithmetic wraps around
// by itself and -a, a+b and a-b are what one expects. 0 points along x, [Quarter]
// along y. The zero value is 0.
type Angle uint16

// Landmarks of [Angle].
const (
	Quarter Angle = 1 << 14 // 90 degrees
	Turn2   Angle = 1 << 15 // 180 degrees, half a turn
)

// Degrees returns the angle of n degrees, to the nearest unit (0.0055 degrees);
// any n is fine.
func Degrees(n int) Angle {
	n %= 360
	if n < 0 {
		n += 360
	}
	return Angle((n*65536 + 180) / 360)
}

// Sin returns the sine of a, within 1/65536 of the truth. Sin(-a) = -Sin(a)
// exactly, and the landmarks are exact. Cost: a table of 1 KB and one multiplication.
func (a Angle) Sin() Q16 {
	if a >= Turn2 {
		return -quarterSin(a - Turn2)
	}
	return quarterSin(a)
}

// Cos returns the cosine of a, as exact as [Angle.Sin].
func (a Angle) Cos() Q16 { return (a + Quarter).Sin() }

// quarterSin returns the sine of 0 <= a < Turn2.
func quarterSin(a Angle) Q16 {
	if a > Quarter {
		a = Turn2 - a
	}
	// 64 units between two entries, which carry 30 fraction bits.
	i, frac := a>>6, int64(a&63)
	v := int64(sinTable[i]) << 6
	if frac != 0 {
		v += (int64(sinTable[i+1]) - int64(sinTable[i])) * frac
	}
	return Q16((v + 1<<19) >> 20)
}

// Atan2 returns the direction of the vector (x, y), to the nearest unit within
// 0.52 units (0.003 degrees). The axes and diagonals are exact, mirrored vectors have
// mirrored angles, and Atan2(0, 0) is 0.
func Atan2(y, x Q16) Angle {
	ax, ay := x, y
	// int64: the size of Min does not fit int32.
	wx, wy := int64(ax), int64(ay)
	wx, wy = max(wx, -wx), max(wy, -wy)
	var a Angle
	switch {
	case wx == 0 && wy == 0:
		return 0
	case wx >= wy:
		a = atanUnit(wy, wx)
	default:
		a = Quarter - atanUnit(wx, wy)
	}
	if x < 0 {
		a = Turn2 - a
	}
	if y < 0 {
		a = -a
	}
	return a
}

// atanUnit returns the angle with tangent n/d, 0 <= n <= d, d > 0: at most an
// eighth of a turn.
func atanUnit(n, d int64) Angle {
	t := (n<<24 + d/2) / d // 8 bits of index, 16 between two entries
	i, frac := t>>16, t&0xffff
	v := int64(atanTable[i]) << 16
	if frac != 0 {
		v += (int64(atanTable[i+1]) - int64(atanTable[i])) * frac
	}
	return Angle((v + 1<<31) >> 32)
}
