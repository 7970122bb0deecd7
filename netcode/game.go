package netcode

import (
	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Frame numbers one step of the simulation, from 0. At 60 frames per second it
// lasts 414 days.
type Frame = lockstep.Frame

// Game is the simulation that every machine runs. It must be deterministic:
// from the same Start and the same Steps follows the same state on every
// machine and architecture. Use integers (package fixp), no clock, no global
// randomness (grow yours from Match.Seed), no ranging over maps.
//
// M is the move of one seat in one frame, the held controls: a struct of bools,
// sized integers, arrays and structs of those, at most 255 bytes encoded. [New]
// refuses any other field by its name, unless *M is a [MoveCodec].
//
// All methods run inside [Session.Tick], on the goroutine that calls it.
type Game[M any] interface {
	// Start sets the state before frame 0. It is called again for a rematch
	// and must not depend on anything left from before.
	Start(m peer.Match)
	// Step advances the state by one frame. in and all it points to die when
	// Step returns: copy what is kept.
	Step(in Input[M])
}

// Saver is optional on a [Game]: with it the session can roll back, and
// latecomers get the state instead of replaying the whole match.
type Saver interface {
	// Save appends the complete state to dst and returns the longer slice, as
	// append does. It must not allocate for a session free of allocations.
	Save(dst []byte) []byte
	// Load replaces the state by one that Save wrote, maybe on another machine.
	// It copies what it keeps. After an error the state must be unchanged.
	Load(src []byte) error
}

// Hasher is optional on a [Game]: the hash of the state before the next Step,
// for noticing a desync. Without it the session hashes what [Saver] writes; with
// neither nothing is checked and Stats.Checked is false. The hash must cover
// everything that Step reads.
type Hasher interface{ Hash() uint64 }

// Predictor is optional on a [Game]: a guess at the move of a seat whose move
// has not arrived. last is its newest known move (the zero M if it has none).
// Predict must depend on its arguments alone. Default: last is repeated.
type Predictor[M any] interface {
	Predict(seat int, last M) M
}

// MoveCodec is optional on *M: moves of variable length, 1 to 255 bytes. Without
// it the session plans a fixed-size codec from M's fields.
type MoveCodec interface {
	// AppendMove appends the encoded move to dst, as append does.
	AppendMove(dst []byte) []byte
	// DecodeMove replaces the receiver by the move in src, which dies on
	// return. src may come from a hostile peer. It must depend on src alone:
	// after an error every machine uses the zero move instead.
	DecodeMove(src []byte) error
}

// Input is what one Step gets.
type Input[M any] struct {
	// Frame is the frame being stepped. A rollback steps a frame again.
	Frame Frame
	// Seats has one element per seat of the match, in seat order.
	Seats []Seat[M]
}

// Seat is one seat in one frame.
type Seat[M any] struct {
	// Move is the held controls: the zero M while the seat is not Playing.
	Move M
	// Orders are the orders that take effect on this frame, in the order they
	// were given; each is delivered whole on exactly one frame. Usually nil.
	Orders [][]byte
	// Status says who is at the seat in this frame. It is part of the input,
	// the same on every machine.
	Status Status
	// Changed says that Status differs from the frame before (on frame 0: that
	// it is not Empty).
	Changed bool
}

// Status says who is at a seat. A game lets bots play the seats that are not
// Playing, or leaves them still.
type Status = lockstep.Status

// The states of a seat.
const (
	Empty   = lockstep.Empty   // nobody holds the seat: it was open when the match began
	Playing = lockstep.Playing // its player's moves arrive
	Away    = lockstep.Away    // its player is away for now; the move is zero
	Gone    = lockstep.Gone    // its player left or was dropped; the move is zero
)

// Starter says what match is to be played: a lobby room does, or a [Ready]
// match in tests.
type Starter interface {
	// Match returns the match and true once it is fixed, and the same from then
	// on. The session asks at every tick until then. It must not block.
	Match() (peer.Match, bool)
}

// Ready is a [Starter] whose match is fixed from the beginning.
type Ready peer.Match

// Match returns m and true.
func (m Ready) Match() (peer.Match, bool) { return peer.Match(m), true }
