package chat

import (
	"encoding/binary"
	"errors"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/chat/internal/fb"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

var errJunk = errors.New("chat: numbers of a line make no sense")

// seen is the newest line to the room of one author that somebody had seen.
type seen struct{ author, seq uint64 }

// short is how seen names an author.
func short(id peer.ID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// scope is whom a line was said to.
type scope uint8

const (
	toRoom scope = iota
	toOne
	scopes
)

// letter is one line as its author wrote it.
type letter struct {
	scope scope
	seq   uint64
	text  string
	seen  []seen
	sig   []byte // nil if the link does not sign
}

// envelope is where a letter stands on its way to one receiver; the fields are
// those of the schema.
type envelope struct {
	life, queue, number, oldest uint64
	letter
	trusted bool // the signature is good, or none is needed; not of the schema
}

// have acknowledges letters.
type have struct {
	queue, number uint64
	lost          bool
}

// Messages of chat belong to a room, not to a match.
var noMatch [16]byte

func sealLine(e *envelope) []byte {
	b := flatbuffers.NewBuilder(256)
	text := b.CreateString(e.text)
	fb.LineStartSeenVector(b, len(e.seen))
	for _, s := range slices.Backward(e.seen) {
		fb.CreateSeen(b, s.author, s.seq)
	}
	list := b.EndVector(len(e.seen))
	var sig flatbuffers.UOffsetT
	if e.sig != nil {
		sig = b.CreateByteVector(e.sig)
	}
	fb.LineStart(b)
	fb.LineAddLife(b, e.life)
	fb.LineAddQueue(b, e.queue)
	fb.LineAddNumber(b, e.number)
	fb.LineAddOldest(b, e.oldest)
	fb.LineAddScope(b, fb.Scope(e.scope))
	fb.LineAddSeq(b, e.seq)
	fb.LineAddText(b, text)
	fb.LineAddSeen(b, list)
	if e.sig != nil {
		fb.LineAddSig(b, sig)
	}
	b.Finish(fb.LineEnd(b))
	return wire.Seal(nil, wire.Header{Kind: wire.Kind(fb.KindLine)}, b.FinishedBytes())
}

func sealHave(h have) []byte {
	b := flatbuffers.NewBuilder(64)
	fb.HaveStart(b)
	fb.HaveAddQueue(b, h.queue)
	fb.HaveAddNumber(b, h.number)
	fb.HaveAddLost(b, h.lost)
	b.Finish(fb.HaveEnd(b))
	return wire.Seal(nil, wire.Header{Kind: wire.Kind(fb.KindHave)}, b.FinishedBytes())
}

// parse reads a message: one of the two results is not nil, or the error is
// wire's or errJunk. Nothing of b is kept.
func parse(b []byte) (*envelope, *have, error) {
	head, table, err := wire.Open(b, noMatch)
	if err != nil {
		return nil, nil, err
	}
	switch fb.Kind(head.Kind) {
	case fb.KindLine:
		e, err := parseLine(table)
		return e, nil, err
	case fb.KindHave:
		if err := wire.Verify(table, fb.HaveSpec, fb.Limits); err != nil {
			return nil, nil, err
		}
		t := fb.GetRootAsHave(table, 0)
		return nil, &have{queue: t.Queue(), number: t.Number(), lost: t.Lost()}, nil
	}
	return nil, nil, wire.ErrKind
}

func parseLine(table []byte) (*envelope, error) {
	if err := wire.Verify(table, fb.LineSpec, fb.Limits); err != nil {
		return nil, err
	}
	t := fb.GetRootAsLine(table, 0)
	e := &envelope{
		life: t.Life(), queue: t.Queue(), number: t.Number(), oldest: t.Oldest(),
		letter: letter{scope: scope(t.Scope()), seq: t.Seq(), text: string(t.Text())},
	}
	if e.number == 0 || e.oldest == 0 || e.oldest > e.number || e.seq == 0 || e.scope >= scopes {
		return nil, errJunk
	}
	var s fb.Seen
	for i := range t.SeenLength() {
		if t.Seen(&s, i) {
			e.seen = append(e.seen, seen{s.Author(), s.Seq()})
		}
	}
	switch sig := t.SigBytes(); len(sig) {
	case 0:
	case fb.SigSize:
		e.sig = append(e.sig, sig...)
	default:
		return nil, errJunk
	}
	return e, nil
}

// signed returns the bytes that an author signs: room, life, receiver (zero for
// the room) and line. The author is the one whose key verifies it.
func signed(room string, life uint64, to peer.ID, l *letter) []byte {
	b := append([]byte(nil), "tutti chat line v1\x00"...)
	b = wire.AppendBytes(b, []byte(room))
	b = binary.LittleEndian.AppendUint64(b, life)
	b = append(b, to[:]...)
	b = append(b, byte(l.scope))
	b = binary.LittleEndian.AppendUint64(b, l.seq)
	b = wire.AppendBytes(b, []byte(l.text))
	for _, s := range l.seen {
		b = binary.LittleEndian.AppendUint64(b, s.author)
		b = binary.LittleEndian.AppendUint64(b, s.seq)
	}
	return b
}
