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
	host, ok := m.sig.(*invited)
	if !ok || from.id != host.invite.Member || len(b)%peer.IDSize != 0 || len(b) > maxPartners*peer.IDSize {
		m.counts.junk.Add(1)
		return
	}
	host.mu.Lock()
	for id := range slices.Chunk(b, peer.IDSize) {
		if id := peer.ID(id); !slices.Contains(host.members, id) && len(host.members) < maxPartners {
			host.members = append(host.members, id)
		}
	}
	host.mu.Unlock()
	m.enter()
}

// invited is the Signaler of one who came by an invitation: no server, and of
// its letters those to the member that invited it go in datagrams; the others go
// through that member.
type invited struct {
	key    peer.Key
	invite knock.Invite

	mu      sync.Mutex
	mesh    *Mesh
	members []peer.ID
}

var _ Signaler = (*invited)(nil)

func (s *invited) Self() peer.ID                            { return s.key.ID() }
func (s *invited) RoomID() string                           { return s.invite.Room }
func (s *invited) Sign(msg []byte) []byte                   { return s.key.Sign(msg) }
func (s *invited) ICEServers() []string                     { return nil }
func (s *invited) Bind(peer.Channel, func(peer.ID, []byte)) {}
func (s *invited) State(peer.ID) peer.State                 { return peer.Unlinked }

// Attach implements [Signaler].
func (s *invited) Attach(m peer.Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mesh, _ = m.(*Mesh)
}

// Members implements [Signaler].
func (s *invited) Members() []peer.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.members)
}

// Send implements [peer.Link].
func (s *invited) Send(to peer.ID, ch peer.Channel, b []byte) error {
	s.mu.Lock()
	m := s.mesh
	s.mu.Unlock()
	if m == nil || ch != peer.Signal || to != s.invite.Member {
		return peer.ErrNotLinked
	}
	d := &m.door
	d.mu.Lock()
	d.number++
	number := d.number
	d.mu.Unlock()
	head := append([]byte{knockByte, knockMark}, s.invite.Ticket[:]...)
	id := s.key.ID()
	for _, a := range s.invite.Addresses {
		knock.Split(append(head, id[:]...), number, b, func(part []byte) { m.platform.knock(part, a) })
	}
	return nil
}
