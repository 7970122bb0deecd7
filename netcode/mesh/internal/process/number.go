package process

import (
	"crypto/rand"
	"encoding/binary"
)

// New draws the number of a process. It is never 0, which stands for none, and it
// never fails: see crypto/rand.
func New() uint64 {
	var b [8]byte
	for {
		rand.Read(b[:])
		if n := binary.LittleEndian.Uint64(b[:]); n != 0 {
			return n
		}
	}
}
