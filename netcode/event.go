package netcode

import (
	"fmt"
	"strings"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Event is something that happened to the match, for telling the players:
// [Started], [Waiting], [Resumed], [Left] or [Desync]. Events only inform; what
// the simulation must know arrives as [Seat] status. Each prints as a sentence.
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

// LeftReason says why a player is gone.
type LeftReason uint8

// Why a player is gone.
const (
	LeftByChoice LeftReason = iota // it said goodbye
	LeftByDrop                     // nothing was heard of it for Config.DropAfter
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

func names(ids []peer.ID) string {
	short := make([]string, len(ids))
	for i, id := range ids {
		short[i] = id.Short()
	}
	return strings.Join(short, ", ")
}
