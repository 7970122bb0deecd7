package chat

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Target is whom a line is said to: [Room], or one member by [Whisper].
type Target struct{ whisper peer.ID }

// Room is everyone in the room, those who enter soon after included. It is the
// zero Target.
var Room Target

// Whisper is one member of the room; nobody else gets the line.
func Whisper(to peer.ID) Target { return Target{whisper: to} }

// Line is something that was said. Its text is fit to be shown: see package
// cleantext. It may be right-to-left; draw the author's name and the text
// apart.
type Line struct {
	// ID counts the lines of this Chat from 1 in the order they are shown; give
	// the last one to [Chat.Since]. It means nothing to other players.
	ID uint64
	// From is the author, who may have left since.
	From peer.ID
	// To is the receiver of a whisper, the zero ID for a line to the room.
	To peer.ID
	// Text is 1 to [MaxBytes] bytes, on one line.
	Text string
	// Seq is the author's own count from 1, one of lines to the room and one of
	// whispers to anybody.
	Seq uint64
	// At is when it came, by this machine's clock.
	At time.Time
	// Gap says that lines of this author to the room before this one are
	// missing: they were said before we came, or while he could not reach us for
	// very long.
	Gap bool
	// Own says that this player said it.
	Own bool
}

// Stats counts since [New]; all in messages or lines.
type Stats struct {
	// Shown are lines that were shown, own ones included.
	Shown int64
	// Gaps are lines with [Line.Gap].
	Gaps int64
	// Duplicates came again and were dropped.
	Duplicates int64
	// Limited came faster than allowed and were dropped; lines among them come
	// again if their author is honest.
	Limited int64
	// Junk could not be read.
	Junk int64
	// Forged bore no valid signature.
	Forged int64
	// Strangers came from somebody who is not in the room.
	Strangers int64
	// Muted were dropped because their author is muted.
	Muted int64
}
