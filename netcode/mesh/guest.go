package mesh

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Somebody can come in without the server: a member hands out an invitation, the
// newcomer's letters go in datagrams to that member's socket, and once the two are
// linked, so that both have proved who they are, the member vouches for the
// newcomer: it signs that it let it in, and all members pass that on to each
// other. The newcomer learns who is there from the member it came by, and its
// letters to the others go through that one. Who is in by this way stays until
// nothing is heard of it for guestFor, whatever the server says when it is back.

const (
	// maxGuests is how many may be let in by this way.
	maxGuests = 16
	// guestFor is how long somebody who was let in is waited for.
	guestFor = 2 * time.Minute
	// maxKnocks is how many datagrams a second are looked at.
	maxKnocks = 500
)

// Datagrams of ours: after socket.Knock.
const (
	knockMark  = 1 // ticket, ID of the newcomer, part of a letter
	answerMark = 2 // ID of the member, part of a letter
)

// door is where newcomers knock, or, at the other end, where this one does. mu
// guards it.
type door struct {
	mu     sync.Mutex
	key    [32]byte // of our tickets
	room   string
	guests map[peer.ID]*caller
	count  int // datagrams in the second since
	second time.Duration
	number uint16 // of the next letter
	host   *invited
	parts  knock.Joiner // from host
}

// caller is one newcomer that knocks.
type caller struct {
	from  netip.AddrPort
	parts knock.Joiner
	at    time.Duration
}

// vouched is one that some member let in.
type vouched struct {
	by  peer.ID
	sig [64]byte
	at  time.Duration // when it was last linked, or let in
}

// receive takes a datagram, on the goroutine of the socket.
func (d *door) receive(m *Mesh, from netip.AddrPort, b []byte) {
	now := m.now()
	d.mu.Lock()
	if now-d.second >= time.Second {
		d.second, d.count = now, 0
	}
	if d.count++; d.count > maxKnocks || len(b) < 2 {
		d.mu.Unlock()
		m.counts.floodedLetters.Add(1)
		return
	}
	id, letter := d.read(m, now, from, b[1], b[2:])
	d.mu.Unlock()
	if letter == nil {
		return
	}
	if !m.notes.letter(id, id, false, letter) {
		m.counts.floodedLetters.Add(1)
	}
}

// read returns the letter that a datagram completes. mu is held.
func (d *door) read(m *Mesh, now time.Duration, from netip.AddrPort, mark byte, b []byte) (id peer.ID, letter []byte) {
	bad := func() (peer.ID, []byte) { m.counts.badLetters.Add(1); return peer.ID{}, nil }
	switch mark {
	case answerMark:
		if d.host == nil || len(b) < peer.IDSize || peer.ID(b[:peer.IDSize]) != d.host.invite.Member {
			return bad()
		}
		return d.host.invite.Member, d.parts.Take(b[peer.IDSize:])
	case knockMark:
		if len(b) < knock.TicketSize+peer.IDSize || d.room == "" || !knock.Ticket(b[:knock.TicketSize]).Good(d.key, d.room, now) {
			return bad()
		}
		b = b[knock.TicketSize:]
		id, b = peer.ID(b[:peer.IDSize]), b[peer.IDSize:]
		c := d.guests[id]
		if c == nil {
			for old, c := range d.guests {
				if now-c.at >= guestFor {
					delete(d.guests, old)
				}
			}
			if len(d.guests) == maxGuests || id == m.self {
				return bad()
			}
			c = &caller{}
			d.guests[id] = c
		}
		c.from, c.at = from, now
		return id, c.parts.Take(b)
	}
	return bad()
}

// knocks sends a letter to a newcomer; false if it is none.
func (d *door) answer(m *Mesh, to peer.ID, b []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.guests[to]
	if c == nil {
		return false
	}
	d.number++
	head := append([]byte{knockByte, answerMark}, m.self[:]...)
	knock.Split(head, d.number, b, func(part []byte) { m.platform.knock(part, c.from) })
	return true
}

// Members returns all members that this mesh links with, self included, in no
// order: those of the room, and whoever some of them let in, see [Mesh.Invite].
func (m *Mesh) Members() []peer.ID {
	list := []peer.ID{m.self}
	for id := range *m.links.Load() {
		list = append(list, id)
	}
	return list
}

// present returns who is to be linked with.
func (m *Mesh) present(now time.Duration, members []peer.ID) []peer.ID {
	for id, v := range m.vouched {
		if p := m.partners[id]; p != nil && p.State() == peer.Linked {
			v.at = now
		}
		if now-v.at >= guestFor {
			delete(m.vouched, id)
		} else if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	m.door.mu.Lock()
	defer m.door.mu.Unlock()
	for id, c := range m.door.guests {
		if now-c.at < guestFor && !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	return members
}

// welcome: a partner is linked directly. If it came by our door we vouch for it;
// and it hears whom others vouched for.
func (m *Mesh) welcome(p *partner) {
	id := p.link.id
	m.door.mu.Lock()
	_, guest := m.door.guests[id]
	m.door.mu.Unlock()
	if guest && m.vouched[id] == nil {
		v := &vouched{by: m.self, at: m.now()}
		copy(v.sig[:], m.sig.Sign(admission(m.room, id, m.self)))
		m.vouched[id] = v
		m.passAdmission(id, v, nil)
	}
	for other, v := range m.vouched {
		if other != id {
			p.link.hand(admissionText(other, v))
		}
	}
	if guest {
		text := []byte{rosterMark}
		for _, other := range m.order {
			if other != p {
				text = append(text, other.link.id[:]...)
			}
		}
		p.link.hand(text)
	}
}

// admission is what a member signs who lets somebody in.
func admission(room string, who, by peer.ID) []byte {
	b := append([]byte("tutti mesh admission v1\x00"), who[:]...)
	return append(append(b, by[:]...), room...)
}

func admissionText(who peer.ID, v *vouched) []byte {
	b := append([]byte{admitMark}, who[:]...)
	return append(append(b, v.by[:]...), v.sig[:]...)
}

// passAdmission tells all but one what somebody signed.
func (m *Mesh) passAdmission(who peer.ID, v *vouched, but *link) {
	text := admissionText(who, v)
	for _, p := range m.order {
		if p.link != but && p.link.id != who {
			p.link.hand(text)
		}
	}
}

// hearAdmission reads that somebody was let in. Only who is a member of the room
// itself can let others in.
func (m *Mesh) hearAdmission(from *link, b []byte) {
	if len(b) != 2*peer.IDSize+64 {
		m.counts.junk.Add(1)
		return
	}
	who := peer.ID(b[:peer.IDSize])
	v := &vouched{by: peer.ID(b[peer.IDSize : 2*peer.IDSize]), sig: [64]byte(b[2*peer.IDSize:]), at: m.now()}
	mine := 0
	for _, other := range m.vouched {
		if other.by == v.by {
			mine++
		}
	}
	switch {
	case who == m.self, m.vouched[who] != nil, len(m.vouched) >= maxGuests, mine >= maxGuests/2,
		!slices.Contains(m.sig.Members(), v.by):
		return
	case !m.partners[from.id].purse(from.id).letters.take(m.now()):
		m.counts.floodedLetters.Add(1)
		return
	case !v.by.Verify(admission(m.room, who, v.by), v.sig[:]):
		m.counts.forged.Add(1)
		return
	}
	m.partners[from.id].purse(from.id).letters.giveBack()
	m.vouched[who] = v
	m.enter()
	m.passAdmission(who, v, from)
}

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
