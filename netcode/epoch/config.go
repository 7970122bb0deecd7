package epoch

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Limits of one match.
const (
	// MaxMembers is the largest number of members, voters or not.
	MaxMembers = 8
	// MaxSeats is the largest number of seats.
	MaxSeats = 8
)

// Config says which match this is and who we are in it.
type Config struct {
	// Match names the match; see [peer.Match.ID].
	Match [16]byte
	// IDs are the members, 1 to [MaxMembers], the same list on every machine.
	IDs []peer.ID
	// Self is our place in IDs.
	Self int
	// Seats says which member holds each seat, -1 for none; at most [MaxSeats].
	Seats []int
	// Key signs promises and votes. With the zero Key nothing is signed or
	// checked; then the links must be trusted. All members do the same.
	Key peer.Key
	// Retry is how long a ballot may be silent before it is given up. At least
	// two round trips are waited; 0 is 250 ms.
	Retry time.Duration
	// Incarnation tells our process from earlier ones with the same ID. 0 was
	// there at frame 0 and votes at once; any other is an outsider until a
	// decree's Join names it.
	Incarnation uint32
}

// Log is what the machine asks about the logs of moves. It answers at once,
// from its present state, and must not call the machine back.
type Log interface {
	// End is how far the seat's log reaches without a gap; staged entries do
	// not count. It stands still while the holder is in [Machine.Frozen].
	End(seat int) End
	// TagAt is the tag of the entries below frame, if it is still known: at
	// least for the last 64 frames below End.
	TagAt(seat int, frame int32) (evidence.Tag, bool)
	// InHand reports whether everything below end is here, held or staged, and
	// chains to end.Tag.
	InHand(seat int, end End) bool
	// Joining reports whether the member's join command is confirmed here and
	// it is not a voter yet, with what the command says. Once confirmed the
	// answer stays until the member votes or is dropped.
	Joining(member int) (incarnation uint32, at int32, ok bool)
}

// View is how the match looks from here now.
type View struct {
	// Overdue are the members that hold up the match, in the eyes of this
	// member alone; those that left, were kicked or forked their log included.
	Overdue Set
	// Left are those of Overdue whose leave entry is held here.
	Left Set
	// Joining are the members whose join command is confirmed and that do not
	// vote yet.
	Joining Set
	// ForkSeat is a seat of an overdue member of which two different logs were
	// seen, -1 for none.
	ForkSeat int8
	// RTT is a round trip to the slower of the others; 0 if unknown.
	RTT time.Duration
	// Playing are the members with a live seat, voters or not.
	Playing Set
}

// State is where a member stands in the present epoch.
type State uint8

// The states; the table in the package documentation has the arrows.
const (
	Normal State = iota
	Promised
	Voted
	Stalled
	Out
)
