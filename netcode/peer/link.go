package peer

import "errors"

// Channel is one lane of a [Link]. Which lane a message takes decides what the
// link promises about it.
type Channel uint8

// The channels, best-effort first.
const (
	// Moves is lossy: a message arrives at most a few times, in any order, or
	// never. At most [MaxDatagram] bytes. For what is repeated anyway.
	Moves Channel = iota
	// Bulk is reliable and unordered, paced so that it never delays Moves.
	// At most [MaxMessage] bytes a message. For snapshots.
	Bulk
	// Control is reliable and ordered: the session's handshakes and farewells.
	Control
	// Room is reliable and ordered: the lobby's room state.
	Room
	// Chat is reliable and ordered: chat lines.
	Chat
	// Signal is reliable and ordered: the mesh's own offers and answers.
	Signal
	// User is reliable and ordered and belongs to the game.
	User
	// Channels is the number of channels, not one itself.
	Channels
)

// String returns the channel's name in lower case.
func (c Channel) String() string {
	names := [Channels]string{"moves", "bulk", "control", "room", "chat", "signal", "user"}
	if c >= Channels {
		return "unknown"
	}
	return names[c]
}

const (
	// MaxDatagram is the largest message on Moves in bytes. With all headers it
	// still fits one packet on any path of 1,280 bytes MTU.
	MaxDatagram = 1100
	// MaxMessage is the largest message on every other channel in bytes.
	MaxMessage = 16 << 10
)

// State says whether a link can carry messages to one peer.
type State uint8

const (
	// Unlinked: nothing is known of a path, or there was one and it ended.
	Unlinked State = iota
	// Linking: a path is being made or repaired; messages are not carried yet.
	Linking
	// Linked: messages are carried, directly or through another peer.
	Linked
)

// String returns the state in lower case.
func (s State) String() string {
	switch s {
	case Unlinked:
		return "unlinked"
	case Linking:
		return "linking"
	case Linked:
		return "linked"
	}
	return "unknown"
}

var (
	// ErrNotLinked is returned by [Link.Send] when there is no path to that
	// peer now. The message is not kept; try again when the state is Linked.
	ErrNotLinked = errors.New("peer: not linked")
	// ErrFull is returned by [Link.Send] when the queue towards that peer is
	// full. The message is not kept; send less or later.
	ErrFull = errors.New("peer: send queue is full")
	// ErrTooLarge is returned by [Link.Send] for a message above the channel's
	// limit ([MaxDatagram], [MaxMessage]). Sending it again never helps.
	ErrTooLarge = errors.New("peer: message is too large")
)

// Link carries messages between this peer and others. The mesh, the simulated
// network and, for the reliable channels, the lobby room implement it. All
// methods are safe for concurrent use and none blocks.
type Link interface {
	// Self returns the peer at this end.
	Self() ID
	// Send hands b to the channel and copies it, so the caller may reuse b at
	// once. nil means accepted, not arrived. Errors: [ErrNotLinked], [ErrFull],
	// [ErrTooLarge].
	Send(to ID, ch Channel, b []byte) error
	// Bind makes recv the receiver of a channel; nil takes it off, and messages
	// without a receiver are dropped. recv runs on the link's goroutine, one
	// call at a time over all channels; it must return soon, and b is dead when
	// it does. A recv that is running when Bind replaces it still finishes.
	Bind(ch Channel, recv func(from ID, b []byte))
	// State reports whether messages to that peer are carried now.
	State(to ID) State
}
