package epoch

// Ballot numbers one attempt to end an epoch: counter<<3 | member that leads
// it. Higher ballots win. 0 is none.
type Ballot uint32

// ballotBits are the low bits that name the leader.
const ballotBits = 3

// leader returns the member that may lead b.
func (b Ballot) leader() int { return int(b & (1<<ballotBits - 1)) }

// counter returns the number of the attempt, from 1.
func (b Ballot) counter() uint32 { return uint32(b >> ballotBits) }

// above returns the lowest ballot of a member that is higher than b.
func (b Ballot) above(member int) Ballot {
	return Ballot(b.counter()+1)<<ballotBits | Ballot(member)
}
