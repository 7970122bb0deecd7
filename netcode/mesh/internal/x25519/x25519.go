// Package x25519 is the key agreement of RFC 7748 for the page. crypto/ecdh does
// the same, and natively it is used; but it brings all of NIST's curves along,
// which are 130 KB of a page of 4 MB, and cannot be told to leave them out. The
// tests hold the two against each other. Time and addresses do not depend on
// secrets.
package x25519

// Size is the length in bytes of all keys here.
const Size = 32

// Public returns the public half of a secret, which is any 32 random bytes.
func Public(secret [Size]byte) [Size]byte {
	return ladder(secret, [Size]byte{9})
}

// Shared returns what both ends get from their secret and the other's public
// half; false for a half of low order, which makes it the same for all secrets.
func Shared(secret, theirs [Size]byte) (out [Size]byte, ok bool) {
	out = ladder(secret, theirs)
	sum := byte(0)
	for _, b := range out {
		sum |= b
	}
	return out, sum != 0
}

// ladder multiplies a point, given by its u, with a scalar: RFC 7748 §5.
func ladder(scalar, point [Size]byte) [Size]byte {
	scalar[0] &= 248
	scalar[31] &= 127
	scalar[31] |= 64
	var x1 element
	x1.setBytes(point)
	x2, x3, z2, z3 := element{1}, x1, element{}, element{1}
	var a, aa, b, bb, e, c, d, da, cb element
	swap := uint64(0)
	for i := 254; i >= 0; i-- {
		bit := uint64(scalar[i/8]>>(i%8)) & 1
		swap ^= bit
		x2.swap(&x3, swap)
		z2.swap(&z3, swap)
		swap = bit

		a.add(&x2, &z2)
		aa.multiply(&a, &a)
		b.subtract(&x2, &z2)
		bb.multiply(&b, &b)
		e.subtract(&aa, &bb)
		c.add(&x3, &z3)
		d.subtract(&x3, &z3)
		da.multiply(&d, &a)
		cb.multiply(&c, &b)
		x3.add(&da, &cb)
		x3.multiply(&x3, &x3)
		z3.subtract(&da, &cb)
		z3.multiply(&z3, &z3)
		z3.multiply(&z3, &x1)
		x2.multiply(&aa, &bb)
		z2.multiply(&e, &element{121665})
		z2.add(&z2, &aa)
		z2.multiply(&z2, &e)
	}
	x2.swap(&x3, swap)
	z2.swap(&z3, swap)
	z2.invert(&z2)
	x2.multiply(&x2, &z2)
	return x2.bytes()
}
