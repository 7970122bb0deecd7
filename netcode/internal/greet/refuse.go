package greet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/netcode/internal/fb"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// The largest texts in bytes.
const (
	// MaxField bounds [Refuse.Field].
	MaxField = fb.MaxField
	// MaxValue bounds [Refuse.Ours] and [Refuse.Theirs].
	MaxValue = fb.MaxValue
)

// Refuse tells a peer why the sender will not play with it. The texts are the
// sender's words: quote them before a player sees them.
type Refuse struct {
	// Field names what differs, as in the schema ("tick_rate"); from a peer it
	// may be anything. At most [MaxField] bytes.
	Field string
	// Ours is the sender's value as text, Theirs the receiver's; from the side
	// of whoever sends it. At most [MaxValue] bytes each; may be empty.
	Ours, Theirs string
}

// String says what differs, from the sender's side, with all texts quoted.
func (r Refuse) String() string {
	return fmt.Sprintf("%.64q differs: ours is %.256q, theirs %.256q", r.Field, r.Ours, r.Theirs)
}

// AppendRefuse appends the table of r to dst and returns it. Texts that are too
// long are cut and what is not UTF-8 is replaced: a refusal that is itself
// refused helps nobody.
func AppendRefuse(dst []byte, r Refuse) []byte {
	b := flatbuffers.NewBuilder(256)
	field := b.CreateString(clip(r.Field, MaxField))
	ours, theirs := b.CreateString(clip(r.Ours, MaxValue)), b.CreateString(clip(r.Theirs, MaxValue))
	fb.RefuseStart(b)
	fb.RefuseAddField(b, field)
	fb.RefuseAddOurs(b, ours)
	fb.RefuseAddTheirs(b, theirs)
	b.Finish(fb.RefuseEnd(b))
	return append(dst, b.FinishedBytes()...)
}

// ParseRefuse reads a table that [AppendRefuse] wrote, or that somebody
// pretends it did; nothing of b is kept. The error is a [*wire.VerifyError],
// and then the Refuse is the zero one.
func ParseRefuse(b []byte) (Refuse, error) {
	if err := wire.Verify(b, fb.RefuseSpec, wire.Limits{}); err != nil {
		return Refuse{}, err
	}
	t := fb.GetRootAsRefuse(b, 0)
	return Refuse{Field: string(t.Field()), Ours: string(t.Ours()), Theirs: string(t.Theirs())}, nil
}

// clip returns s as valid UTF-8 of at most most bytes, cut between characters.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
