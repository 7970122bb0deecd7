package netcode

import (
	"bytes"
	"errors"
	"math/bits"
	"strings"
	"testing"
)

type inner struct {
	On   bool
	Size int16
}

type packed struct {
	A, B  bool
	Aim   int32
	Parts [3]inner
	Big   uint64
	_     int8
	low   uint8
	Bits  [9]bool
}

// TestCodecTypes: which move types are taken, and that a refusal names the field.
func TestCodecTypes(t *testing.T) {
	refused := func(err error, want ...string) {
		t.Helper()
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("want an error with %q, got %v", w, err)
			}
		}
	}
	plan := func(_ any, err error) error { return err }
	refused(plan(planCodec[int32]()), "int32", "struct")
	refused(plan(planCodec[*packed]()), "struct")
	refused(plan(planCodec[struct{ X int }]()), "field X is a int", "sized integers")
	refused(plan(planCodec[struct{ X uint }]()), "field X")
	refused(plan(planCodec[struct{ P uintptr }]()), "field P")
	refused(plan(planCodec[struct{ Speed float64 }]()), "field Speed is a float64")
	refused(plan(planCodec[struct{ Name string }]()), "field Name")
	refused(plan(planCodec[struct{ Keys []byte }]()), "field Keys")
	refused(plan(planCodec[struct{ M map[int]int }]()), "field M")
	refused(plan(planCodec[struct{ P *int8 }]()), "field P")
	refused(plan(planCodec[struct{ I any }]()), "field I")
	refused(plan(planCodec[struct{ F func() }]()), "field F")
	refused(plan(planCodec[struct {
		In struct{ Deep [2]struct{ F float32 } }
	}]()), "field In.Deep[0].F")
	refused(plan(planCodec[struct{ None [0]string }]()), "field None")
	refused(plan(planCodec[struct{ Bytes [256]uint8 }]()), "256 bytes", "255")
	refused(plan(planCodec[struct{ Huge [1 << 30]uint8 }]()), "field Huge", "too many")
	refused(plan(planCodec[struct{ Void [1 << 30]struct{} }]()), "field Void", "too many")

	size := func(got, want int, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%d bytes, want %d: %v", got, want, err)
		}
	}
	a, err := planCodec[struct{}]()
	size(a.size, 0, err)
	b, err := planCodec[struct{ Bytes [255]uint8 }]()
	size(b.size, 255, err)
	c, err := planCodec[struct{ Keys [9]bool }]()
	size(c.size, 2, err)
	d, err := planCodec[packed]()
	size(d.size, 2+4+3*2+8+1+1, err) // 14 bools, then the integers
	e, err := planCodec[rune4]()
	if low, high := e.limits(); low != 0 || high != 255 || err != nil || !e.custom {
		t.Errorf("a MoveCodec: %d to %d bytes, %v", low, high, err)
	}
}

// rune4 is a MoveCodec of up to four bytes; it refuses '!'.
type rune4 struct {
	Text string // a field that only a MoveCodec can have
}

func (r *rune4) AppendMove(dst []byte) []byte { return append(dst, r.Text...) }

func (r *rune4) DecodeMove(src []byte) error {
	r.Text = string(src)
	if len(src) > 4 || bytes.ContainsRune(src, '!') {
		return errors.New("rune4: not a move")
	}
	return nil
}

// TestCodecRoundTrip: each field keeps its value, bit by bit, and none touches
// another.
func TestCodecRoundTrip(t *testing.T) {
	c, err := planCodec[packed]()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range []packed{
		{},
		{A: true},
		{B: true},
		{Aim: -1},
		{Aim: -1 << 31},
		{Big: 1<<63 + 5},
		{low: 200},
		{Bits: [9]bool{8: true}},
		{Parts: [3]inner{1: {On: true}, 2: {Size: -30000}}},
		{A: true, Aim: 77, low: 1, Bits: [9]bool{true, 7: true}},
	} {
		b := c.encode([]byte("x"), &m)
		if b[0] != 'x' || len(b) != 1+c.size || seen[string(b)] {
			t.Errorf("%+v: % x", m, b)
		}
		seen[string(b)] = true
		got := packed{Aim: 99, Big: 99, A: true} // must not shine through
		if c.decode(&got, b[1:]); got != m {
			t.Errorf("%+v came back as %+v", m, got)
		}
	}
	full := packed{Aim: -1}
	for _, wrong := range [][]byte{nil, make([]byte, c.size-1), make([]byte, c.size+1)} {
		if c.decode(&full, wrong); full != (packed{}) {
			t.Errorf("%d bytes decode to %+v", len(wrong), full)
		}
		full.Aim = -1
	}
}

