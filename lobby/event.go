package lobby

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Event is something that happened in the room: [Entered], [Joined], [Left],
// [Away], [Back], [RoleChanged], [Started], [Reopened], [Refused],
// [ServerLost], [ServerBack], [Failed] or [Skipped]. Each prints as a sentence.
// What is not an event (who is ready, on which seat, the settings) is in
// [Room.Snapshot].
type Event interface {
	fmt.Stringer
	event()
}

// Entered: we are in the room. It comes once.
type Entered struct {
	Code string
	// By is the member that let us in because the server cannot be reached, which
	// comes as [ServerBack] once it can; zero is the server.
	By peer.ID
}

// Joined: somebody else came in.
type Joined struct{ Member Member }

// LeftReason says why a member is gone.
type LeftReason uint8

// Why a member is gone.
const (
	LeftByChoice LeftReason = iota // it left
	LeftByLoss                     // its connection was lost and it did not come back in time
	LeftByKick                     // the owner sent it away
)

// Left: somebody else is not in the room any more.
type Left struct {
	Peer   peer.ID
	Name   string
	Reason LeftReason
}

// Away: somebody lost its connection to the server. It keeps its place for a
// while, and as long as others reach it directly.
type Away struct {
	Peer peer.ID
	Name string
}

// Back: somebody who was away is back.
type Back struct {
	Peer peer.ID
	Name string
}

// RoleChanged: the room has another owner.
type RoleChanged struct{ Owner peer.ID }

// Started: the match is fixed, the same for everybody.
type Started struct{ Match peer.Match }

// Reopened: the match is over for the room; there may be a rematch.
type Reopened struct{}

// Refused: the server did not do what [Room.Do] asked for.
type Refused struct {
	Command Command
	Err     error // one of the errors of this package
}

// ServerLost: the server cannot be reached; the room keeps trying. What runs
// over direct links goes on.
type ServerLost struct{ Err error }

// ServerBack: the server is reachable again, and we are in the room.
type ServerBack struct{}

// Failed: the room has ended with this error, which [State] shows from now on.
type Failed struct{ Err error }

// Skipped stands for the oldest events when more than 4,096 were not read.
type Skipped struct{ Count int }

func (Entered) event()     {}
func (Joined) event()      {}
func (Left) event()        {}
func (Away) event()        {}
func (Back) event()        {}
func (RoleChanged) event() {}
func (Started) event()     {}
func (Reopened) event()    {}
func (Refused) event()     {}
func (ServerLost) event()  {}
func (ServerBack) event()  {}
func (Failed) event()      {}
func (Skipped) event()     {}

func (e Entered) String() string {
	if !e.By.IsZero() {
		return "in room " + e.Code + " by " + e.By.Short() + ", without the server"
	}
	return "in room " + e.Code
}
func (e Joined) String() string { return e.Member.Name + " joined" }

func (e Left) String() string {
	switch e.Reason {
	case LeftByLoss:
		return e.Name + " was lost"
	case LeftByKick:
		return e.Name + " was sent away"
	}
	return e.Name + " left"
}

func (e Away) String() string        { return e.Name + " lost its connection" }
func (e Back) String() string        { return e.Name + " is back" }
func (e RoleChanged) String() string { return e.Owner.Short() + " owns the room now" }
func (e Started) String() string {
	return fmt.Sprintf("match %x with %d players", e.Match.ID[:4], len(e.Match.Peers()))
}
func (Reopened) String() string     { return "the room is open again" }
func (e Refused) String() string    { return fmt.Sprintf("%T was refused: %v", e.Command, e.Err) }
func (e ServerLost) String() string { return fmt.Sprintf("lost the server: %v", e.Err) }
func (ServerBack) String() string   { return "the server is back" }
func (e Failed) String() string     { return e.Err.Error() }
func (e Skipped) String() string    { return fmt.Sprintf("%d events were not read in time", e.Count) }
