package lobby

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/lobby/internal/socket"
)

// finalError ends a connection because the server said so.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }

// receive handles one message of the server. An error is a message that no
// honest server sends, or a *finalError.
func (r *Room) receive(conn *socket.Conn, b []byte) error {
	kind, table, err := msg.Open(b)
	if err != nil {
		return err
	}
	switch kind {
	case msg.KindRoom:
		room, err := msg.ParseRoom(table)
		if err != nil {
			return err
		}
		r.mu.Lock()
		r.update(room)
		r.mu.Unlock()
		r.tellGuests()
	case msg.KindRelay:
		m, err := msg.ParseRelay(table)
		if err != nil {
			return err
		}
		r.hand(m.Peer, m.Channel, m.Payload)
	case msg.KindBeat:
		at, err := msg.ParseBeat(table)
		if err != nil {
			return err
		}
		return r.write(conn, msg.Beat(at))
	case msg.KindServers:
		urls, err := msg.ParseServers(table)
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ice = urls
	case msg.KindRefused:
		refused, err := msg.ParseRefused(table)
		if err != nil {
			return err
		}
		if refused.Request == 0 {
			return &finalError{asError(refused)}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if c, ok := r.asked[refused.Request]; ok {
			delete(r.asked, refused.Request)
			r.tell(Refused{c, asError(refused)})
		}
	default:
		return msg.ErrMeaning
	}
	return nil
}

// welcome takes the room as it is when we enter it, or come back.
func (r *Room) welcome(w msg.Welcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.room == nil
	r.entered = true
	r.entry.in, r.entry.denied = false, time.Time{}
	r.ice = w.ICEServers
	if first {
		r.tell(Entered{Code: w.Room.Code})
	} else if r.lost {
		r.tell(ServerBack{})
	}
	r.lost = false
	r.update(w.Room)
	for _, c := range r.pending {
		if err := r.refusable(c); err != nil {
			r.tell(Refused{c, err})
		} else if err := r.ask(c); err != nil {
			r.tell(Refused{c, err})
		}
	}
	r.pending = nil
	if r.leaving { // Leave came while we were entering
		r.out = append(r.out, msg.Command(0, roomstate.Leave{}))
	}
	r.poke()
}

// serverLost notes that the connection ended.
func (r *Room) serverLost(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entry.open = true // for a member that lets us in, if we are not
	// Sent or not, nobody knows; links promise nothing about it.
	r.out, r.outBytes = nil, 0
	clear(r.asked)
	if r.entered {
		r.entered, r.lost = false, true
		r.tell(ServerLost{err})
	}
}

// update takes the room as the server tells it, and tells what changed. r.mu is
// held.
func (r *Room) update(room *roomstate.Room) {
	old := r.room
	self := r.key.ID()
	wasGuest := r.guests.ids()
	if r.told != nil && r.told.ID != room.ID {
		r.guests.list = nil
	}
	r.told = room
	r.room = r.withGuests()
	room = r.room
	if old != nil {
		for _, m := range old.Members {
			now := room.Member(m.ID)
			switch {
			case m.ID == self:
			case now == nil:
				r.tell(Left{m.ID, m.Name, r.leftReason(m, room)})
			case m.Online && !now.Online:
				r.tell(Away{m.ID, now.Name})
			case !m.Online && now.Online && !slices.Contains(wasGuest, m.ID):
				r.tell(Back{m.ID, now.Name})
			}
		}
		for _, m := range room.Members {
			if old.Member(m.ID) == nil && m.ID != self {
				r.tell(Joined{Member{
					ID: m.ID, Name: m.Name, Seat: m.Seat, Ready: m.Ready, Online: m.Online, Owner: m.ID == room.Owner,
					Guest: r.told.Member(m.ID) == nil,
				}})
			}
		}
		if old.Owner != room.Owner {
			r.tell(RoleChanged{room.Owner})
		}
	}
	r.updateMatch()
}

func (r *Room) leftReason(m roomstate.Member, room *roomstate.Room) LeftReason {
	switch {
	case slices.Contains(room.Kicked, m.ID):
		return LeftByKick
	case r.guests.bye == m.ID:
		return LeftByChoice
	case !m.Online:
		return LeftByLoss
	}
	return LeftByChoice
}

// updateMatch fixes the match of a new round. A match that was told stays as it
// is: not even a server that lost its mind changes it. r.mu is held.
func (r *Room) updateMatch() {
	match, running := r.room.Match()
	switch {
	case running && r.round != r.room.Round:
		r.match, r.round = match, r.room.Round
		r.tell(Started{match})
	case running && match.ID != r.match.ID:
		r.log.Warn("lobby: the server tells another match for the round that runs", "round", r.round)
	case !running && r.round != 0:
		r.round = 0
		r.tell(Reopened{})
	}
}
