package knock

import "github.com/tuttiplay/tutti/netcode/peer"

// Reason is why a member does not open to one who knocks.
type Reason uint8

// The reasons. They travel: add at the end only.
const (
	_ Reason = iota
	// Expired: the ticket was good once.
	Expired
	// Elsewhere: it is for a room that the member has left.
	Elsewhere
	// Void: the member's process made no such ticket.
	Void
	// Full: too many have knocked lately.
	Full
	// Barred: the member's room does not want that player.
	Barred
	reasons
)

// echoSize is how much of the ticket a refusal repeats, so that nobody can write
// one who did not see the knock.
const echoSize = 8

// Refusal writes why member does not open to one who came with t. It is shorter
// than any knock.
func Refusal(member peer.ID, t Ticket, why Reason) []byte {
	b := append([]byte(nil), member[:]...)
	return append(append(b, t[TicketSize-echoSize:]...), byte(why))
}

// ParseRefusal reads the refusal of member for t; false if it is none.
func ParseRefusal(b []byte, member peer.ID, t Ticket) (Reason, bool) {
	if len(b) != peer.IDSize+echoSize+1 || peer.ID(b[:peer.IDSize]) != member ||
		string(b[peer.IDSize:peer.IDSize+echoSize]) != string(t[TicketSize-echoSize:]) {
		return 0, false
	}
	if why := Reason(b[len(b)-1]); why > 0 && why < reasons {
		return why, true
	}
	return 0, false
}
