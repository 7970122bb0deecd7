package roomstate

import (
	"slices"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Enter lets id in on the lowest free seat, or back in on the seat it has. The
// first member owns the room. seed is for a match that starts by itself.
// Refusals: [Kicked], [RoomFull], [AlreadyStarted].
func (r *Room) Enter(id peer.ID, name string, seed uint64) error {
	if m := r.Member(id); m != nil {
		m.Online, m.LostMs = true, 0
		if name != "" {
			m.Name = CleanName(name)
		}
		r.changed(seed)
		return nil
	}
	seat := r.freeSeat()
	switch {
	case slices.Contains(r.Kicked, id):
		return Kicked
	case len(r.Members) >= MaxMembers:
		return RoomFull
	case r.Plays(id): // back from longer than the grace time
		if had := slices.Index(r.MatchSeats, id); r.At(had) == nil {
			seat = had
		}
	case r.Phase == Started:
		return AlreadyStarted
	case seat == NoSeat:
		return RoomFull
	}
	r.Members = append(r.Members, Member{
		ID: id, Name: CleanName(name), Seat: seat, Online: true,
		// In a room that starts by itself, to come is to be ready.
		Ready: r.AutoStart > 0 && r.Round == 0 && seat != NoSeat,
	})
	if len(r.Members) == 1 {
		r.Owner = id
	}
	r.changed(seed)
	return nil
}

// Lost notes that the member's connection ended at nowMs. It keeps its seat
// until [Room.Expire].
func (r *Room) Lost(id peer.ID, nowMs int64) {
	if m := r.Member(id); m != nil && m.Online {
		m.Online, m.LostMs = false, nowMs
		r.Version++
	}
}

// Expire takes the room from owners, and out of the room members, that have
// been lost for more than graceMs at nowMs. A member for which kept returns true
// stays: others still reach it. It returns who was removed. nil kept keeps
// nobody; seed is for a match that starts by itself.
func (r *Room) Expire(nowMs, graceMs int64, kept func(peer.ID) bool, seed uint64) (removed []peer.ID) {
	late := func(m Member) bool { return !m.Online && nowMs-m.LostMs > graceMs }
	for _, m := range r.Members {
		if late(m) && (kept == nil || !kept(m.ID)) {
			removed = append(removed, m.ID)
		}
	}
	for _, id := range removed {
		r.remove(id)
	}
	if m := r.Member(r.Owner); m != nil && late(*m) {
		if heir := r.heir(); heir != r.Owner {
			r.Owner = heir
			r.Version++
		}
	}
	if len(removed) > 0 {
		r.changed(seed)
	}
	return removed
}

// remove takes a member out and hands the room on.
func (r *Room) remove(id peer.ID) {
	i := r.index(id)
	if i < 0 {
		return
	}
	r.Members = slices.Delete(r.Members, i, i+1)
	if id == r.Owner {
		r.Owner = r.heir()
	}
	r.Version++
}

// heir is who owns the room after its owner: the longest in it of those who are
// online, else the owner, else the first; nobody of an empty room.
func (r *Room) heir() peer.ID {
	for _, m := range r.Members {
		if m.Online {
			return m.ID
		}
	}
	switch {
	case len(r.Members) == 0:
		return peer.ID{}
	case r.Member(r.Owner) != nil:
		return r.Owner
	}
	return r.Members[0].ID
}
