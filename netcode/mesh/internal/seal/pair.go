package seal

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"sync"
)

const (
	// Overhead is how many bytes a sealed message is longer: the number and the tag.
	Overhead = numberSize + tagSize

	numberSize = 8
	tagSize    = 16
	nonceSize  = 12
	// last is the highest number that is used: GCM's bound on what one key may
	// seal is far above what a match sends, and this is below it.
	last = 1<<40 - 1
)

// Errors of [Pair.Seal] and [Pair.Open].
var (
	// ErrForged: not sealed by the other end for this lane, or changed on the way.
	ErrForged = errors.New("seal: forged")
	// ErrReplayed: it came before, or is too old to tell.
	ErrReplayed = errors.New("seal: replayed")
	// ErrWornOut: so much was sealed that a new process has to take over.
	ErrWornOut = errors.New("seal: the key has sealed all it may")
)

// Pair seals towards one end and opens what comes from there. It is safe for
// concurrent use; sealing and opening do not wait for each other.
type Pair struct {
	out struct {
		direction
		next uint64
	}
	in struct {
		direction
		seen window
	}
}

// direction is the key of one direction, and room for what a call needs, so
// that no call allocates.
type direction struct {
	mu    sync.Mutex
	aead  cipher.AEAD
	nonce [nonceSize]byte
	lane  [1]byte
	name  uint32
}

// Names returns what the two ends call the directions of this agreement, out and
// in: numbers that nobody else knows before they are used, and nobody can choose.
func (p *Pair) Names() (out, in uint32) { return p.out.name, p.in.name }

// Number returns the number of a sealed message: its sender counts from 0. 0 if it
// is too short for one. It is not checked before the message is opened.
func Number(b []byte) uint64 {
	if len(b) < numberSize {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// Seal appends the sealed plain to dst, which must not overlap it. lane is not
// sent but must be the same at the other end. Errors: [ErrWornOut].
func (p *Pair) Seal(dst []byte, lane byte, plain []byte) ([]byte, error) {
	d := &p.out
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next > last {
		return dst, ErrWornOut
	}
	binary.LittleEndian.PutUint64(d.nonce[:], d.next)
	d.lane[0] = lane
	d.next++
	dst = append(dst, d.nonce[:numberSize]...)
	return d.aead.Seal(dst, d.nonce[:], plain, d.lane[:]), nil
}

// Open returns what was sealed; it lies within b, which is changed. Each
// message opens once. Errors: [ErrForged], [ErrReplayed].
func (p *Pair) Open(lane byte, b []byte) ([]byte, error) {
	if len(b) < Overhead {
		return nil, ErrForged
	}
	number := binary.LittleEndian.Uint64(b)
	if number > last {
		return nil, ErrForged
	}
	d := &p.in
	d.mu.Lock()
	defer d.mu.Unlock()
	binary.LittleEndian.PutUint64(d.nonce[:], number)
	d.lane[0] = lane
	body := b[numberSize:]
	plain, err := d.aead.Open(body[:0], d.nonce[:], body, d.lane[:])
	if err != nil {
		return nil, ErrForged
	}
	if !d.seen.fresh(number) {
		return nil, ErrReplayed // a true copy: that is known only now
	}
	d.seen.take(number)
	return plain, nil
}
