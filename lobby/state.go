package lobby

import (
	"bytes"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Phase is what a room is doing.
type Phase uint8

// The phases of a room.
const (
	// Joining: not in the room yet.
	Joining Phase = iota
	// Open: in the room; members come, go and choose seats.
	Open
	// Running: the match is fixed and runs.
	Running
	// Over: this player is not in the room any more; State.Err says why.
	Over
)

// String returns the phase in lower case.
func (p Phase) String() string {
	switch p {
	case Joining:
		return "joining"
	case Open:
		return "open"
	case Running:
		return "running"
	case Over:
		return "over"
	}
	return "unknown"
}

// Member is one player in a room.
type Member struct {
	ID    peer.ID
	Name  string // as it may be shown: one line, at most 24 characters, never empty
	Seat  int    // counted from 0; NoSeat is none
	Ready bool   // for the next match
	// Online: connected to the server, as far as that told.
	Online bool
	// Linked: reached by the mesh, without the server.
	Linked bool
	// Guest: let in by a member while the server was away, which does not know of
	// it yet.
	Guest bool
	Owner bool
	Self  bool
}

// State is a room at one moment.
type State struct {
	Phase     Phase
	Code      string // of the room; "" while joining
	Self      peer.ID
	Owner     peer.ID
	Members   []Member // in the order in which they joined, self included
	Seats     int
	AutoStart int
	Settings  []byte // the game's; nil is none
	// Reachable: the server is connected now.
	Reachable bool
	// Err is why the room has ended; nil while it lives. Errors to tell apart:
	// those of this package, [*UnreachableError], [*MismatchError], and
	// [*wire.VersionError] for a server of another version.
	Err error
}

// Snapshot returns the room as it is now; the value is the caller's. The roster
// is the last one the server told, also while the server is away. (The name
// State belongs to [peer.Link].)
func (r *Room) Snapshot() State {
	r.mu.Lock()
	s := State{Self: r.key.ID(), Reachable: r.entered, Err: r.err}
	room, told, mesh, round := r.room, r.told, r.mesh, r.round
	r.mu.Unlock()
	switch {
	case s.Err != nil:
		s.Phase = Over
	case room == nil:
		s.Phase = Joining
	case round != 0:
		s.Phase = Running
	default:
		s.Phase = Open
	}
	if room == nil {
		return s
	}
	s.Code, s.Owner, s.Seats, s.AutoStart, s.Settings = room.Code, room.Owner, room.Seats, room.AutoStart, bytes.Clone(room.Settings)
	s.Members = make([]Member, len(room.Members))
	for i, m := range room.Members {
		s.Members[i] = Member{
			ID: m.ID, Name: m.Name, Seat: m.Seat, Ready: m.Ready, Online: m.Online,
			Linked: mesh != nil && mesh.State(m.ID) == peer.Linked,
			Guest:  told.Member(m.ID) == nil, Owner: m.ID == room.Owner, Self: m.ID == s.Self,
		}
	}
	return s
}

// Match returns the match that runs and true, the same value for all members;
// false while the room is open. It is what netcode calls a Starter.
func (r *Room) Match() (peer.Match, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.match, r.round != 0
}
