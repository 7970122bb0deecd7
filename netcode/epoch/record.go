package epoch

import "github.com/tuttiplay/tutti/netcode/evidence"

// Number is the number of an epoch, from 0.
type Number uint32

// End says that a log reaches up to here: it has every entry below Frame, and
// they chain to Tag. The zero End is a log of which nothing is known.
type End struct {
	Frame int32
	Tag   evidence.Tag
}

// Record is a decree: what epoch Epoch ends with. All members of an epoch that
// see its end see the same Record. Records are comparable with ==.
type Record struct {
	// Epoch is the epoch that ends.
	Epoch Number
	// Prev is the [Record.Hash] of the epoch before; zero for epoch 0.
	Prev [32]byte
	// Drop are the members that go, voters or not.
	Drop Set
	// Left are those of Drop that wrote a leave entry themselves.
	Left Set
	// Join are the members that become voters.
	Join Set
	// Members are the voters of epoch Epoch+1.
	Members Set
	// Incarnation has the incarnation of each voter of epoch Epoch+1; 0 for
	// others.
	Incarnation [MaxMembers]uint32
	// Ends says for each seat held by a member of Drop where its log ends: the
	// first frame without it. Zero for other seats.
	Ends [MaxSeats]End
	// Holder names for each seat of a member of Drop a member that held
	// everything up to the End when it promised, -1 for other seats.
	Holder [MaxSeats]int8
	// At is the frame from which the seats of each member of Join play; 0 for
	// others.
	At [MaxMembers]int32
}

// Hash names the Record.
func (r *Record) Hash() [32]byte { return [32]byte{} }
