package wire

import "encoding/binary"

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
