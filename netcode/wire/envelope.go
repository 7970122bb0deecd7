package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// HeaderSize is the length in bytes of the header that [Seal] writes. It is a
// multiple of eight, so a table behind it keeps its alignment.
const HeaderSize = 24

// Kind says which table follows the header. The room that speaks a schema
// numbers its kinds; 0 is no kind and refused by [Open].
type Kind uint8

// Header stands in front of every message on a reliable channel:
//
//	0  version  2 bytes, little endian; stays here in every later version
//	2  kind     1 byte
//	3  zero     1 byte
//	4  match    16 bytes
//	20 epoch    4 bytes, little endian
type Header struct {
	// Kind is the table that follows, never 0.
	Kind Kind
	// Match is the match the message belongs to, [peer.Match.ID].
	Match [16]byte
	// Epoch is the sender's epoch of that match, counted from 0. Open does not
	// judge it: what an older or newer epoch means is for the receiver.
	Epoch uint32
}

var (
	// ErrVersion: the sender speaks another protocol version. The error that
	// Open returns is a [*VersionError], which matches this one.
	ErrVersion = errors.New("wire: peers speak different protocol versions")
	// ErrMatch: the message belongs to another match.
	ErrMatch = errors.New("wire: message of another match")
	// ErrKind: the message says it is of no kind, or the byte that must be zero
	// is not.
	ErrKind = errors.New("wire: message of no kind")
)

// VersionError is returned by [Open] for a message of another protocol
// version; one of the two players has to update.
type VersionError struct {
	// Ours is [Version], Theirs is what the message says.
	Ours, Theirs uint16
}

// Error says who has to update.
func (e *VersionError) Error() string {
	who := "they have to update"
	if e.Theirs > e.Ours {
		who = "we have to update"
	}
	return fmt.Sprintf("wire: they speak protocol version %d, we speak %d: %s", e.Theirs, e.Ours, who)
}

// Is makes errors.Is(err, [ErrVersion]) true.
func (e *VersionError) Is(target error) bool { return target == ErrVersion }

// Seal appends a message to dst and returns it: the header under our
// [Version], then the finished table. It copies the table. A zero kind is the
// programmer's mistake and panics.
func Seal(dst []byte, h Header, table []byte) []byte {
	if h.Kind == 0 {
		panic("wire: Seal of a message without a kind")
	}
	dst = binary.LittleEndian.AppendUint16(dst, Version)
	dst = append(dst, byte(h.Kind), 0)
	dst = append(dst, h.Match[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, h.Epoch)
	return append(dst, table...)
}

// Open splits a received message of this match into its header and its table,
// which points into b and is not verified yet: see [Verify].
//
// Errors: [ErrTruncated] for less than a header; [*VersionError], before
// anything behind the version is looked at; [ErrKind]; [ErrMatch], with which
// the header is returned too, so the receiver can say what it refuses.
func Open(b []byte, match [16]byte) (h Header, table []byte, err error) {
	r := NewReader(b)
	if v := r.U16(); r.Err() == nil && v != Version {
		return Header{}, nil, &VersionError{Ours: Version, Theirs: v}
	}
	h.Kind = Kind(r.U8())
	zero := r.U8()
	copy(h.Match[:], r.Bytes(len(h.Match)))
	h.Epoch = r.U32()
	table = r.Rest()
	switch {
	case r.Err() != nil:
		return Header{}, nil, r.Err()
	case h.Kind == 0 || zero != 0:
		return Header{}, nil, ErrKind
	case h.Match != match:
		return h, nil, ErrMatch
	}
	return h, table, nil
}
