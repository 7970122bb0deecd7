package chat

import (
	"errors"
	"log/slog"
	"time"

	"github.com/tuttiplay/tutti/chat/internal/fb"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/peer/cleantext"
)

const (
	// MaxBytes and MaxGraphemes bound the text of a line: bytes of UTF-8 and
	// visible characters.
	MaxBytes     = cleantext.MaxLineBytes
	MaxGraphemes = cleantext.MaxLineGraphemes
	// MaxLines is how many lines a Chat keeps for [Chat.Lines].
	MaxLines = 200
)

// The schema's limit is the text's.
const _ = uint(fb.MaxText-MaxBytes) + uint(MaxBytes-fb.MaxText)

// Link is what a Chat talks over: lobby.Room, or any link with a list of
// members. Two more methods are used if the link has them: RoomID() string and
// Sign(msg []byte) []byte, with the key of Self. A link that signs expects the
// others' lines to be signed as well.
type Link interface {
	peer.Link
	// Members returns who is in the room now, self included; a fresh slice.
	// Empty before the room is entered.
	Members() []peer.ID
}

// Config tunes a [Chat]. The zero value works.
type Config struct {
	// Clock is what [Line.At] is read from and what limits are measured by; nil
	// is [time.Now]. It must not run backwards.
	Clock func() time.Time
	// Log gets a line when somebody sends junk or too much; nil is silence.
	Log *slog.Logger
}

// resolve puts the defaults in.
func (cfg Config) resolve() Config {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// What [Chat.Say] returns when it did not say anything.
var (
	// ErrTooFast: five lines at once, and then one every two seconds.
	ErrTooFast = errors.New("chat: too many lines at once; wait a moment")
	// ErrTooLong: more than [MaxBytes] or [MaxGraphemes], or very wide.
	ErrTooLong = errors.New("chat: the line is too long; at most 200 characters and 500 bytes")
	// ErrEmpty: nothing of the text can be seen.
	ErrEmpty = errors.New("chat: the line is empty")
	// ErrNotInRoom: this peer has not entered a room, or left it.
	ErrNotInRoom = errors.New("chat: not in a room")
	// ErrNoSuchMember: a whisper to somebody who is not in the room, or to
	// oneself.
	ErrNoSuchMember = errors.New("chat: that player is not in the room")
)
