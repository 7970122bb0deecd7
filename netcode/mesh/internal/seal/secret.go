package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// What is derived for each direction, in bytes.
const keySize, nameSize = 32, 4

// PublicSize is the length of the public half of a [Secret] in bytes.
const PublicSize = 32

// ErrHalf is returned for a public half that no honest process draws.
var ErrHalf = errors.New("seal: the other end's public half is no X25519 key")

// Secret is what one process draws to agree on keys with all others. It is safe
// for concurrent use.
type Secret struct {
	half   half
	public [PublicSize]byte
}

// NewSecret draws one. The error is the machine's, which has no randomness.
func NewSecret() (*Secret, error) {
	s := &Secret{}
	if err := s.half.draw(); err != nil {
		return nil, fmt.Errorf("seal: no secret: %w", err)
	}
	s.public = s.half.public()
	return s, nil
}

// Public returns the half that the others get, in signed letters.
func (s *Secret) Public() [PublicSize]byte { return s.public }

// End is one of the two who talk: a player, and which of its processes.
type End struct {
	ID      peer.ID
	Process uint64 // a number that each process draws for itself
}

// Context is what both ends know of their agreement besides their halves.
type Context struct {
	Room string
	// Purpose sets keys for one use apart from those for another, of the same
	// session. The empty one is what goes through a third member.
	Purpose string
	// Session is a number that each end had a fresh part in: two agreements
	// between the same processes must not have the same keys, as each counts its
	// messages from 0.
	Session [32]byte
}

// Pair derives the keys towards the end that theirs, its public half, belongs
// to. The caller has checked its signature and that the session is a new one.
// Errors: [ErrHalf].
func (s *Secret) Pair(c Context, self, other End, theirs [PublicSize]byte) (*Pair, error) {
	shared, err := s.half.shared(theirs)
	if err != nil {
		return nil, err
	}
	p := &Pair{}
	if p.out.aead, p.out.name, err = derive(shared, c, self, other, s.public, theirs); err != nil {
		return nil, err
	}
	if p.in.aead, p.in.name, err = derive(shared, c, other, self, theirs, s.public); err != nil {
		return nil, err
	}
	return p, nil
}

// derive returns the cipher of one direction, and its name.
func derive(shared []byte, c Context, from, to End, fromHalf, toHalf [PublicSize]byte) (cipher.AEAD, uint32, error) {
	info := make([]byte, 0, 256)
	for _, e := range []End{from, to} {
		info = append(info, e.ID[:]...)
		info = binary.LittleEndian.AppendUint64(info, e.Process)
	}
	info = append(append(append(info, fromHalf[:]...), toHalf[:]...), c.Session[:]...)
	info = append(info, c.Room...) // last, so that its length needs no mark
	key, err := hkdf.Key(sha256.New, shared, []byte("tutti mesh seal v1"+c.Purpose), string(info), keySize+nameSize)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: no key: %w", err)
	}
	block, err := aes.NewCipher(key[:keySize])
	if err != nil {
		return nil, 0, fmt.Errorf("seal: no cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: no cipher: %w", err)
	}
	return aead, binary.LittleEndian.Uint32(key[keySize:]), nil
}
