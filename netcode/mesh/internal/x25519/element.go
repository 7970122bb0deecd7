package x25519

import (
	"encoding/binary"
	"math/bits"
)

// element is a number modulo p = 2²⁵⁵ − 19, as the sum of its five limbs times
// 2^(51·i). Between operations each limb is below 2⁵¹ + 2¹⁵, so there are many
// ways to write a number; bytes gives the one below p.
type element [5]uint64

const mask = 1<<51 - 1

// setBytes reads 32 bytes, the lowest first; the highest bit is ignored.
func (v *element) setBytes(b [Size]byte) {
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	v[0] = at(0) & mask
	v[1] = at(6) >> 3 & mask
	v[2] = at(12) >> 6 & mask
	v[3] = at(19) >> 1 & mask
	v[4] = at(24) >> 12 & mask
}

// bytes writes v below p, the lowest byte first.
func (v *element) bytes() (out [Size]byte) {
	t := *v
	t.carry()
	t.carry()
	// Now t < 2p. It is at least p exactly if t + 19 reaches 2²⁵⁵.
	c := (t[0] + 19) >> 51
	for i := 1; i < 5; i++ {
		c = (t[i] + c) >> 51
	}
	t[0] += 19 * c
	for i := range 4 {
		t[i+1] += t[i] >> 51
		t[i] &= mask
	}
	t[4] &= mask // the 2²⁵⁵ of it goes
	put := func(i int, x uint64) { binary.LittleEndian.PutUint64(out[i:], x) }
	put(0, t[0]|t[1]<<51)
	put(8, t[1]>>13|t[2]<<38)
	put(16, t[2]>>26|t[3]<<25)
	put(24, t[3]>>39|t[4]<<12)
	return out
}

// carry moves what is above 51 bits of each limb to the next one.
func (v *element) carry() {
	c0, c1, c2, c3, c4 := v[0]>>51, v[1]>>51, v[2]>>51, v[3]>>51, v[4]>>51
	v[0] = v[0]&mask + 19*c4
	v[1] = v[1]&mask + c0
	v[2] = v[2]&mask + c1
	v[3] = v[3]&mask + c2
	v[4] = v[4]&mask + c3
}

func (v *element) add(a, b *element) {
	for i := range v {
		v[i] = a[i] + b[i]
	}
	v.carry()
}

// subtract adds 2p first, so that no limb falls below 0.
func (v *element) subtract(a, b *element) {
	v[0] = a[0] + 0xfffffffffffda - b[0]
	for i := 1; i < 5; i++ {
		v[i] = a[i] + 0xffffffffffffe - b[i]
	}
	v.carry()
}

// wide is a sum of products.
type wide struct{ low, high uint64 }

func (w *wide) add(a, b uint64) {
	high, low := bits.Mul64(a, b)
	var c uint64
	w.low, c = bits.Add64(w.low, low, 0)
	w.high, _ = bits.Add64(w.high, high, c)
}

// multiply sets v to a·b; both may be v. What is above 2²⁵⁵ counts 19 times.
func (v *element) multiply(a, b *element) {
	var r [5]wide
	for i := range 5 {
		for j := range 5 {
			if i+j < 5 {
				r[i+j].add(a[i], b[j])
			} else {
				r[i+j-5].add(a[i]*19, b[j])
			}
		}
	}
	var c [5]uint64
	for i, w := range r {
		c[i] = w.high<<13 | w.low>>51
	}
	v[0] = r[0].low&mask + 19*c[4]
	for i := 1; i < 5; i++ {
		v[i] = r[i].low&mask + c[i-1]
	}
	v.carry()
}

// invert sets v to 1/a, which is a^(p−2); 0 for 0. p−2 = 2²⁵⁵ − 21 has ones
// everywhere but at the bits 2 and 4.
func (v *element) invert(a *element) {
	x, r := *a, element{1}
	for bit := 254; bit >= 0; bit-- {
		r.multiply(&r, &r)
		if bit != 2 && bit != 4 {
			r.multiply(&r, &x)
		}
	}
	*v = r
}

// swap exchanges v and o if on is 1, and does the same work if it is 0.
func (v *element) swap(o *element, on uint64) {
	m := -on
	for i := range v {
		t := m & (v[i] ^ o[i])
		v[i] ^= t
		o[i] ^= t
	}
}
