package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestReaderReadsWhatWasWritten(t *testing.T) {
	tag := wire.NewTag([16]byte{9}, 3)
	b := wire.AppendTag(nil, tag)
	b = append(b, 7)
	b = binary.LittleEndian.AppendUint16(b, 0x1234)
	b = binary.LittleEndian.AppendUint32(b, 0xdeadbeef)
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint64-1)
	b = binary.AppendUvarint(b, 300)
	b = binary.AppendVarint(b, -65)
	b = binary.AppendVarint(b, math.MinInt64)
	b = binary.AppendUvarint(b, math.MaxUint64)
	b = wire.AppendBytes(b, []byte("moves"))
	b = append(b, "tail"...)

	r := wire.NewReader(b)
	if got := r.Tag(); got != tag {
		t.Errorf("Tag = %x, want %x", got, tag)
	}
	if got := r.U8(); got != 7 {
		t.Errorf("U8 = %d", got)
	}
	if got := r.U16(); got != 0x1234 {
		t.Errorf("U16 = %#x", got)
	}
	if got := r.U32(); got != 0xdeadbeef {
		t.Errorf("U32 = %#x", got)
	}
	if got := r.U64(); got != math.MaxUint64-1 {
		t.Errorf("U64 = %#x", got)
	}
	if got := r.Uvarint(300); got != 300 {
		t.Errorf("Uvarint = %d", got)
	}
	if got := r.Varint(-65, 0); got != -65 {
		t.Errorf("Varint = %d", got)
	}
	if got := r.Varint(math.MinInt64, math.MaxInt64); got != math.MinInt64 {
		t.Errorf("Varint = %d", got)
	}
	if got := r.Uvarint(math.MaxUint64); got != math.MaxUint64 {
		t.Errorf("Uvarint = %d", got)
	}
	if got := r.Bytes(r.Int(16)); string(got) != "moves" || cap(got) != 5 {
		t.Errorf("Bytes = %q, cap %d", got, cap(got))
	}
	if got := r.Rest(); string(got) != "tail" || r.Len() != 0 {
		t.Errorf("Rest = %q, %d left", got, r.Len())
	}
	if err := r.Done(); err != nil {
		t.Error(err)
	}
}

func TestReaderErrors(t *testing.T) {
	max10 := bytes.Repeat([]byte{0xff}, 10)
	for name, c := range map[string]struct {
		in   []byte
		read func(r *wire.Reader) bool // whether it returned zero
		want error
	}{
		"empty u8":         {nil, func(r *wire.Reader) bool { return r.U8() == 0 }, wire.ErrTruncated},
		"half u16":         {[]byte{1}, func(r *wire.Reader) bool { return r.U16() == 0 }, wire.ErrTruncated},
		"half u32":         {[]byte{1, 2, 3}, func(r *wire.Reader) bool { return r.U32() == 0 }, wire.ErrTruncated},
		"half u64":         {make([]byte, 7), func(r *wire.Reader) bool { return r.U64() == 0 }, wire.ErrTruncated},
		"half tag":         {[]byte{1, 2, 3}, func(r *wire.Reader) bool { return r.Tag() == wire.Tag{} }, wire.ErrTruncated},
		"short bytes":      {[]byte{1}, func(r *wire.Reader) bool { return r.Bytes(2) == nil }, wire.ErrTruncated},
		"huge bytes":       {[]byte{1}, func(r *wire.Reader) bool { return r.Bytes(math.MaxInt) == nil }, wire.ErrTruncated},
		"negative bytes":   {[]byte{1}, func(r *wire.Reader) bool { return r.Bytes(-1) == nil }, wire.ErrRange},
		"no varint":        {nil, func(r *wire.Reader) bool { return r.Uvarint(9) == 0 }, wire.ErrTruncated},
		"half varint":      {[]byte{0x80}, func(r *wire.Reader) bool { return r.Uvarint(9) == 0 }, wire.ErrTruncated},
		"padded varint":    {[]byte{0x81, 0}, func(r *wire.Reader) bool { return r.Uvarint(9) == 0 }, wire.ErrOverlong},
		"padded zero":      {[]byte{0x80, 0}, func(r *wire.Reader) bool { return r.Uvarint(9) == 0 }, wire.ErrOverlong},
		"65-bit varint":    {max10, func(r *wire.Reader) bool { return r.Uvarint(math.MaxUint64) == 0 }, wire.ErrOverlong},
		"above max":        {[]byte{10}, func(r *wire.Reader) bool { return r.Uvarint(9) == 0 }, wire.ErrRange},
		"below min":        {[]byte{3}, func(r *wire.Reader) bool { return r.Varint(-1, 5) == 0 }, wire.ErrRange},
		"above signed max": {[]byte{12}, func(r *wire.Reader) bool { return r.Varint(-1, 5) == 0 }, wire.ErrRange},
		"padded signed":    {[]byte{0x82, 0}, func(r *wire.Reader) bool { return r.Varint(-1, 5) == 0 }, wire.ErrOverlong},
		"negative int max": {[]byte{0}, func(r *wire.Reader) bool { return r.Int(-1) == 0 }, wire.ErrRange},
		"trailing":         {[]byte{1}, func(r *wire.Reader) bool { return true }, wire.ErrTrailing},
	} {
		r := wire.NewReader(c.in)
		zero := c.read(&r)
		if err := r.Done(); !errors.Is(err, c.want) || !zero {
			t.Errorf("%s: error %v, zero %v; want %v and zero", name, err, zero, c.want)
		}
	}
}

