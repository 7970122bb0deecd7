package route

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

const (
	// MaxPeers is how many neighbours a report names at most.
	MaxPeers = 64
	// tagSize is how much of an ID a report and a relayed message carry.
	tagSize = 8
	// rttUnit is the unit of round trips in a report.
	rttUnit = 250 * time.Microsecond
)

// Tag is the first eight bytes of a [peer.ID]: enough to tell the members of a
// room apart, and short enough for every relayed message.
type Tag [tagSize]byte

// TagOf returns the tag of an ID.
func TagOf(id peer.ID) Tag { return Tag(id[:tagSize]) }

// Neighbour is one member that the sender of a report is linked with.
type Neighbour struct {
	Tag Tag
	RTT time.Duration // in units of 0.25 ms, at most 16 s
}

// AppendReport writes the neighbours behind b; no more than [MaxPeers].
func AppendReport(b []byte, list []Neighbour) []byte {
	list = list[:min(len(list), MaxPeers)]
	b = append(b, byte(len(list)))
	for _, n := range list {
		b = append(b, n.Tag[:]...)
		b = binary.LittleEndian.AppendUint16(b, uint16(min(max(n.RTT, 0)/rttUnit, 1<<16-1)))
	}
	return b
}

// ParseReport reads what [AppendReport] wrote, into list.
func ParseReport(list []Neighbour, b []byte) ([]Neighbour, error) {
	r := wire.NewReader(b)
	n := int(r.U8())
	if n > MaxPeers || n*(tagSize+2) != r.Len() {
		r.Fail(wire.ErrRange)
		return list, r.Err()
	}
	for range n {
		var e Neighbour
		copy(e.Tag[:], r.Bytes(tagSize))
		e.RTT = time.Duration(r.U16()) * rttUnit
		list = append(list, e)
	}
	return list, r.Done()
}
