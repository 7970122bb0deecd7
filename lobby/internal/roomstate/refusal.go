package roomstate

import "fmt"

// Refusal is why a room or its server does not do what was asked for. It is an
// error, comparable with errors.Is, and travels as its number.
type Refusal uint8

// The refusals. The numbers travel: add at the end only.
const (
	_ Refusal = iota
	// WrongCode: there is no room with that code.
	WrongCode
	// RoomFull: no seat is free, or no more members are let in.
	RoomFull
	// AlreadyStarted: the match runs; it can be joined once it is over.
	AlreadyStarted
	// NotStarted: there is no match that could be reopened.
	NotStarted
	// NotOwner: only the owner may do that.
	NotOwner
	// NotMember: the one who asks, or who is meant, is not in the room.
	NotMember
	// NotReady: somebody on a seat is not ready or not there.
	NotReady
	// NobodySeated: a match needs at least one player on a seat.
	NobodySeated
	// SeatTaken: somebody else sits there.
	SeatTaken
	// NoSuchSeat: the room has fewer seats.
	NoSuchSeat
	// TooLarge: the settings take more than MaxSettings bytes.
	TooLarge
	// Kicked: the owner sent this player away.
	Kicked
	// Mismatch: game or build differ; Refused says how.
	Mismatch
	// Throttled: too many wrong codes came from this address.
	Throttled
	// Replaced: the same key connected again, and that connection goes on.
	Replaced
	// RoomLost: the room is gone and its code belongs to another one.
	RoomLost
	// Forged: the signature is not that of the ID.
	Forged
	// ServerFull: the server serves as many rooms or players as it may.
	ServerFull
	// BadRequest: the server did not understand the message.
	BadRequest
	// Unavailable: the server cannot do it now; trying again may help.
	Unavailable
	refusals
)

// Known reports whether the number is one that this version knows.
func (r Refusal) Known() bool { return r > 0 && r < refusals }

// Error says what is refused, and what to do about it where there is something.
func (r Refusal) Error() string {
	if !r.Known() {
		return fmt.Sprintf("lobby: refused for a reason that this version does not know (%d)", uint8(r))
	}
	return "lobby: " + refusalTexts[r]
}

var refusalTexts = [refusals]string{
	WrongCode:      "no room has this code; ask for it again, it has six characters",
	RoomFull:       "the room is full",
	AlreadyStarted: "the match has already started; wait until it is over",
	NotStarted:     "no match is running in the room",
	NotOwner:       "only the owner of the room may do that",
	NotMember:      "that player is not in the room",
	NotReady:       "not everybody on a seat is ready and connected",
	NobodySeated:   "nobody has a seat; a match needs at least one player",
	SeatTaken:      "the seat is taken",
	NoSuchSeat:     "the room has no such seat",
	TooLarge:       "the settings are too large",
	Kicked:         "the owner of the room sent this player away",
	Mismatch:       "game or build differ from the room's",
	Throttled:      "too many wrong codes came from this address; wait a minute",
	Replaced:       "the same player connected from elsewhere and took this place",
	RoomLost:       "the server lost the room, and its code now belongs to another one",
	Forged:         "the server could not verify the player's signature",
	ServerFull:     "the server is full; try again later or use another one",
	BadRequest:     "the server did not understand the request; the versions may differ",
	Unavailable:    "the server cannot do that now; try again",
}
