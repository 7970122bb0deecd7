package lobby

import (
	"errors"
	"fmt"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// Why the server, or the room, does not do what was asked for. Compare with
// errors.Is. Those of the first group end the room: see [State.Err].
var (
	// ErrWrongCode: no room has the code.
	ErrWrongCode error = roomstate.WrongCode
	// ErrRoomFull: no seat is free.
	ErrRoomFull error = roomstate.RoomFull
	// ErrAlreadyStarted: the match runs; to join it late is not possible yet.
	// For commands: not while the match runs.
	ErrAlreadyStarted error = roomstate.AlreadyStarted
	// ErrKicked: the owner sent this player away.
	ErrKicked error = roomstate.Kicked
	// ErrThrottled: too many wrong codes came from this network address.
	ErrThrottled error = roomstate.Throttled
	// ErrReplaced: the same key connected again, and that one goes on.
	ErrReplaced error = roomstate.Replaced
	// ErrRoomLost: the server lost the room, and its code is another's now.
	ErrRoomLost error = roomstate.RoomLost
	// ErrServerFull: the server takes no more rooms.
	ErrServerFull error = roomstate.ServerFull
	// ErrForged: the server could not verify our signature.
	ErrForged error = roomstate.Forged
	// ErrBadRequest: the server did not understand us.
	ErrBadRequest error = roomstate.BadRequest

	// ErrNotOwner: only the owner may do that.
	ErrNotOwner error = roomstate.NotOwner
	// ErrNotReady: somebody on a seat is not ready, or not connected.
	ErrNotReady error = roomstate.NotReady
	// ErrNobodySeated: nobody has a seat.
	ErrNobodySeated error = roomstate.NobodySeated
	// ErrSeatTaken: somebody else sits there.
	ErrSeatTaken error = roomstate.SeatTaken
	// ErrNoSuchSeat: the room has no such seat.
	ErrNoSuchSeat error = roomstate.NoSuchSeat
	// ErrNotStarted: no match runs.
	ErrNotStarted error = roomstate.NotStarted
	// ErrNotMember: that player is not in the room.
	ErrNotMember error = roomstate.NotMember
	// ErrTooLarge: the settings are larger than [MaxSettings].
	ErrTooLarge error = roomstate.TooLarge
	// ErrUnavailable: the server cannot do it now; trying again may help.
	ErrUnavailable error = roomstate.Unavailable
)

var (
	// ErrNoServer ends a room without a server: see [Config.Server].
	ErrNoServer = errors.New("lobby: Config.Server is empty, and there is no public lobby to fall back to; " +
		"start one with `go run github.com/tuttiplay/tutti/lobby/lobbyd@latest` and set Server to the address it prints, " +
		"or join by an invite link, which names its server; netcode.Local plays without a network")
	// ErrServerLost is returned by [Room.Do] while the server is not reachable.
	// What needs no server goes on. Try again after [ServerBack].
	ErrServerLost = errors.New("lobby: the server is not reachable now")
	// ErrUnreachable is what an [*UnreachableError] is.
	ErrUnreachable = errors.New("lobby: the server is not reachable")
	// ErrLeft is the error of a room that was left or closed.
	ErrLeft = errors.New("lobby: the room was left")
	// ErrNobodyAsked is why a member did not let us in that a link names: there is
	// no mesh over the room that could ask it, or it is a page's.
	ErrNobodyAsked = errors.New("lobby: there is no mesh here that can knock at a member's door")
	// ErrOtherRoom ends a room that was to be entered by a member: that is in
	// another room than the link names by now.
	ErrOtherRoom = errors.New("lobby: the member that the link names is in another room now; ask for a new link")
	// ErrBusy is returned by [Room.Do] when too many commands wait.
	ErrBusy = errors.New("lobby: too many commands wait; do less")
)

// UnreachableError ends a room whose server was never reached.
type UnreachableError struct {
	// Server is the address that was tried.
	Server string
	// Err is what went wrong the last time.
	Err error
	// Member is why the room could not be entered by the member that the link
	// names either, such as mesh.ErrInviteExpired; nil if the link names none.
	Member error
}

// Error names the address and what to do.
func (e *UnreachableError) Error() string {
	if e.Member != nil {
		return fmt.Sprintf("lobby: no lobby server answers at %s (%v), and the member that the link names does not let us in: %v; "+
			"ask somebody in the room for a new link", e.Server, e.Err, e.Member)
	}
	return fmt.Sprintf("lobby: no lobby server answers at %s (%v); check the address and that the server runs "+
		"(`go run github.com/tuttiplay/tutti/lobby/lobbyd@latest` starts one)", e.Server, e.Err)
}

// Unwrap returns Err, and Member if there is one.
func (e *UnreachableError) Unwrap() []error {
	if e.Member == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Member}
}

// Is makes errors.Is(err, [ErrUnreachable]) true.
func (e *UnreachableError) Is(target error) bool { return target == ErrUnreachable }

// MismatchError ends a room that is for another game or build than ours.
type MismatchError struct {
	Field  string // "game" or "build"
	Ours   string
	Theirs string // the room's
}

// Error names both values and what to do.
func (e *MismatchError) Error() string {
	advice := "everybody needs the same version of the game"
	if e.Field == "game" {
		advice = "the code is for another game"
	}
	return fmt.Sprintf("lobby: the %s of the room is %.140q, ours is %.140q; %s", e.Field, e.Theirs, e.Ours, advice)
}
