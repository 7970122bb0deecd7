package roomstate

import (
	"bytes"
	"slices"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Do carries out what the member who asks for. seed is drawn by the caller for
// a match that may start. An error is a [Refusal], and then nothing changed.
func (r *Room) Do(who peer.ID, c Command, seed uint64) error {
	m := r.Member(who)
	if m == nil {
		return NotMember
	}
	var err error
	switch c := c.(type) {
	case Ready:
		err = r.ready(m, c.Ready)
	case TakeSeat:
		err = r.takeSeat(m, c.Seat)
	case Settings:
		err = r.setSettings(who, c.Bytes)
	case Start:
		err = r.startBy(who, seed)
	case Reopen:
		err = r.reopen(who)
	case Kick:
		err = r.kick(who, c.Who)
	case Give:
		err = r.give(who, c.To)
	case SetName:
		m.Name = CleanName(c.Name)
	case Leave:
		r.remove(who)
	default:
		err = BadRequest
	}
	if err == nil {
		r.changed(seed)
	}
	return err
}

// changed counts a change, and starts the match if that was what it waited for.
func (r *Room) changed(seed uint64) {
	r.Version++
	if r.AutoStart == 0 || r.Phase != Open {
		return
	}
	seated := 0
	for _, m := range r.Members {
		if m.Seat == NoSeat {
			continue
		}
		if !m.Ready || !m.Online {
			return
		}
		seated++
	}
	if seated >= r.AutoStart {
		r.start(seed)
	}
}

func (r *Room) ready(m *Member, ready bool) error {
	if r.Phase != Open {
		return AlreadyStarted
	}
	if ready && m.Seat == NoSeat {
		return NoSuchSeat
	}
	m.Ready = ready
	return nil
}

func (r *Room) takeSeat(m *Member, seat int) error {
	switch {
	case r.Phase != Open:
		return AlreadyStarted
	case seat < NoSeat || seat >= r.Seats:
		return NoSuchSeat
	case seat != NoSeat && seat != m.Seat && r.At(seat) != nil:
		return SeatTaken
	}
	m.Seat = seat
	m.Ready = m.Ready && seat != NoSeat
	return nil
}

func (r *Room) setSettings(who peer.ID, b []byte) error {
	switch {
	case who != r.Owner:
		return NotOwner
	case r.Phase != Open:
		return AlreadyStarted
	case len(b) > MaxSettings:
		return TooLarge
	}
	r.Settings = bytes.Clone(b)
	if r.AutoStart == 0 {
		for i := range r.Members {
			r.Members[i].Ready = false
		}
	}
	return nil
}

func (r *Room) startBy(who peer.ID, seed uint64) error {
	switch {
	case who != r.Owner:
		return NotOwner
	case r.Phase != Open:
		return AlreadyStarted
	}
	seated := 0
	for _, m := range r.Members {
		if m.Seat == NoSeat {
			continue
		}
		if !m.Online || !m.Ready && m.ID != who {
			return NotReady
		}
		seated++
	}
	if seated == 0 {
		return NobodySeated
	}
	r.start(seed)
	return nil
}

func (r *Room) start(seed uint64) {
	r.Phase = Started
	r.Round++
	r.Seed = seed
	r.MatchSeats = make([]peer.ID, r.Seats)
	for _, m := range r.Members {
		if m.Seat != NoSeat {
			r.MatchSeats[m.Seat] = m.ID
		}
	}
	r.MatchSettings = bytes.Clone(r.Settings)
}

func (r *Room) reopen(who peer.ID) error {
	switch {
	case who != r.Owner:
		return NotOwner
	case r.Phase != Started:
		return NotStarted
	}
	r.Phase = Open
	r.Seed, r.MatchSeats, r.MatchSettings = 0, nil, nil
	for i := range r.Members {
		r.Members[i].Ready = false
	}
	return nil
}

func (r *Room) kick(who, whom peer.ID) error {
	switch {
	case who != r.Owner:
		return NotOwner
	case whom == who || r.Member(whom) == nil:
		return NotMember
	}
	r.remove(whom)
	if len(r.Kicked) == MaxKicked {
		r.Kicked = slices.Delete(r.Kicked, 0, 1)
	}
	r.Kicked = append(r.Kicked, whom)
	return nil
}

func (r *Room) give(who, to peer.ID) error {
	switch {
	case who != r.Owner:
		return NotOwner
	case r.Member(to) == nil:
		return NotMember
	}
	r.Owner = to
	return nil
}
