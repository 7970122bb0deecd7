//go:build !js

package mesh

import (
	"slices"
	"sync"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// hearRoster reads who is in the room, from the member that let us in.
func (m *Mesh) hearRoster(from *link, b []byte) {
	host := m.door.host
	if host == nil || len(b)%peer.IDSize != 0 || len(b) > maxPartners*peer.IDSize {
		m.counts.junk.Add(1)
		return
	}
	if host.meet(from.id, b) {
		m.enter()
	}
}

// invited is the Signaler of one who comes by an invitation: of its letters those
// to the member that invited it go in datagrams, the others through that member.
// There may be a room behind it, which says when its server is away and this is to
// be done; without one there is nothing else.
type invited struct {
	room Host     // nil is none
	key  peer.Key // if room is nil

	mu      sync.Mutex
	mesh    *Mesh
	on      bool // invite is to be used
	text    string
	err     error // of text
	invite  knock.Invite
	members []peer.ID    // beside the room's, as the member says
	refused knock.Reason // what the member answered last
}

var _ Signaler = (*invited)(nil)

// look asks the room whether it wants to be entered by a member.
func (s *invited) look() {
	if s.room == nil {
		return
	}
	text := s.room.Invitation()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on = text != ""; s.on && text != s.text {
		s.text, s.members, s.refused = text, nil, 0
		s.invite, s.err = knock.Parse(text)
	}
	s.on = s.on && s.err == nil
}

// state returns the invitation, whether it is used, what the member answered, and
// what is wrong with its text.
func (s *invited) state() (v knock.Invite, on bool, why knock.Reason, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.invite, s.on, s.refused, s.err
}

// by says whether we come by that member, which has just answered.
func (s *invited) by(id peer.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || s.invite.Member != id {
		return false
	}
	s.refused = 0
	return true
}

// refuse takes the member's refusal; false if it is none.
func (s *invited) refuse(b []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	why, ok := knock.ParseRefusal(b, s.invite.Member, s.invite.Ticket)
	if !s.on || !ok {
		return false
	}
	s.refused = why
	return true
}

// meet takes the list of a member; false if we did not come by that one.
func (s *invited) meet(from peer.ID, list []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || from != s.invite.Member {
		return false
	}
	for b := range slices.Chunk(list, peer.IDSize) {
		if id := peer.ID(b); !slices.Contains(s.members, id) && len(s.members) < maxPartners {
			s.members = append(s.members, id)
		}
	}
	return true
}

// Self implements [peer.Link].
func (s *invited) Self() peer.ID {
	if s.room != nil {
		return s.room.Self()
	}
	return s.key.ID()
}

// RoomID implements [Signaler].
func (s *invited) RoomID() string {
	s.look()
	if s.room != nil {
		if id := s.room.RoomID(); id != "" {
			return id
		}
	}
	if v, on, _, _ := s.state(); on {
		return v.Room
	}
	return ""
}

// Members implements [Signaler].
func (s *invited) Members() (list []peer.ID) {
	if s.room != nil {
		list = s.room.Members()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return list
	}
	for _, id := range append([]peer.ID{s.Self(), s.invite.Member}, s.members...) {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// Sign implements [Signaler].
func (s *invited) Sign(msg []byte) []byte {
	if s.room != nil {
		return s.room.Sign(msg)
	}
	return s.key.Sign(msg)
}

// ICEServers implements [Signaler].
func (s *invited) ICEServers() []string {
	if s.room != nil {
		return s.room.ICEServers()
	}
	return nil
}

// Bind implements [peer.Link].
func (s *invited) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	if s.room != nil {
		s.room.Bind(ch, recv)
	}
}

// State implements [peer.Link].
func (s *invited) State(to peer.ID) peer.State {
	if s.room != nil {
		return s.room.State(to)
	}
	return peer.Unlinked
}

// Attach implements [Signaler].
func (s *invited) Attach(m peer.Link) {
	if s.room != nil {
		s.room.Attach(m)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mesh, _ = m.(*Mesh)
}

// Send implements [peer.Link].
func (s *invited) Send(to peer.ID, ch peer.Channel, b []byte) error {
	err := peer.ErrNotLinked
	if s.room != nil {
		err = s.room.Send(to, ch, b)
	}
	s.mu.Lock()
	m, v, on := s.mesh, s.invite, s.on
	s.mu.Unlock()
	if m == nil || !on || ch != peer.Signal || to != v.Member {
		return err
	}
	d := &m.door
	d.mu.Lock()
	d.number++
	number := d.number
	d.mu.Unlock()
	head := append([]byte{knockByte, knockMark}, v.Ticket[:]...)
	id := m.self
	for _, a := range v.Addresses {
		knock.Split(append(head, id[:]...), number, b, func(part []byte) { m.platform.knock(part, a) })
	}
	return nil
}
