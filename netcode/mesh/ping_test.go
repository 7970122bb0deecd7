package mesh

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func FuzzPing(f *testing.F) {
	f.Add([]byte("\x02abcdefgh"))
	f.Add([]byte("\x03"))
	f.Add(appendPong(nil, 7, pongTail{1, 2, 3, 4}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if token, ok := readPing(b); ok && (len(b) != pingLen || !bytes.Equal(binary.LittleEndian.AppendUint64([]byte{pingFrame}, token), b)) {
			t.Fatalf("%q", b)
		}
		if token, tail, ok := readPong(b); ok && !bytes.Equal(appendPong(nil, token, tail), b) {
			t.Fatalf("%q", b)
		}
	})
}
