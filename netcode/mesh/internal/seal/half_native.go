//go:build !js

package seal

import (
	"crypto/ecdh"
	"crypto/rand"
)

// half is the secret half of a key agreement by X25519.
type half struct{ key *ecdh.PrivateKey }

// draw makes a new one.
func (h *half) draw() (err error) {
	h.key, err = ecdh.X25519().GenerateKey(rand.Reader)
	return err
}

func (h *half) public() [PublicSize]byte { return [PublicSize]byte(h.key.PublicKey().Bytes()) }

// shared returns what the two halves give; [ErrHalf] if theirs is of low order.
func (h *half) shared(theirs [PublicSize]byte) ([]byte, error) {
	key, err := ecdh.X25519().NewPublicKey(theirs[:])
	if err != nil {
		return nil, ErrHalf
	}
	shared, err := h.key.ECDH(key)
	if err != nil {
		return nil, ErrHalf
	}
	return shared, nil
}
