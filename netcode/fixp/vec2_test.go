package fixp

import (
	"math"
	"testing"
)

// vectors returns pairs of all sizes, seeded.
func vectors(seed uint64, n int) [][2]Vec2 {
	r := NewRand(seed)
	draw := func() Q16 { return Q16(r.Uint32()) >> r.Intn(31) }
	list := make([][2]Vec2, n)
	for i := range list {
		list[i] = [2]Vec2{{draw(), draw()}, {draw(), draw()}}
	}
	return list
}

// near reports whether got is the float want, saturated, within tol/65536.
func near(got Q16, want, tol float64) bool {
	want = min(max(want*65536, math.MinInt32), math.MaxInt32)
	return math.Abs(float64(got)-want) <= tol
}

func TestVec2AgainstFloats(t *testing.T) {
	saturated := 0
	for _, pair := range vectors(4, 20000) {
		v, u := pair[0], pair[1]
		vx, vy, ux, uy := v.X.Float64(), v.Y.Float64(), u.X.Float64(), u.Y.Float64()
		size := math.Hypot(vx, vy)
		if v.Dot(u) == Max || v.Dot(u) == Min {
			saturated++
		}
		if !near(v.Len(), size, 0.51) {
			t.Errorf("Len(%v) = %v, want %f", v, v.Len(), size)
		}
		// Half a step of rounding, and what float64 itself loses.
		if tol := 0.51 + size*math.Hypot(ux, uy)*1e-10; !near(v.Dot(u), vx*ux+vy*uy, tol) || !near(v.Cross(u), vx*uy-vy*ux, tol) {
			t.Errorf("%v, %v: Dot %v Cross %v", v, u, v.Dot(u), v.Cross(u))
		}
		if n := v.Norm(); size > 0 && (!near(n.X, vx/size, 1) || !near(n.Y, vy/size, 1)) {
			t.Errorf("Norm(%v) = %v", v, n)
		}
		a := Angle(u.X)
		sin, cos := math.Sincos(radians(int(a)))
		turned := v.Rotate(a)
		if tol := 1 + 2*size; !near(turned.X, vx*cos-vy*sin, tol) || !near(turned.Y, vx*sin+vy*cos, tol) {
			t.Errorf("%v turned by %d is %v", v, a, turned)
		}
		if p := Polar(v.Len(), a); size < 32000 && (!near(p.X, size*cos, 1+2*size) || !near(p.Y, size*sin, 1+2*size)) {
			t.Errorf("Polar(%v, %d) = %v", v.Len(), a, p)
		}
	}
	if saturated < 100 {
		t.Errorf("only %d of the products saturate: the vectors are too tame", saturated)
	}
}

func TestVec2Exact(t *testing.T) {
	v := V(3, -4)
	for _, c := range []struct {
		name      string
		got, want Vec2
	}{
		{"Add", v.Add(V(1, 1)), V(4, -3)},
		{"Sub", v.Sub(V(1, 1)), V(2, -5)},
		{"Neg", v.Neg(), V(-3, 4)},
		{"Perp", v.Perp(), V(4, 3)},
		{"quarter turn", v.Rotate(Quarter), V(4, 3)},
		{"half turn", v.Rotate(Turn2), V(-3, 4)},
		{"no turn", v.Rotate(0), v},
		{"Scale", v.Scale(Half), Vec2{3 * Half, Int(-2)}},
		{"Lerp", v.Lerp(V(5, 0), Half), V(4, -2)},
		{"ClampLen long", v.ClampLen(Int(5)), v},
		{"ClampLen none", v.ClampLen(-1), Vec2{}},
		{"Norm zero", Vec2{}.Norm(), Vec2{}},
		{"Norm tiny", Vec2{1, 1}.Norm(), Vec2{46341, 46341}},
		{"Norm huge", Vec2{Min, Min}.Norm(), Vec2{-46341, -46341}},
	} {
		if c.got != c.want {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
	far := Vec2{Min, Min}
	switch {
	case v.Len() != Int(5) || far.Len() != Max:
		t.Error("Len")
	case far.Dot(far) != Max || far.Dot(far.Neg()) != Min || far.Cross(Vec2{Min, Max}) != Min:
		t.Error("products do not saturate")
	case !v.Within(Int(5)) || v.Within(Int(5)-1) || v.Within(-1) || far.Within(Max):
		t.Error("Within")
	case v.Compare(V(0, 5)) != 0 || v.Compare(V(0, 6)) != -1 || far.Compare(v) != 1:
		t.Error("Compare")
	case v.IsZero() || !(Vec2{}).IsZero():
		t.Error("IsZero")
	}
	if got := v.ClampLen(One).Len(); got < One-2 || got > One+2 {
		t.Errorf("clamped to %v", got)
	}
}
