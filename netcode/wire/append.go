package wire

import "encoding/binary"

// AppendVarint appends v with its sign in the lowest bit (zigzag), so numbers
// near zero of either sign are short: 1 byte from -64 to 63, at most 10.
// [Reader.Varint] reads it. The unsigned form is [binary.AppendUvarint] and the
// fixed ones are [binary.LittleEndian]'s.
func AppendVarint(b []byte, v int64) []byte {
	return binary.AppendUvarint(b, uint64(v)<<1^uint64(v>>63))
}

// AppendBytes appends the length of v as a uvarint and then v itself; read it
// with [Reader.Int] and [Reader.Bytes].
func AppendBytes(b, v []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(v)))
	return append(b, v...)
}

// UvarintLen returns how many bytes [binary.AppendUvarint] takes for v, 1 to
// 10, to budget a datagram before it is written.
func UvarintLen(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}
