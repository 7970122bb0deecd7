package netcode

import (
	"errors"
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer"
)

var (
	// ErrClosed is returned by Tick and Order after Leave or Close.
	ErrClosed = errors.New("netcode: the session was left")
	// ErrNotStarted is returned by Order before frame 0: see the Started event.
	ErrNotStarted = errors.New("netcode: the match has not begun")
	// ErrBacklog is returned by Order when 32 KiB of orders already wait for
	// their frames. The order is not taken; give it again later, or send less.
	ErrBacklog = errors.New("netcode: too many orders wait")
	// ErrCutOff ends a session whose player the others dropped and that may not
	// come back: the grace time is over, or it was kicked.
	ErrCutOff = errors.New("netcode: the others played on without us")
	// ErrLogTruncated ends a session that came back or came late, to a match
	// that has outgrown Config.ArchiveBytes: the others do not keep all that this
	// game would have to play again.
	ErrLogTruncated = errors.New("netcode: the match has run for too long to be played again from its log")
	// ErrAlone ends a session of two whose other player did not come back
	// within the grace time; see [Wait].
	ErrAlone = errors.New("netcode: the other player did not come back")
)

// MismatchError ends a session whose player came with other settings than a
// player it met. Both get one, each from its own side.
type MismatchError struct {
	Peer   peer.ID
	Field  string // such as "build", "schema hash", "tick rate" or "match"
	Ours   string
	Theirs string
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("netcode: %s of %s is %s, ours is %s; everyone needs the same", e.Field, e.Peer.Short(), e.Theirs, e.Ours)
}

// MoveCountError is returned by Tick when it is not given one move per local
// seat. The tick did nothing; the session is unharmed.
type MoveCountError struct{ Got, Want int }

func (e *MoveCountError) Error() string {
	return fmt.Sprintf("netcode: Tick got %d moves; this session has %d local seats and needs one move for each", e.Got, e.Want)
}
