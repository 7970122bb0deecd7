package x25519

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"testing"
)

func unhex(t testing.TB, s string) (out [Size]byte) {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != Size {
		t.Fatalf("%q: %v", s, err)
	}
	return [Size]byte(b)
}

// The vectors of RFC 7748 §5.2.
func TestVectors(t *testing.T) {
	for _, v := range [][3]string{
		{
			"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
			"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
			"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
		},
		{
			"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
			"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
			"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
		},
	} {
		if got := ladder(unhex(t, v[0]), unhex(t, v[1])); got != unhex(t, v[2]) {
			t.Errorf("%x, want %s", got, v[2])
		}
	}
	k, u := [Size]byte{9}, [Size]byte{9}
	for i := range 1000 {
		k, u = ladder(k, u), k
		if want := "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"; i == 0 && k != unhex(t, want) {
			t.Errorf("after one round %x, want %s", k, want)
		}
	}
	if want := "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"; k != unhex(t, want) {
		t.Errorf("after 1000 rounds %x, want %s", k, want)
	}
}

// same holds one agreement against the standard library's.
func same(t *testing.T, secret, theirs [Size]byte) {
	t.Helper()
	key, err := ecdh.X25519().NewPrivateKey(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	if got := Public(secret); got != [Size]byte(key.PublicKey().Bytes()) {
		t.Errorf("public half of %x is %x, want %x", secret, got, key.PublicKey().Bytes())
	}
	half, err := ecdh.X25519().NewPublicKey(theirs[:])
	if err != nil {
		t.Fatal(err)
	}
	want, err := key.ECDH(half)
	got, ok := Shared(secret, theirs)
	if ok != (err == nil) || ok && got != [Size]byte(want) {
		t.Errorf("%x and %x share %x, %t; want %x, %v", secret, theirs, got, ok, want, err)
	}
}

func TestLikeTheStandardLibrary(t *testing.T) {
	edges := []string{
		"00", "01", "02", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	}
	for _, e := range edges {
		e += "0000000000000000000000000000000000000000000000000000000000000000"[min(len(e), 64):]
		same(t, [Size]byte{1, 2, 3}, unhex(t, e))
		same(t, unhex(t, e), [Size]byte{9})
	}
	for range 100 {
		var a, b [Size]byte
		rand.Read(a[:])
		rand.Read(b[:])
		same(t, a, b)
	}
}

// Arithmetic against math/big, with limbs as full as they may be.
func TestElements(t *testing.T) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	value := func(e element) *big.Int {
		sum := new(big.Int)
		for i := 4; i >= 0; i-- {
			sum.Lsh(sum, 51).Add(sum, new(big.Int).SetUint64(e[i]))
		}
		return sum.Mod(sum, p)
	}
	read := func(e element) *big.Int {
		b := e.bytes()
		for i := range 16 {
			b[i], b[31-i] = b[31-i], b[i]
		}
		return new(big.Int).SetBytes(b[:])
	}
	const full = 1<<51 + 1<<15 - 1
	list := []element{{}, {1}, {full, full, full, full, full}, {mask - 18, mask, mask, mask, mask}, {mask - 19, mask, mask, mask, mask}, {mask, mask, mask, mask, mask}, {0, 0, 0, 0, full}}
	for range 50 {
		var e element
		for i := range e {
			n, err := rand.Int(rand.Reader, big.NewInt(full))
			if err != nil {
				t.Fatal(err)
			}
			e[i] = n.Uint64()
		}
		list = append(list, e)
	}
	for _, a := range list {
		if read(a).Cmp(value(a)) != 0 {
			t.Errorf("%x is written as %x, want %x", a, read(a), value(a))
		}
		for _, b := range list {
			var sum, difference, product element
			sum.add(&a, &b)
			difference.subtract(&a, &b)
			product.multiply(&a, &b)
			for what, tc := range map[string]struct {
				got  element
				want *big.Int
			}{
				"sum":        {sum, new(big.Int).Add(value(a), value(b))},
				"difference": {difference, new(big.Int).Sub(value(a), value(b))},
				"product":    {product, new(big.Int).Mul(value(a), value(b))},
			} {
				if tc.want.Mod(tc.want, p); read(tc.got).Cmp(tc.want) != 0 {
					t.Fatalf("%s of %x and %x: %x, want %x", what, a, b, read(tc.got), tc.want)
				}
				for _, limb := range tc.got {
					if limb > full {
						t.Fatalf("%s of %x and %x has limbs %x", what, a, b, tc.got)
					}
				}
			}
		}
		var inverse element
		inverse.invert(&a)
		want := new(big.Int).Exp(value(a), new(big.Int).Sub(p, big.NewInt(2)), p)
		if read(inverse).Cmp(want) != 0 {
			t.Errorf("1/%x is %x, want %x", a, read(inverse), want)
		}
	}
}

func BenchmarkShared(b *testing.B) {
	for b.Loop() {
		Shared([Size]byte{1}, [Size]byte{9})
	}
}