// TestCodecBytes pins the form on the wire: bools first, eight to a byte, then
// integers in little endian.
func TestCodecBytes(t *testing.T) {
	type move struct {
		X    uint16
		A, B bool
		Y    int8
	}
	c, _ := planCodec[move]()
	if got := c.encode(nil, &move{X: 0x1234, B: true, Y: -2}); !bytes.Equal(got, []byte{0b10, 0x34, 0x12, 0xfe}) {
		t.Errorf("% x", got)
	}
}

// TestCodecHash: types that are not encoded alike, or mean something else by
// the same bytes, have different hashes; a type's own name does not matter.
func TestCodecHash(t *testing.T) {
	hashes := map[uint64]string{}
	add := func(name string, h uint64) {
		if other, taken := hashes[h]; taken {
			t.Errorf("%s and %s have one hash", name, other)
		}
		hashes[h] = name
	}
	a, _ := planCodec[struct{ X, Y int16 }]()
	b, _ := planCodec[struct{ Y, X int16 }]()
	c, _ := planCodec[struct{ X, Z int16 }]()
	d, _ := planCodec[struct{ X, Y uint16 }]()
	e, _ := planCodec[struct{ X [2]int16 }]()
	f, _ := planCodec[struct{ X struct{ Y, Z int16 } }]()
	g, _ := planCodec[struct{ X, Y, Z int16 }]()
	h, _ := planCodec[rune4]()
	for name, hash := range map[string]uint64{"XY": a.hash(), "YX": b.hash(), "XZ": c.hash(), "unsigned": d.hash(), "array": e.hash(), "nested": f.hash(), "XYZ": g.hash(), "codec": h.hash()} {
		add(name, hash)
	}
	type named struct{ X, Y int16 }
	if n, _ := planCodec[named](); n.hash() != a.hash() {
		t.Error("the type's name changes the hash")
	}
}

// TestMoveCodecErrors: what DecodeMove refuses is the zero move, whatever it
// wrote before it refused.
func TestMoveCodecErrors(t *testing.T) {
	c, err := planCodec[rune4]()
	if err != nil {
		t.Fatal(err)
	}
	m := rune4{"old"}
	for src, want := range map[string]string{"ab": "ab", "": "", "a!": "", "abcde": "", "abcd": "abcd"} {
		if c.decode(&m, []byte(src)); m.Text != want {
			t.Errorf("%q is the move %q, want %q", src, m.Text, want)
		}
	}
	if got := c.encode([]byte("x"), &rune4{"yz"}); string(got) != "xyz" {
		t.Errorf("encoded %q", got)
	}
}

// FuzzDecode: whatever bytes a peer sends are a move, the same one on every
// machine: decoding, encoding and decoding again ends where it began.
func FuzzDecode(f *testing.F) {
	fixed, err := planCodec[packed]()
	if err != nil {
		f.Fatal(err)
	}
	custom, err := planCodec[rune4]()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, fixed.size))
	f.Add(fixed.encode(nil, &packed{A: true, Aim: 5, Big: 1 << 60}))
	f.Add([]byte("ab!"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m, again packed
		fixed.decode(&m, b)
		fixed.decode(&again, fixed.encode(nil, &m))
		if m != again {
			t.Errorf("% x is %+v and then %+v", b, m, again)
		}
		ones := 0
		for _, x := range fixed.encode(nil, &m) {
			ones += bits.OnesCount8(x)
		}
		if len(b) != fixed.size && ones > 0 {
			t.Errorf("% x of %d bytes is not the zero move: %+v", b, len(b), m)
		}
		var r, back rune4
		custom.decode(&r, b)
		if enc := custom.encode(nil, &r); len(enc) > 4 {
			t.Errorf("%q became %q", b, enc)
		} else if custom.decode(&back, enc); back != r {
			t.Errorf("%q is %q and then %q", b, r.Text, back.Text)
		}
	})
}
