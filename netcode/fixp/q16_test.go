package fixp

import (
	"math"
	"math/big"
	"slices"
	"testing"
)

// samples are the values where fixed-point code goes wrong, and some between.
func samples() []Q16 {
	s := []Q16{0, 1, 2, 3, Half - 1, Half, Half + 1, One - 1, One, One + 1, 3 * One / 2, Int(181), Int(182), Max - 1, Max}
	r := NewRand(1)
	for range 20 {
		s = append(s, Q16(r.Uint32()>>(1+r.Intn(24))))
	}
	for _, v := range slices.Clip(s) {
		s = append(s, -v)
	}
	return append(s, Min, Min+1)
}

// exact returns num/den rounded to the nearest, ties away from zero, saturated.
func exact(num, den *big.Int) Q16 {
	two := big.NewInt(2)
	n, d := new(big.Int).Abs(num), new(big.Int).Abs(den)
	n.Mul(n, two).Add(n, d).Div(n, d.Mul(d, two))
	if num.Sign()*den.Sign() < 0 {
		n.Neg(n)
	}
	switch {
	case n.Cmp(big.NewInt(math.MaxInt32)) > 0:
		return Max
	case n.Cmp(big.NewInt(math.MinInt32)) < 0:
		return Min
	}
	return Q16(n.Int64())
}

func TestMulDivAgainstBigIntegers(t *testing.T) {
	one := big.NewInt(int64(One))
	saturated := 0
	for _, a := range samples() {
		for _, b := range samples() {
			product := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(b)))
			want := exact(product, one)
			if want == Max || want == Min {
				saturated++
			}
			if got := a.Mul(b); got != want {
				t.Errorf("%v * %v = %v, want %v", a, b, got, want)
			}
			if b != 0 {
				scaled := new(big.Int).Mul(big.NewInt(int64(a)), one)
				if got, want := a.Div(b), exact(scaled, big.NewInt(int64(b))); got != want {
					t.Errorf("%v / %v = %v, want %v", a, b, got, want)
				}
			}
			for _, c := range []Q16{1, -3, One, Max, Min} {
				if got, want := MulDiv(a, b, c), exact(product, big.NewInt(int64(c))); got != want {
					t.Errorf("MulDiv(%v, %v, %v) = %v, want %v", a, b, c, got, want)
				}
			}
			if a != Min && (a.Neg().Mul(b) != a.Mul(b).Neg() && a.Mul(b) != Min && a.Mul(b) != Max) {
				t.Errorf("-%v * %v is not mirrored", a, b)
			}
		}
	}
	if saturated < 100 {
		t.Errorf("only %d products saturate: the samples are too tame", saturated)
	}
}

func TestArithmetic(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want Q16
	}{
		{"1/0", One.Div(0), Max},
		{"-1/0", (-One).Div(0), Min},
		{"0/0", Q16(0).Div(0), 0},
		{"Ratio", Ratio(3, 100), 1966},
		{"Ratio negative", Ratio(-1, 3), -21845},
		{"Ratio by zero", Ratio(7, 0), Max},
		{"Int", Int(-5), -5 * One},
		{"Int above", Int(1 << 20), Max},
		{"Int below", Int(-1 << 20), Min},
		{"Add", Max.Add(1), Max},
		{"Sub", Min.Sub(1), Min},
		{"Neg Min", Min.Neg(), Max},
		{"Abs Min", Min.Abs(), Max},
		{"Abs", (-Half).Abs(), Half},
		{"Lerp start", Lerp(Min, Max, 0), Min},
		{"Lerp end", Lerp(Min, Max, One), Max},
		{"Lerp half", Lerp(Int(-4), Int(8), Half), Int(2)},
		{"Lerp beyond", Lerp(Min, Max, 2*One), Max},
		{"Sqrt", Int(2).Sqrt(), 92682},
		{"Sqrt negative", Int(-4).Sqrt(), 0},
		{"Sqrt Max", Max.Sqrt(), 11863283},
		{"Sqrt Epsilon", Epsilon.Sqrt(), 256},
	} {
		if c.got != c.want {
			t.Errorf("%s = %v (%d), want %v", c.name, c.got, int32(c.got), c.want)
		}
	}
	for _, c := range []struct {
		v            Q16
		floor, round int
		text         string
	}{
		{0, 0, 0, "0.00000"},
		{Half, 0, 1, "0.50000"},
		{-Half, -1, -1, "-0.50000"},
		{-Half + 1, -1, 0, "-0.49998"},
		{Epsilon, 0, 0, "0.00002"},
		{-Epsilon, -1, 0, "-0.00002"},
		{Max, 32767, 32768, "32767.99998"},
		{Min, -32768, -32768, "-32768.00000"},
	} {
		if c.v.Floor() != c.floor || c.v.Round() != c.round || c.v.String() != c.text {
			t.Errorf("%d: Floor %d, Round %d, String %s; want %d, %d, %s",
				int32(c.v), c.v.Floor(), c.v.Round(), c.v, c.floor, c.round, c.text)
		}
		if c.v.Sign() != int(max(-1, min(1, int64(c.v)))) {
			t.Errorf("Sign(%v) = %d", c.v, c.v.Sign())
		}
	}
}

func TestSqrt64IsExact(t *testing.T) {
	check := func(n uint64) {
		r := uint64(Sqrt64(n))
		// (r+1)² can be 1<<64, which no n reaches.
		if r*r > n || r < math.MaxUint32 && (r+1)*(r+1) <= n {
			t.Fatalf("Sqrt64(%d) = %d", n, r)
		}
	}
	for n := range uint64(70000) {
		check(n)
	}
	for r := uint64(1); r <= math.MaxUint32; r = r*2 + r%3 {
		check(r*r - 1)
		check(r * r)
		check(r*r + 2*r)
	}
	check(math.MaxUint64)
	rand := NewRand(2)
	for range 10000 {
		check(rand.Uint64() >> rand.Intn(64))
	}
}
