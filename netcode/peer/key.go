package peer

import (
	"crypto/ed25519"
	"fmt"
	"io"
)

// SeedSize is the length in bytes of the secret that a [Key] grows from.
const SeedSize = ed25519.SeedSize

// Key is the private half of an [ID]: it signs in that peer's name. The zero
// Key is no key; see [Key.IsZero]. A Key is read-only and may be used from many
// goroutines. It prints as its ID, so a log line never leaks the secret.
type Key struct {
	id   ID
	priv ed25519.PrivateKey
	sign func(msg []byte) []byte // instead of priv
}

// NewKey draws a fresh key from rand, which must be a cryptographic source
// such as crypto/rand.Reader. It blocks as long as rand does; the only error
// is rand's.
func NewKey(rand io.Reader) (Key, error) {
	var seed [SeedSize]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return Key{}, fmt.Errorf("peer: drawing a key: %w", err)
	}
	return KeyFromSeed(seed), nil
}

// KeyFromSeed grows the key that belongs to seed, always the same one. Keep
// the seed secret: it is the key.
func KeyFromSeed(seed [SeedSize]byte) Key {
	priv := ed25519.NewKeyFromSeed(seed[:])
	return Key{id: ID(priv.Public().(ed25519.PublicKey)), priv: priv}
}

// KeyOf returns the key of a peer whose secret is kept elsewhere: sign must
// return id's ed25519 signature over msg, 64 bytes, and not block. Such a key
// has no [Key.Seed].
func KeyOf(id ID, sign func(msg []byte) []byte) Key { return Key{id: id, sign: sign} }

// ID returns the public half; the zero ID for the zero Key.
func (k Key) ID() ID { return k.id }

// IsZero reports whether k is the zero Key, which cannot sign.
func (k Key) IsZero() bool { return k.priv == nil && k.sign == nil }

// Seed returns the secret that [KeyFromSeed] turns back into k. It panics on
// a Key that has none: the zero Key, and what [KeyOf] returns.
func (k Key) Seed() [SeedSize]byte {
	if k.priv == nil {
		panic("peer: Seed of a Key without one")
	}
	return [SeedSize]byte(k.priv.Seed())
}

// Sign returns the ed25519 signature (RFC 8032) over msg, 64 bytes. It costs
// about 0.1 ms natively and 2.5 ms in a page. It panics on the zero Key.
func (k Key) Sign(msg []byte) []byte {
	if k.IsZero() {
		panic("peer: Sign with the zero Key")
	}
	if k.priv == nil {
		return k.sign(msg)
	}
	return ed25519.Sign(k.priv, msg)
}

// String returns the text of the public ID, never the secret.
func (k Key) String() string { return k.id.String() }

// GoString keeps %#v from printing the secret.
func (k Key) GoString() string { return "peer.Key{" + k.id.Short() + "}" }
