package fixp

import (
	"testing"
)

// mill runs every function of the package over n seeded inputs and folds all bits
// of the results into one number.
func mill(n int) uint64 {
	r := NewRand(2026)
	sum := uint64(14695981039346656037)
	fold := func(values ...Q16) {
		for _, v := range values {
			sum = (sum ^ uint64(uint32(v))) * 1099511628211
		}
	}
	for range n {
		a, b, c := Q16(r.Uint32())>>r.Intn(31), Q16(r.Uint32())>>r.Intn(31), Q16(r.Uint32())
		v, u, turn := Vec2{a, b}, Vec2{b, c}, r.Angle()
		fold(a.Mul(b), a.Div(b), MulDiv(a, b, c), a.Add(c), a.Sub(c), a.Abs(), a.Sqrt(), Lerp(a, b, c&0xffff))
		fold(turn.Sin(), turn.Cos(), Q16(Atan2(a, b)), Q16(a.Floor()), Q16(a.Round()), Ratio(int32(a), int32(c)))
		fold(v.Dot(u), v.Cross(u), v.Len(), v.Norm().X, v.Norm().Y, v.Rotate(turn).X, v.Rotate(turn).Y)
		fold(v.ClampLen(c).X, v.ClampLen(c).Y, Polar(a, turn).X, r.Between(a, b), r.Unit(), Q16(r.Intn(int(c))))
	}
	return sum ^ r.State()
}

// The number was computed on linux/amd64. Every architecture must give it: a
// change means that matches between machines, and old replays, come apart.
func TestGolden(t *testing.T) {
	const want = 0xb98b6055e61598c9
	if got := mill(20000); got != want {
		t.Errorf("the mill gives %#x, want %#x", got, uint64(want))
	}
}

func TestNothingAllocates(t *testing.T) {
	n := 0
	if got := testing.AllocsPerRun(100, func() { n += int(mill(10)) }); got != 0 {
		t.Errorf("%f allocations", got)
	}
}
