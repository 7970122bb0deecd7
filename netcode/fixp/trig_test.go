package fixp

import (
	"math"
	"testing"
)

func radians(a int) float64 { return float64(a) * 2 * math.Pi / 65536 }

// The tables are constants; here they meet the mathematics that they stand for.
// math may differ in the last bit between architectures, hence the unit of leeway.
func TestTables(t *testing.T) {
	for i := range sinTable {
		sin := math.Sin(float64(i)*math.Pi/512) * (1 << 30)
		atan := math.Atan(float64(i)/256) / (2 * math.Pi) * (1 << 32)
		if math.Abs(sin-float64(sinTable[i])) > 0.51 || math.Abs(atan-float64(atanTable[i])) > 0.51 {
			t.Errorf("entry %d: %d, %d; want %f, %f", i, sinTable[i], atanTable[i], sin, atan)
		}
	}
}

func TestSinCosWithinOneStep(t *testing.T) {
	worst := 0.0
	for i := range 65536 {
		a := Angle(i)
		worst = max(worst, math.Abs(float64(a.Sin())-math.Sin(radians(i))*65536))
		worst = max(worst, math.Abs(float64(a.Cos())-math.Cos(radians(i))*65536))
		if a.Sin() != -(-a).Sin() || a.Cos() != (-a).Cos() || a.Sin() != (Turn2-a).Sin() {
			t.Fatalf("angle %d is not mirrored", i)
		}
	}
	t.Logf("largest error %.3f/65536", worst)
	if worst > 1 {
		t.Errorf("off by %f/65536, documented is 1", worst)
	}
	if worst < 0.4 {
		t.Errorf("an error of %f is better than rounding allows: the test is broken", worst)
	}
	if Angle(0).Sin() != 0 || Quarter.Sin() != One || Turn2.Cos() != -One || (Quarter+Turn2).Sin() != -One {
		t.Error("a landmark is off")
	}
}

func TestAtan2WithinDocumentedError(t *testing.T) {
	worst := 0.0
	check := func(y, x Q16) {
		want := math.Atan2(float64(y), float64(x)) / (2 * math.Pi) * 65536
		diff := math.Abs(math.Remainder(float64(Atan2(y, x))-want, 65536))
		worst = max(worst, diff)
		if diff > 0.52 {
			t.Fatalf("Atan2(%v, %v) = %d, want %f", y, x, Atan2(y, x), want)
		}
	}
	for _, x := range samples() {
		for _, y := range samples() {
			if x != 0 || y != 0 {
				check(y, x)
			}
		}
	}
	r := NewRand(3)
	for range 200000 {
		x, y := Q16(r.Uint32())>>r.Intn(30), Q16(r.Uint32())>>r.Intn(30)
		if x == 0 || y == 0 || x == Min || y == Min {
			continue
		}
		check(y, x)
		if a := Atan2(y, x); Atan2(-y, x) != -a || Atan2(y, -x) != Turn2-a {
			t.Fatalf("Atan2(%v, %v) is not mirrored", y, x)
		}
	}
	t.Logf("largest error %.3f units", worst)
	for i, v := range []Vec2{{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}} {
		for _, size := range []Q16{1, 7, One, Max} {
			if got := Atan2(v.Y*size, v.X*size); got != Angle(i*8192) {
				t.Errorf("direction %d at size %d: %d", i, size, got)
			}
		}
	}
	if Atan2(0, 0) != 0 || Atan2(Min, Min) != Turn2+Quarter/2 {
		t.Error("a corner case is off")
	}
}

func TestDegrees(t *testing.T) {
	for n, want := range map[int]Angle{0: 0, 90: Quarter, -90: Quarter + Turn2, 180: Turn2, 360: 0, 1: 182, -3645: 57344, 359: 65354} {
		if got := Degrees(n); got != want {
			t.Errorf("Degrees(%d) = %d, want %d", n, got, want)
		}
	}
}
