package netcode

import (
	"fmt"
	"strings"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Event is something that happened to the match, for telling the players:
// [Started], [Waiting], [Resumed], [Dropped], [Back], [Left], [Split], [Alone],
// [Desync] or [Caught]. None is ever lost. Events only inform; what the
// simulation must know arrives as [Seat] status. Each prints as a sentence.
type Event interface {
	fmt.Stringer
	event()
}

// Started: all players are here and agree on the settings; frames run from now.
type Started struct {
	Match peer.Match
}

// Waiting: no frame could be stepped for 250 ms, because nothing was heard from
// these players. The match goes on by itself: [Resumed] follows, or [Left].
type Waiting struct {
	For []peer.ID // in seat order, not empty
}

// Resumed: the match steps again after [Waiting].
type Resumed struct{}

// Dropped: nothing was heard of a player for Config.DropAfter, and the others
// agreed to go on without it; or Peer is this session's own player, who was away
// and learns of it now. From Frame on its seats are Away; from Until on they are
// Gone, unless it comes back. It does so by itself, if its program runs.
type Dropped struct {
	Peer         peer.ID
	Seats        []int
	Frame, Until Frame // the same on every machine
	Own          bool  // it is us; Until is not known then
}

// Back: a player that was dropped plays again from Frame on.
type Back struct {
	Peer  peer.ID
	Seats []int
	Frame Frame // the same on every machine
	Own   bool  // it is us
}

// Split: too few players are heard to go on without the others. Nothing is
// stepped, so there is never a second history, until some of Lost are heard
// again: [Resumed] follows, or [Dropped] with our own name.
type Split struct {
	Lost []peer.ID
}

// Alone: the other player of a match of two is lost, and this session goes on by
// itself ([Continue]). From Frame on it is another match, with another ID.
type Alone struct {
	Match [16]byte
	Frame Frame
}

// Caught: a player signed two different histories, to be told to different
// others. It is being dropped. Proof convinces anyone: see package evidence.
type Caught struct {
	Peer  peer.ID
	Proof evidence.Proof
}

// LeftReason says why a player is gone.
type LeftReason uint8

// Why a player is gone.
const (
	LeftByChoice LeftReason = iota // it said goodbye
	LeftByDrop                     // it was dropped, and did not come back in the grace time
)

// Left: a player is gone for good; from Frame on its seats are Gone.
type Left struct {
	Peer   peer.ID
	Seats  []int // the seats it held
	Frame  Frame // the first frame without it, the same on every machine
	Reason LeftReason
}

// Desync: two machines computed different states from the same moves. The match
// goes on, but it is no longer one match: show it, and fix the game's Step.
type Desync struct {
	Frame  Frame   // the state before this frame differs
	Peer   peer.ID // whose state differs from ours
	Ours   uint64  // our hash
	Theirs uint64  // its hash
}

func (Started) event() {}
func (Waiting) event() {}
func (Resumed) event() {}
func (Left) event()    {}
func (Desync) event()  {}
func (Dropped) event() {}
func (Back) event()    {}
func (Split) event()   {}
func (Alone) event()   {}
func (Caught) event()  {}

func (e Started) String() string {
	return fmt.Sprintf("match %x began with %d players", e.Match.ID[:4], len(e.Match.Peers()))
}

func (e Waiting) String() string { return "waiting for " + names(e.For) }
func (Resumed) String() string   { return "playing again" }

func (e Left) String() string {
	why := "left"
	if e.Reason == LeftByDrop {
		why = "was lost"
	}
	return fmt.Sprintf("%s %s; its seats are free from frame %d", e.Peer.Short(), why, e.Frame)
}

func (e Desync) String() string {
	return fmt.Sprintf("desync with %s: before frame %d our state is %016x, theirs %016x", e.Peer.Short(), e.Frame, e.Ours, e.Theirs)
}

func (e Dropped) String() string {
	if e.Own {
		return fmt.Sprintf("we were away; the others went on without us from frame %d", e.Frame)
	}
	return fmt.Sprintf("%s was lost; its seats are away from frame %d", e.Peer.Short(), e.Frame)
}

func (e Back) String() string {
	if e.Own {
		return fmt.Sprintf("we play again from frame %d", e.Frame)
	}
	return fmt.Sprintf("%s is back; it plays from frame %d", e.Peer.Short(), e.Frame)
}

func (e Split) String() string {
	return "cut off from " + names(e.Lost) + "; too few are left to go on"
}

func (e Alone) String() string {
	return fmt.Sprintf("alone from frame %d on, in match %x", e.Frame, e.Match[:4])
}

func (e Caught) String() string {
	return fmt.Sprintf("%s signed two histories before frame %d", e.Peer.Short(), e.Proof.A.Frame)
}

func names(ids []peer.ID) string {
	short := make([]string, len(ids))
	for i, id := range ids {
		short[i] = id.Short()
	}
	return strings.Join(short, ", ")
}
