package wire

import (
	"encoding/binary"
	"math"
)

// Reader takes packed values from the front of untrusted bytes. Its error is
// sticky: after the first thing that is wrong every read returns zero, and
// [Reader.Err] or [Reader.Done] says what it was, so a decoder checks once at
// the end — and before it trusts a count enough to loop over it.
//
// A Reader never panics, never allocates and copies nothing: [Reader.Bytes] and
// [Reader.Rest] point into the input. The zero Reader reads an empty message.
// Copy a Reader to try something and come back. It is for one goroutine.
//
// Errors: [ErrTruncated], [ErrOverlong], [ErrRange]; from Done [ErrTrailing].
type Reader struct {
	b   []byte // what is left; nil once err is set
	err error
}

// NewReader returns a Reader over b, which must not change while it is read.
func NewReader(b []byte) Reader { return Reader{b: b} }

// Len returns the number of bytes left; 0 after an error.
func (r *Reader) Len() int { return len(r.b) }

// Err returns the first error, nil if every read so far was good.
func (r *Reader) Err() error { return r.err }

// Done ends the message: it returns the first error, or [ErrTrailing] if bytes
// are left.
func (r *Reader) Done() error {
	if r.err == nil && len(r.b) != 0 {
		r.Fail(ErrTrailing)
	}
	return r.err
}

// Fail makes err the Reader's error unless it has one, for what only the
// decoder can judge (say, a seat that does not exist). A nil err does nothing.
func (r *Reader) Fail(err error) {
	if r.err == nil && err != nil {
		r.err, r.b = err, nil
	}
}

// Bytes takes n bytes; the slice points into the message and its capacity ends
// with it. nil if they are not there, or n is negative ([ErrRange]).
func (r *Reader) Bytes(n int) []byte {
	if n < 0 {
		r.Fail(ErrRange)
		return nil
	}
	if n > len(r.b) {
		r.Fail(ErrTruncated)
		return nil
	}
	got := r.b[:n:n]
	r.b = r.b[n:]
	return got
}

// Rest takes all that is left, which may be nothing; nil after an error.
func (r *Reader) Rest() []byte { return r.Bytes(len(r.b)) }

// U8 takes one byte.
func (r *Reader) U8() uint8 {
	if b := r.Bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// U16 takes two bytes, little endian.
func (r *Reader) U16() uint16 {
	if b := r.Bytes(2); len(b) == 2 {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U32 takes four bytes, little endian.
func (r *Reader) U32() uint32 {
	if b := r.Bytes(4); len(b) == 4 {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// U64 takes eight bytes, little endian.
func (r *Reader) U64() uint64 {
	if b := r.Bytes(8); len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Tag takes a [Tag].
func (r *Reader) Tag() Tag {
	if b := r.Bytes(TagSize); len(b) == TagSize {
		return Tag(b)
	}
	return Tag{}
}

// Uvarint takes a variable-length number of at most max, as
// [binary.AppendUvarint] writes it: 1 byte below 128, at most 10. Above max is
// [ErrRange]; more bytes than the value needs is [ErrOverlong].
func (r *Reader) Uvarint(max uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	switch {
	case r.err != nil:
		return 0
	case n == 0 && len(r.b) < binary.MaxVarintLen64:
		r.Fail(ErrTruncated)
		return 0
	case n <= 0, n > 1 && r.b[n-1] == 0:
		r.Fail(ErrOverlong)
		return 0
	case v > max:
		r.Fail(ErrRange)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// Varint takes a signed variable-length number from min to max inclusive, as
// [binary.AppendVarint] writes it. Errors are those of [Reader.Uvarint].
func (r *Reader) Varint(min, max int64) int64 {
	u := r.Uvarint(math.MaxUint64)
	v := int64(u>>1) ^ -int64(u&1)
	if r.err == nil && (v < min || v > max) {
		r.Fail(ErrRange)
	}
	if r.err != nil {
		return 0
	}
	return v
}

// Int takes a [Reader.Uvarint] of at most max as an int, for counts and
// lengths. A negative max allows nothing.
func (r *Reader) Int(max int) int {
	if max < 0 {
		r.Fail(ErrRange)
		return 0
	}
	return int(r.Uvarint(uint64(max)))
}
