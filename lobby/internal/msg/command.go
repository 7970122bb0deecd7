package msg

import (
	"bytes"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// The numbers of the commands. They travel: add at the end only.
const (
	_ byte = iota
	whatReady
	whatTakeSeat
	whatSettings
	whatStart
	whatReopen
	whatKick
	whatGive
	whatSetName
	whatLeave
)

// Command returns the message with which a member asks for c; request counts
// from 1 in a connection. It panics on a command that is none of roomstate's,
// or a seat outside -1 to 254: the caller has tried it on a room of its own.
func Command(request uint32, c roomstate.Command) []byte {
	var (
		what byte
		flag bool
		seat = roomstate.NoSeat
		text string
		raw  []byte
		who  peer.ID
	)
	switch c := c.(type) {
	case roomstate.Ready:
		what, flag = whatReady, c.Ready
	case roomstate.TakeSeat:
		what, seat = whatTakeSeat, c.Seat
	case roomstate.Settings:
		what, raw = whatSettings, c.Bytes
	case roomstate.Start:
		what = whatStart
	case roomstate.Reopen:
		what = whatReopen
	case roomstate.Kick:
		what, who = whatKick, c.Who
	case roomstate.Give:
		what, who = whatGive, c.To
	case roomstate.SetName:
		what, text = whatSetName, roomstate.CleanName(c.Name)
	case roomstate.Leave:
		what = whatLeave
	default:
		panic("msg: not a command of a room")
	}
	b := flatbuffers.NewBuilder(256)
	name, data, id := b.CreateString(text), b.CreateByteVector(raw), b.CreateByteVector(who[:])
	fb.CommandStart(b)
	fb.CommandAddRequest(b, request)
	fb.CommandAddWhat(b, what)
	fb.CommandAddFlag(b, flag)
	fb.CommandAddSeat(b, byte(seat+1))
	fb.CommandAddText(b, name)
	fb.CommandAddBytes(b, data)
	fb.CommandAddId(b, id)
	return seal(KindCommand, b, fb.CommandEnd(b))
}

// ParseCommand reads the table of [Command].
func ParseCommand(table []byte) (request uint32, c roomstate.Command, err error) {
	if err := verify(table, fb.CommandSpec); err != nil {
		return 0, nil, err
	}
	t := fb.GetRootAsCommand(table, 0)
	who, err := id(t.IdBytes())
	if err != nil {
		return 0, nil, err
	}
	switch t.What() {
	case whatReady:
		c = roomstate.Ready{Ready: t.Flag()}
	case whatTakeSeat:
		c = roomstate.TakeSeat{Seat: int(t.Seat()) - 1}
	case whatSettings:
		c = roomstate.Settings{Bytes: bytes.Clone(t.BytesBytes())}
	case whatStart:
		c = roomstate.Start{}
	case whatReopen:
		c = roomstate.Reopen{}
	case whatKick:
		c = roomstate.Kick{Who: who}
	case whatGive:
		c = roomstate.Give{To: who}
	case whatSetName:
		c = roomstate.SetName{Name: string(t.Text())}
	case whatLeave:
		c = roomstate.Leave{}
	default:
		return 0, nil, nonsense("a command that does not exist")
	}
	return t.Request(), c, nil
}
