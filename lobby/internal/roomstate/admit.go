package roomstate

import (
	"slices"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// lostLong is the LostMs of a member that was never connected.
const lostLong = 1

// Admit puts id among the members by the word of one who is: it came in without
// the server, also while a match runs, and is not connected. In that match it
// plays only if it has a seat there; else its seat, if one is free, is for the
// next. Like who enters it is ready for the first match of a room that starts by
// itself; but nothing starts by this. Refusals: [Kicked], [RoomFull]; nothing happens if
// it is a member.
func (r *Room) Admit(id peer.ID, name string) error {
	switch {
	case r.Member(id) != nil:
		return nil
	case slices.Contains(r.Kicked, id):
		return Kicked
	case len(r.Members) >= MaxMembers:
		return RoomFull
	}
	seat := r.seatFor(id)
	r.Members = append(r.Members, Member{
		ID: id, Name: CleanName(name), Seat: seat, LostMs: lostLong,
		Ready: r.AutoStart > 0 && r.Round == 0 && seat != NoSeat,
	})
	if len(r.Members) == 1 {
		r.Owner = id
	}
	r.Version++
	return nil
}

// EnterVouched is [Room.Enter] for one whom a member let in.
func (r *Room) EnterVouched(id peer.ID, name string, seed uint64) error {
	if err := r.Admit(id, name); err != nil {
		return err
	}
	return r.Enter(id, name, seed)
}

// seatFor returns the seat of one who comes while a match may run: its own, or
// one that is nobody's in it.
func (r *Room) seatFor(id peer.ID) int {
	if r.Plays(id) {
		if had := slices.Index(r.MatchSeats, id); r.At(had) == nil {
			return had
		}
	}
	for seat := range r.Seats {
		if r.At(seat) == nil && (r.Phase != Started || r.MatchSeats[seat].IsZero()) {
			return seat
		}
	}
	return NoSeat
}
