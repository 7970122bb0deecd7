package roomstate

import (
	"bytes"
	"slices"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// The limits of a room.
const (
	MaxMembers  = 16      // with those who have no seat
	MaxSettings = 4 << 10 // bytes
	MaxKicked   = 16      // remembered; the oldest is forgotten first
)

// NoSeat is the seat of a member that watches.
const NoSeat = -1

// Phase is what the room is doing.
type Phase uint8

const (
	// Open: members come, go and choose their seats.
	Open Phase = iota
	// Started: the match runs.
	Started
	phases
)

// String returns the phase in lower case.
func (p Phase) String() string {
	names := [phases]string{"open", "started"}
	if p >= phases {
		return "unknown"
	}
	return names[p]
}

// Member is one member of a room.
type Member struct {
	ID     peer.ID
	Name   string // clean, never empty
	Seat   int    // counted from 0; NoSeat is none
	Ready  bool
	Online bool  // connected to the server
	LostMs int64 // when the connection was lost, by the server's clock; 0 while online
}

// Room is the state of one room. Its zero value is not a room; see [New]. Read
// the fields, change them by methods. Not for concurrent use.
//
// Invariants, checked by [Room.Check]: each seat has at most one member; the
// owner is a member exactly if there is one; a running match has as many seats
// as the room; len(Members) <= MaxMembers.
type Room struct {
	ID          [16]byte
	Code        string
	Game, Build string
	Owner       peer.ID
	Seats       int // 1 to peer.MaxSeats
	AutoStart   int // start by itself with that many ready; 0 never does
	Settings    []byte
	Phase       Phase
	Round       uint32 // how many matches were started
	// Of the running match; zero while the room is open.
	Seed          uint64
	MatchSeats    []peer.ID
	MatchSettings []byte
	Members       []Member // in the order in which they joined
	Kicked        []peer.ID
	Version       uint64 // goes up with every change
}

// New returns an empty open room. seats is 1 to [peer.MaxSeats], autoStart 0 to
// seats; the caller has checked them with [Room.Check].
func New(id [16]byte, code, game, build string, seats, autoStart int) *Room {
	return &Room{ID: id, Code: code, Game: game, Build: build, Seats: seats, AutoStart: autoStart}
}

// Clone returns a copy that shares nothing.
func (r *Room) Clone() *Room {
	c := *r
	c.Settings = bytes.Clone(r.Settings)
	c.MatchSeats = slices.Clone(r.MatchSeats)
	c.MatchSettings = bytes.Clone(r.MatchSettings)
	c.Members = slices.Clone(r.Members)
	c.Kicked = slices.Clone(r.Kicked)
	return &c
}

// Member returns the member with that ID; nil if it is not in the room. The
// pointer is dead at the next change.
func (r *Room) Member(id peer.ID) *Member {
	if i := r.index(id); i >= 0 {
		return &r.Members[i]
	}
	return nil
}

func (r *Room) index(id peer.ID) int {
	return slices.IndexFunc(r.Members, func(m Member) bool { return m.ID == id })
}

// At returns the member on a seat, nil if it is free.
func (r *Room) At(seat int) *Member {
	i := slices.IndexFunc(r.Members, func(m Member) bool { return m.Seat == seat })
	if seat < 0 || i < 0 {
		return nil
	}
	return &r.Members[i]
}

// Match returns the running match and true, or false while the room is open.
func (r *Room) Match() (peer.Match, bool) {
	if r.Phase != Started {
		return peer.Match{}, false
	}
	return peer.NewMatch(r.Seed, r.MatchSeats, r.MatchSettings), true
}

// Plays reports whether id has a seat in the running match.
func (r *Room) Plays(id peer.ID) bool {
	return r.Phase == Started && !id.IsZero() && slices.Contains(r.MatchSeats, id)
}

func (r *Room) freeSeat() int {
	for seat := range r.Seats {
		if r.At(seat) == nil {
			return seat
		}
	}
	return NoSeat
}
