package letter

import "crypto/rand"

// Nonce is a number that is used once.
type Nonce [16]byte

// NewNonce draws a nonce. It never fails: see crypto/rand.
func NewNonce() (n Nonce) { rand.Read(n[:]); return n }
