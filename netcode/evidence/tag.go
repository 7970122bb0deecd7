package evidence

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Tag names everything that one holder wrote into one seat's log up to some
// frame: two logs with the same tag hold the same entries. It is a SHA-256
// chain, as in Lamport's one-way chains and every append-only log since.
type Tag [sha256.Size]byte

// rootDomain keeps the root of a log from being the hash of anything else.
const rootDomain = "tutti log v1\x00"

// Root returns the tag of an empty log. incarnation tells the processes of one
// holder apart: 0 for the one that was there at frame 0.
func Root(match [16]byte, seat int, holder peer.ID, incarnation uint32) Tag {
	b := make([]byte, 0, 96)
	b = append(b, rootDomain...)
	b = append(b, match[:]...)
	b = append(b, byte(seat))
	b = append(b, holder[:]...)
	b = binary.LittleEndian.AppendUint32(b, incarnation)
	return sha256.Sum256(b)
}

// Next returns the tag of the log that goes on with an entry for a frame.
// scratch is for the work and may be nil; with room for 40 bytes more than the
// entry nothing is allocated.
func (t Tag) Next(frame int32, entry, scratch []byte) Tag {
	b := append(scratch[:0], t[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(frame))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(entry)))
	b = append(b, entry...)
	return sha256.Sum256(b)
}

// Short returns the first four bytes as a number, for comparing often and
// proving nothing.
func (t Tag) Short() uint32 { return binary.LittleEndian.Uint32(t[:]) }
