package seal

import (
	"crypto/rand"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/x25519"
)

// half is the secret half of a key agreement by X25519. In a page it is our own
// code's: crypto/ecdh weighs 130 KB there.
type half struct{ secret [x25519.Size]byte }

// draw makes a new one.
func (h *half) draw() error {
	_, err := rand.Read(h.secret[:])
	return err
}

func (h *half) public() [PublicSize]byte { return x25519.Public(h.secret) }

// shared returns what the two halves give; [ErrHalf] if theirs is of low order.
func (h *half) shared(theirs [PublicSize]byte) ([]byte, error) {
	shared, ok := x25519.Shared(h.secret, theirs)
	if !ok {
		return nil, ErrHalf
	}
	return shared[:], nil
}
