package roomstate

import "github.com/tuttiplay/tutti/netcode/peer"

// Command is what a member asks the room for: [Ready], [TakeSeat], [Settings],
// [Start], [Reopen], [Kick], [Give], [SetName] or [Leave].
type Command interface{ command() }

// Ready says whether the member is ready for the match. Any member; while the
// room is open.
type Ready struct{ Ready bool }

// TakeSeat moves the member to another seat, which has to be free. Any member;
// while the room is open.
type TakeSeat struct {
	Seat int // counted from 0; NoSeat stands up, to watch
}

// Settings replaces the game's settings, at most [MaxSettings] bytes. The
// owner only; while the room is open. Members agreed to other settings, so they
// are not ready any more, unless the room starts by itself.
type Settings struct{ Bytes []byte }

// Start begins the match with the members on their seats; other seats are left
// to bots. The owner only, who is ready by it; every other member on a seat
// must be ready and online.
type Start struct{}

// Reopen ends the match as far as the room is concerned: it is open again,
// nobody is ready, and the next Start is a new match. The owner only.
type Reopen struct{}

// Kick sends a member away; it may not come back to this room. The owner only.
type Kick struct{ Who peer.ID }

// Give makes another member the owner. The owner only.
type Give struct{ To peer.ID }

// SetName changes the member's name, which is cleaned. Any member, any time.
type SetName struct{ Name string }

// Leave takes the member out of the room. Any member, any time.
type Leave struct{}

func (Ready) command()    {}
func (TakeSeat) command() {}
func (Settings) command() {}
func (Start) command()    {}
func (Reopen) command()   {}
func (Kick) command()     {}
func (Give) command()     {}
func (SetName) command()  {}
func (Leave) command()    {}
