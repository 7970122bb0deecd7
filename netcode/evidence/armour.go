package evidence

import (
	"bytes"
	"encoding/pem"
)

// The first byte of a proof says what it is.
const (
	formProof = 1
	formLong  = 2
)

const (
	// armourType stands in the marked lines around a proof in text.
	armourType = "TUTTI PROOF"
	// maxText bounds the work that a pasted text can cause, in bytes; the
	// longest proof takes 92 KiB.
	maxText = 256 << 10
)

// armour wraps what a MarshalBinary returned into text.
func armour(b []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: armourType, Bytes: b}), nil
}

// disarm returns the bytes of the first proof in text. Mail quotes lines with
// "> ", which no line of a proof can begin with.
func disarm(text []byte) ([]byte, error) {
	if len(text) > maxText {
		return nil, ErrForm
	}
	clean := make([]byte, 0, len(text)+1)
	for line := range bytes.Lines(text) {
		clean = append(clean, bytes.TrimLeft(bytes.TrimSpace(line), "> \t")...)
		clean = append(clean, '\n')
	}
	for {
		block, rest := pem.Decode(clean)
		if block == nil {
			return nil, ErrForm
		}
		if block.Type == armourType && len(block.Headers) == 0 {
			return block.Bytes, nil
		}
		clean = rest
	}
}
