package mesh

import (
	"slices"
	"time"

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
)

// vouched is one that some member let in.
type vouched struct {
	by  peer.ID
	sig [64]byte
	at  time.Duration // when it was last linked, or let in
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
	real := len(members)
	for id, v := range m.vouched {
		if p := m.partners[id]; p != nil && p.State() == peer.Linked {
			v.at = now
		}
		switch {
		case slices.Contains(members[:real], id), m.banned(id):
			delete(m.vouched, id)
		case now-v.at >= guestFor:
			delete(m.vouched, id)
			if m.host != nil {
				m.host.Gone(id)
			}
		default:
			members = append(members, id)
		}
	}
	members = m.door.callers(now, members)
	return append(members[:real:real], slices.DeleteFunc(members[real:], m.banned)...)
}

func (m *Mesh) banned(id peer.ID) bool { return m.host != nil && m.host.Banned(id) }

// proper returns who is in the room by more than a member's word, and ourselves.
func (m *Mesh) proper() []peer.ID {
	members := m.sig.Members()
	if m.host == nil {
		return members
	}
	return slices.DeleteFunc(members, func(id peer.ID) bool { return id != m.self && m.host.Guest(id) })
}

// introduce tells the room of a process that is linked.
func (m *Mesh) introduce(p *partner) {
	if m.host == nil || p.theirs == 0 || p.State() != peer.Linked || m.met[p.link.id] == p.theirs {
		return
	}
	if len(m.met) > 4*maxPartners {
		clear(m.met) // to be met again does no harm
	}
	m.met[p.link.id] = p.theirs
	m.host.Met(p.link.id)
}

// welcome: a partner is linked directly. If it came by our door we vouch for it;
// and it hears whom others vouched for.
func (m *Mesh) welcome(p *partner) {
	id := p.link.id
	guest := m.door.knows(id)
	if guest && m.vouched[id] == nil && !m.banned(id) && !slices.Contains(m.proper(), id) {
		v := &vouched{by: m.self, at: m.now()}
		copy(v.sig[:], m.sig.Sign(admission(m.room, id, m.self)))
		m.vouched[id] = v
		m.passAdmission(id, v, nil)
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
	for other, v := range m.vouched {
		if other != id {
			p.link.hand(admissionText(other, v))
		}
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
		m.banned(who), !slices.Contains(m.proper(), v.by):
		return
	case !m.partners[from.id].purse(from.id).Letters.Take(m.now()):
		m.counts.floodedLetters.Add(1)
		return
	case !v.by.Verify(admission(m.room, who, v.by), v.sig[:]):
		m.counts.forged.Add(1)
		return
	}
	m.partners[from.id].purse(from.id).Letters.GiveBack()
	m.vouched[who] = v
	m.enter()
	m.passAdmission(who, v, from)
}
