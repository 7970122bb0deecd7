package msg

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// MaxSize is the largest message in bytes.
const MaxSize = fb.Size

// The kinds of messages, for [wire.Header.Kind].
const (
	KindChallenge = wire.Kind(fb.KindChallenge)
	KindHello     = wire.Kind(fb.KindHello)
	KindWelcome   = wire.Kind(fb.KindWelcome)
	KindRefused   = wire.Kind(fb.KindRefused)
	KindRoom      = wire.Kind(fb.KindRoom)
	KindCommand   = wire.Kind(fb.KindCommand)
	KindRelay     = wire.Kind(fb.KindRelay)
	KindLinks     = wire.Kind(fb.KindLinks)
	KindBeat      = wire.Kind(fb.KindBeat)
	KindServers   = wire.Kind(fb.KindServers)
)

// ErrMeaning is wrapped by every error of a Parse function for a table that is
// well-formed but says what cannot be meant.
var ErrMeaning = errors.New("lobby: message makes no sense")

func nonsense(what string) error { return fmt.Errorf("%w: %s", ErrMeaning, what) }

// Open splits a message into its kind and its table. Errors are those of
// [wire.Open].
func Open(b []byte) (wire.Kind, []byte, error) {
	h, table, err := wire.Open(b, [16]byte{})
	return h.Kind, table, err
}

// seal finishes the table at root and puts the header in front.
func seal(kind wire.Kind, b *flatbuffers.Builder, root flatbuffers.UOffsetT) []byte {
	b.Finish(root)
	return wire.Seal(nil, wire.Header{Kind: kind}, b.FinishedBytes())
}

func verify(b []byte, spec *wire.TableSpec) error { return wire.Verify(b, spec, fb.Limits) }

// id reads one ID; none is the zero ID.
func id(b []byte) (peer.ID, error) {
	switch len(b) {
	case 0:
		return peer.ID{}, nil
	case peer.IDSize:
		return peer.ID(b), nil
	}
	return peer.ID{}, nonsense("an ID of another size")
}

// ids reads IDs that stand one after the other.
func ids(b []byte) ([]peer.ID, error) {
	if len(b)%peer.IDSize != 0 {
		return nil, nonsense("IDs of another size")
	}
	var list []peer.ID
	for ; len(b) > 0; b = b[peer.IDSize:] {
		list = append(list, peer.ID(b[:peer.IDSize]))
	}
	return list, nil
}

func flat(list []peer.ID) []byte {
	b := make([]byte, 0, len(list)*peer.IDSize)
	for _, id := range list {
		b = append(b, id[:]...)
	}
	return b
}
