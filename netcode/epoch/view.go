package epoch

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/evidence"
)

// Log is what the machine asks about the logs of moves. It answers at once from
// its present state and must not call the machine back.
type Log interface {
	// End is how far the seat's log reaches without a gap; staged entries do
	// not count. It stands still while the holder is in [Machine.Frozen].
	End(seat int) End
	// TagAt is the tag of the entries below frame, if that is still known: at
	// least for the 64 frames up to End.
	TagAt(seat int, frame int32) (evidence.Tag, bool)
	// InHand reports whether every entry below end.Frame is here, held or
	// staged, and they chain to end.Tag.
	InHand(seat int, end End) bool
	// Joining reports whether the member's join command is confirmed here and
	// what it says: the incarnation that joins and the frame from which its
	// seats play. It is asked about members that do not vote; once ok, the
	// answer stays until the member votes or is dropped.
	Joining(member int) (incarnation uint32, at int32, ok bool)
}

// View is how the match looks from here, now.
type View struct {
	// Overdue are the members that should go in the eyes of this member alone:
	// suspected ones, and those that left, were kicked or forked their log.
	Overdue Set
	// Left are those of Overdue whose leave entry is held here. Our own bit
	// says that we wrote one: from then on we promise and vote nothing.
	Left Set
	// Joining are the members whose join command is confirmed here and that
	// should become voters.
	Joining Set
	// ForkSeat is a seat of a member of Overdue of which two different logs
	// were seen; -1 for none.
	ForkSeat int8
	// RTT is a round trip to the slowest of the others; 0 is unknown.
	RTT time.Duration
	// Playing are the members with a live seat, voters or not.
	Playing Set
}

// State is where a member stands in the present epoch. The table in the package
// documentation has the arrows.
type State uint8

// The states.
const (
	// Normal: nothing is promised in this epoch.
	Normal State = iota
	// Promised: a ballot is promised. The epoch will end.
	Promised
	// Voted: a decree is voted for.
	Voted
	// Stalled: something is to be agreed on, but those who are not overdue are
	// no quorum. What was promised and voted still holds.
	Stalled
	// Out: not a voter, because it was dropped or has not joined yet.
	Out
)

// String returns the name of the state.
func (s State) String() string {
	names := [...]string{"Normal", "Promised", "Voted", "Stalled", "Out"}
	if int(s) < len(names) {
		return names[s]
	}
	return "State?"
}
