package wire

import (
	"crypto/sha256"
	"encoding/binary"
)

// Version is the version of Tutti's protocol between peers. Peers of different
// versions refuse each other, see [ErrVersion]; it goes up with every change
// that an older peer would misread.
const Version uint16 = 1

// TagSize is the length of a [Tag] in bytes.
const TagSize = 4

// Tag stands first in each datagram and binds it to a protocol version, a match
// and an epoch in four bytes instead of twenty-two. It sorts out what is
// merely late or lost its way; it is no authentication, which the link does.
// One foreign datagram in four billion carries a matching tag by chance, so
// what follows a tag is still checked in full. The zero Tag means nothing
// special. Tags are comparable with ==.
type Tag [TagSize]byte

// NewTag returns the tag of a match ([peer.Match.ID]) and an epoch of it,
// counted from 0, under this [Version]. It hashes: make it once per epoch and
// keep it.
func NewTag(match [16]byte, epoch uint32) Tag {
	const domain = "tutti tag\x00"
	b := make([]byte, 0, len(domain)+2+16+4)
	b = append(b, domain...)
	b = binary.LittleEndian.AppendUint16(b, Version)
	b = append(b, match[:]...)
	b = binary.LittleEndian.AppendUint32(b, epoch)
	sum := sha256.Sum256(b)
	return Tag(sum[:TagSize])
}

// AppendTag appends t to a datagram under construction and returns it.
func AppendTag(b []byte, t Tag) []byte { return append(b, t[:]...) }

// CutTag splits a received datagram into its tag and the rest, which still
// points into b. A datagram shorter than a tag is [ErrTruncated].
func CutTag(b []byte) (Tag, []byte, error) {
	if len(b) < TagSize {
		return Tag{}, nil, ErrTruncated
	}
	return Tag(b), b[TagSize:], nil
}
