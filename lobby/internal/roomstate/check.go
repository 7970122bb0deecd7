package roomstate

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Check reports the first way in which r is no room that the commands could
// have made; nil if there is none. It is for a room that came from elsewhere,
// and for tests. It allocates for an error only.
func (r *Room) Check() error {
	switch {
	case r.Seats < 1 || r.Seats > peer.MaxSeats:
		return fmt.Errorf("roomstate: %d seats; want 1 to %d", r.Seats, peer.MaxSeats)
	case r.AutoStart < 0 || r.AutoStart > r.Seats:
		return fmt.Errorf("roomstate: starts with %d of %d seats", r.AutoStart, r.Seats)
	case len(r.Members) > MaxMembers:
		return fmt.Errorf("roomstate: %d members; at most %d", len(r.Members), MaxMembers)
	case len(r.Kicked) > MaxKicked:
		return fmt.Errorf("roomstate: %d were kicked; at most %d", len(r.Kicked), MaxKicked)
	case len(r.Settings) > MaxSettings || len(r.MatchSettings) > MaxSettings:
		return fmt.Errorf("roomstate: settings of more than %d bytes", MaxSettings)
	case r.Phase >= phases:
		return fmt.Errorf("roomstate: there is no phase %d", r.Phase)
	case (len(r.Members) == 0) != r.Owner.IsZero() || !r.Owner.IsZero() && r.Member(r.Owner) == nil:
		return fmt.Errorf("roomstate: the owner %s is not one of %d members", r.Owner.Short(), len(r.Members))
	case r.Phase == Started && (len(r.MatchSeats) != r.Seats || r.Round == 0):
		return fmt.Errorf("roomstate: a match of %d seats in a room of %d, round %d", len(r.MatchSeats), r.Seats, r.Round)
	case r.Phase == Open && (len(r.MatchSeats) != 0 || len(r.MatchSettings) != 0 || r.Seed != 0):
		return fmt.Errorf("roomstate: an open room with a match")
	}
	for i, m := range r.Members {
		switch {
		case m.ID.IsZero() || r.index(m.ID) != i:
			return fmt.Errorf("roomstate: member %d is nobody or there twice", i)
		case m.Name == "" || m.Name != CleanName(m.Name):
			return fmt.Errorf("roomstate: member %d has the name %q", i, m.Name)
		case m.Seat < NoSeat || m.Seat >= r.Seats:
			return fmt.Errorf("roomstate: member %d has seat %d of %d", i, m.Seat, r.Seats)
		case m.Seat != NoSeat && r.At(m.Seat).ID != m.ID:
			return fmt.Errorf("roomstate: seat %d is taken twice", m.Seat)
		case m.Seat == NoSeat && m.Ready:
			return fmt.Errorf("roomstate: member %d is ready without a seat", i)
		case m.Online != (m.LostMs == 0):
			return fmt.Errorf("roomstate: member %d is online and lost", i)
		}
	}
	return nil
}
