package epoch

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// Ballot numbers one attempt to end an epoch: counter<<3 | the member that leads
// it. The counter counts from 1, and a higher ballot overrules a lower one. 0 is
// none.
type Ballot uint32

const (
	// ballotBits are the low bits, which name the leader.
	ballotBits = 3
	// maxCounter bounds what is believed, so that counting on never overflows.
	maxCounter = 1 << 20
)

// leader returns the member that leads b.
func (b Ballot) leader() int { return int(b & (1<<ballotBits - 1)) }

// counter returns which attempt b is, from 1.
func (b Ballot) counter() uint32 { return uint32(b >> ballotBits) }

// next returns the ballot of a member that is above b, 0 if there is none left.
func (b Ballot) next(member int) Ballot {
	if b.counter() >= maxCounter {
		return 0
	}
	return Ballot(b.counter()+1)<<ballotBits | Ballot(member)
}

func (b Ballot) append(dst []byte) []byte { return binary.AppendUvarint(dst, uint64(b)) }

// parseBallot reads a ballot or 0.
func parseBallot(r *wire.Reader) Ballot {
	b := Ballot(r.Uvarint(maxCounter<<ballotBits | 1<<ballotBits - 1))
	if b != 0 && b.counter() == 0 {
		r.Fail(wire.ErrRange)
		return 0
	}
	return b
}