func TestReaderErrorIsSticky(t *testing.T) {
	r := wire.NewReader([]byte{0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	r.Uvarint(5)
	if r.U8() != 0 || r.U32() != 0 || r.Rest() != nil || r.Len() != 0 || r.Varint(-9, 9) != 0 {
		t.Error("a broken Reader still reads")
	}
	r.Fail(wire.ErrRange)
	if err := r.Done(); !errors.Is(err, wire.ErrOverlong) {
		t.Errorf("Done = %v, want the first error", err)
	}
	r = wire.NewReader([]byte{1})
	r.Fail(nil)
	if r.U8() != 1 || r.Done() != nil {
		t.Error("Fail(nil) broke the Reader")
	}
}

func TestReaderDoesNotAllocate(t *testing.T) {
	b := binary.AppendUvarint(make([]byte, 40), 77)
	if n := testing.AllocsPerRun(100, func() {
		r := wire.NewReader(b)
		r.U8()
		r.U64()
		r.Bytes(31)
		r.Uvarint(5)
		_ = r.Done()
	}); n != 0 {
		t.Errorf("%v allocations per message", n)
	}
}

func TestUvarintLen(t *testing.T) {
	for _, v := range []uint64{0, 1, 127, 128, 16383, 16384, 1<<56 - 1, 1 << 56, math.MaxUint64} {
		if got, want := wire.UvarintLen(v), len(binary.AppendUvarint(nil, v)); got != want {
			t.Errorf("UvarintLen(%d) = %d, want %d", v, got, want)
		}
	}
}

// FuzzReader runs a little program of reads over hostile bytes: nothing may
// panic, read past the end or go on after an error, and every number that is
// accepted has exactly the bytes that writing it gives.
func FuzzReader(f *testing.F) {
	f.Add([]byte{5, 6, 7, 0, 1, 2, 3, 4}, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	f.Add([]byte{5, 5, 5}, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, program, in []byte) {
		r := wire.NewReader(in)
		left := len(in)
		for _, op := range program {
			before := in[len(in)-left:]
			broken := r.Err() != nil
			var zero bool
			switch op % 9 {
			case 0:
				zero = r.U8() == 0
			case 1:
				zero = r.U16() == 0
			case 2:
				zero = r.U32() == 0
			case 3:
				zero = r.U64() == 0
			case 4:
				n := int(op) - 40
				got := r.Bytes(n)
				zero = got == nil
				if got != nil && !bytes.Equal(got, before[:n]) {
					t.Fatalf("Bytes(%d) = %x from %x", n, got, before)
				}
			case 5:
				v := r.Uvarint(uint64(op) << 40)
				zero = v == 0
				if r.Err() == nil && !bytes.HasPrefix(before, binary.AppendUvarint(nil, v)) {
					t.Fatalf("Uvarint = %d from %x", v, before)
				}
			case 6:
				v := r.Varint(-int64(op), int64(op))
				zero = v == 0
				if r.Err() == nil && !bytes.HasPrefix(before, binary.AppendVarint(nil, v)) {
					t.Fatalf("Varint = %d from %x", v, before)
				}
			case 7:
				v := r.Int(int(op))
				zero = v == 0
				if v < 0 || v > int(op) {
					t.Fatalf("Int(%d) = %d", op, v)
				}
			case 8:
				zero = r.Tag() == wire.Tag{}
			}
			if broken && !zero || r.Err() != nil && r.Len() != 0 {
				t.Fatalf("op %d reads on after %v", op%9, r.Err())
			}
			if r.Err() == nil {
				left = r.Len()
			}
		}
		if err := r.Done(); err == nil && r.Len() != 0 {
			t.Fatal("Done with bytes left")
		}
	})
}
