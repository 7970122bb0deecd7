package letter

import (
	"crypto/rand"
	"encoding/binary"
)

// Nonce is a number that is used once.
type Nonce [16]byte

// NewNonce draws a nonce. It never fails: see crypto/rand.
func NewNonce() (n Nonce) { rand.Read(n[:]); return n }

// NewIncarnation draws the number by which the letters of one process are known.
// It is never 0.
func NewIncarnation() uint64 {
	var b [8]byte
	for {
		rand.Read(b[:])
		if n := binary.LittleEndian.Uint64(b[:]); n != 0 {
			return n
		}
	}
}
