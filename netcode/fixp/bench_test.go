package fixp

import "testing"

// sink keeps the compiler from dropping what is measured.
var sink Q16

func bench(b *testing.B, f func(x, y Q16) Q16) {
	b.ReportAllocs()
	x, y := Q16(123456), Q16(-7654321)
	for b.Loop() {
		x += 77
		sink += f(x, y)
	}
}

func BenchmarkMul(b *testing.B)  { bench(b, Q16.Mul) }
func BenchmarkDiv(b *testing.B)  { bench(b, Q16.Div) }
func BenchmarkSqrt(b *testing.B) { bench(b, func(x, _ Q16) Q16 { return x.Sqrt() }) }
func BenchmarkSin(b *testing.B)  { bench(b, func(x, _ Q16) Q16 { return Angle(x).Sin() }) }
func BenchmarkAtan2(b *testing.B) {
	bench(b, func(x, y Q16) Q16 { return Q16(Atan2(y, x)) })
}
func BenchmarkLen(b *testing.B)  { bench(b, func(x, y Q16) Q16 { return Vec2{x, y}.Len() }) }
func BenchmarkNorm(b *testing.B) { bench(b, func(x, y Q16) Q16 { return Vec2{x, y}.Norm().X }) }
func BenchmarkIntn(b *testing.B) {
	r := NewRand(1)
	bench(b, func(Q16, Q16) Q16 { return Q16(r.Intn(100)) })
}
