package msg

import (
	"bytes"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/lobby/internal/fb"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// Room returns the message that tells members the whole room.
func Room(r *roomstate.Room) []byte {
	b := flatbuffers.NewBuilder(1024)
	return seal(KindRoom, b, putRoom(b, r))
}

// ParseRoom reads the table of [Room]. The error is a [*wire.VerifyError], or
// says which invariant of a room does not hold and wraps [ErrMeaning].
func ParseRoom(table []byte) (*roomstate.Room, error) {
	if err := verify(table, fb.RoomSpec); err != nil {
		return nil, err
	}
	return getRoom(fb.GetRootAsRoom(table, 0))
}

func putRoom(b *flatbuffers.Builder, r *roomstate.Room) flatbuffers.UOffsetT {
	members := make([]flatbuffers.UOffsetT, len(r.Members))
	for i, m := range r.Members {
		who, name := b.CreateByteVector(m.ID[:]), b.CreateString(m.Name)
		fb.MemberStart(b)
		fb.MemberAddId(b, who)
		fb.MemberAddName(b, name)
		fb.MemberAddSeat(b, byte(m.Seat+1))
		fb.MemberAddReady(b, m.Ready)
		fb.MemberAddOnline(b, m.Online)
		fb.MemberAddLostMs(b, m.LostMs)
		members[i] = fb.MemberEnd(b)
	}
	fb.RoomStartMembersVector(b, len(members))
	for _, member := range slices.Backward(members) {
		b.PrependUOffsetT(member)
	}
	list := b.EndVector(len(members))
	code, game, build := b.CreateString(r.Code), b.CreateString(r.Game), b.CreateString(r.Build)
	name, owner := b.CreateByteVector(r.ID[:]), b.CreateByteVector(r.Owner[:])
	settings, matchSettings := b.CreateByteVector(r.Settings), b.CreateByteVector(r.MatchSettings)
	seats, kicked := b.CreateByteVector(flat(r.MatchSeats)), b.CreateByteVector(flat(r.Kicked))
	fb.RoomStart(b)
	fb.RoomAddId(b, name)
	fb.RoomAddCode(b, code)
	fb.RoomAddGame(b, game)
	fb.RoomAddBuild(b, build)
	fb.RoomAddOwner(b, owner)
	fb.RoomAddSeats(b, byte(r.Seats))
	fb.RoomAddAutoStart(b, byte(r.AutoStart))
	fb.RoomAddSettings(b, settings)
	fb.RoomAddPhase(b, byte(r.Phase))
	fb.RoomAddRound(b, r.Round)
	fb.RoomAddSeed(b, r.Seed)
	fb.RoomAddMatchSeats(b, seats)
	fb.RoomAddMatchSettings(b, matchSettings)
	fb.RoomAddMembers(b, list)
	fb.RoomAddKicked(b, kicked)
	fb.RoomAddVersion(b, r.Version)
	return fb.RoomEnd(b)
}

// getRoom reads a verified table and holds it to what a room is.
func getRoom(t *fb.Room) (*roomstate.Room, error) {
	if t.IdLength() != fb.RoomID {
		return nil, nonsense("a room with an ID of another size")
	}
	r := &roomstate.Room{
		ID: [fb.RoomID]byte(t.IdBytes()), Code: string(t.Code()), Game: string(t.Game()), Build: string(t.Build()),
		Seats: int(t.Seats()), AutoStart: int(t.AutoStart()), Settings: bytes.Clone(t.SettingsBytes()),
		Phase: roomstate.Phase(t.Phase()), Round: t.Round(), Seed: t.Seed(),
		MatchSettings: bytes.Clone(t.MatchSettingsBytes()), Version: t.Version(),
	}
	var err error
	if r.Owner, err = id(t.OwnerBytes()); err != nil {
		return nil, err
	}
	if r.MatchSeats, err = ids(t.MatchSeatsBytes()); err != nil {
		return nil, err
	}
	if r.Kicked, err = ids(t.KickedBytes()); err != nil {
		return nil, err
	}
	var m fb.Member
	for i := range t.MembersLength() {
		t.Members(&m, i)
		who, err := id(m.IdBytes())
		if err != nil {
			return nil, err
		}
		r.Members = append(r.Members, roomstate.Member{
			ID: who, Name: string(m.Name()), Seat: int(m.Seat()) - 1,
			Ready: m.Ready(), Online: m.Online(), LostMs: m.LostMs(),
		})
	}
	if err := r.Check(); err != nil {
		return nil, nonsense(err.Error())
	}
	return r, nil
}
