package msg

import (
	"strings"
	"unicode/utf8"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Refused says why something is not done. It is an error that wraps its Code.
type Refused struct {
	Code    roomstate.Refusal
	Request uint32 // the command's; 0 is none
	// What differs, for [roomstate.Mismatch]: the receiver's value and the
	// room's. The texts are a stranger's; quote them.
	Field, Yours, Theirs string
}

// Error says what Code says.
func (r Refused) Error() string { return r.Code.Error() }

// Unwrap returns Code.
func (r Refused) Unwrap() error { return r.Code }

// Message returns the message that carries r; texts that are too long are cut.
func (r Refused) Message() []byte {
	b := flatbuffers.NewBuilder(256)
	field := b.CreateString(clip(r.Field, fb.MaxField))
	yours, theirs := b.CreateString(clip(r.Yours, fb.MaxValue)), b.CreateString(clip(r.Theirs, fb.MaxValue))
	fb.RefusedStart(b)
	fb.RefusedAddCode(b, byte(r.Code))
	fb.RefusedAddRequest(b, r.Request)
	fb.RefusedAddField(b, field)
	fb.RefusedAddYours(b, yours)
	fb.RefusedAddTheirs(b, theirs)
	return seal(KindRefused, b, fb.RefusedEnd(b))
}

// ParseRefused reads the table of [Refused.Message].
func ParseRefused(table []byte) (Refused, error) {
	if err := verify(table, fb.RefusedSpec); err != nil {
		return Refused{}, err
	}
	t := fb.GetRootAsRefused(table, 0)
	return Refused{
		Code: roomstate.Refusal(t.Code()), Request: t.Request(),
		Field: string(t.Field()), Yours: string(t.Yours()), Theirs: string(t.Theirs()),
	}, nil
}

// Relay is a message between members. Payload is at most [peer.MaxMessage].
type Relay struct {
	Peer    peer.ID // to the server the receiver, from it the sender
	Channel peer.Channel
	Payload []byte // of a parsed Relay: points into the message
}

// Message returns the message that carries r.
func (r Relay) Message() []byte {
	b := flatbuffers.NewBuilder(len(r.Payload) + 128)
	payload, who := b.CreateByteVector(r.Payload), b.CreateByteVector(r.Peer[:])
	fb.RelayStart(b)
	fb.RelayAddPeer(b, who)
	fb.RelayAddChannel(b, byte(r.Channel))
	fb.RelayAddPayload(b, payload)
	return seal(KindRelay, b, fb.RelayEnd(b))
}

// ParseRelay reads the table of [Relay.Message]. It refuses the channels that
// no server carries.
func ParseRelay(table []byte) (Relay, error) {
	if err := verify(table, fb.RelaySpec); err != nil {
		return Relay{}, err
	}
	t := fb.GetRootAsRelay(table, 0)
	who, err := id(t.PeerBytes())
	ch := peer.Channel(t.Channel())
	switch {
	case err != nil:
		return Relay{}, err
	case who.IsZero():
		return Relay{}, nonsense("a relay to nobody")
	case !Carried(ch):
		return Relay{}, nonsense("a relay on a channel that the server does not carry")
	}
	return Relay{Peer: who, Channel: ch, Payload: t.PayloadBytes()}, nil
}

// Carried reports whether the server relays that channel: all reliable ordered
// ones.
func Carried(ch peer.Channel) bool { return ch >= peer.Control && ch < peer.Channels }

// Links returns the message that names whom the sender reaches without the
// server.
func Links(list []peer.ID) []byte {
	b := flatbuffers.NewBuilder(64 + len(list)*peer.IDSize)
	raw := b.CreateByteVector(flat(list))
	fb.LinksStart(b)
	fb.LinksAddIds(b, raw)
	return seal(KindLinks, b, fb.LinksEnd(b))
}

// ParseLinks reads the table of [Links]: at most fb.MaxMembers IDs.
func ParseLinks(table []byte) ([]peer.ID, error) {
	if err := verify(table, fb.LinksSpec); err != nil {
		return nil, err
	}
	return ids(fb.GetRootAsLinks(table, 0).IdsBytes())
}

// Beat returns the message that says: I am here.
func Beat(atMs uint32) []byte {
	b := flatbuffers.NewBuilder(32)
	fb.BeatStart(b)
	fb.BeatAddAtMs(b, atMs)
	return seal(KindBeat, b, fb.BeatEnd(b))
}

// ParseBeat reads the table of [Beat].
func ParseBeat(table []byte) (atMs uint32, err error) {
	if err := verify(table, fb.BeatSpec); err != nil {
		return 0, err
	}
	return fb.GetRootAsBeat(table, 0).AtMs(), nil
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
