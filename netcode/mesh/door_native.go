//go:build !js

package mesh

import (
	"crypto/rand"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Datagrams of ours: after knockByte.
const (
	knockByte  = socket.Knock
	knockMark  = 1 // ticket, ID of the newcomer, part of a letter
	answerMark = 2 // ID of the member, part of a letter
	refuseMark = 3 // knock.Refusal
)

const (
	// maxKnocks is how many datagrams a second are looked at.
	maxKnocks = 500
	// maxLeft is how many rooms are remembered that the member has left.
	maxLeft = 4
	// answerFor is how long after its last knock letters go to a newcomer: nobody
	// has proved that the address is its own, and what is signed is good for no
	// longer. One that wants to come in knocks again.
	answerFor = offerLifetime
)

// door is where newcomers knock, or, at the other end, where this one does. mu
// guards it.
type door struct {
	mu     sync.Mutex
	key    [32]byte // of our tickets
	room   string
	left   []string       // rooms before, newest last
	opened netip.AddrPort // the router's port that leads here; invalid is none
	guests map[peer.ID]*caller
	count  int // datagrams in the second since
	second time.Duration
	number uint16       // of the next letter
	host   *invited     // nil is none
	parts  knock.Joiner // from host
	given  given
}

// caller is one newcomer that knocks.
type caller struct {
	from  netip.AddrPort
	parts knock.Joiner
	at    time.Duration
}

// open makes the door ready, before anybody knocks, and returns the room as one
// sees it who may come by another member's door.
func (d *door) open(m *Mesh, s Signaler) Signaler {
	d.guests = map[peer.ID]*caller{}
	rand.Read(d.key[:]) // never fails: see crypto/rand
	switch room := s.(type) {
	case *invited:
		d.host = room
		return room
	case Host:
		d.host = &invited{room: room, mesh: m}
		return d.host
	}
	return s
}

// enter is told of the room; who knocked for another one is forgotten.
func (d *door) enter(room string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.room != "" && d.room != room {
		d.left = append(d.left[max(0, len(d.left)+1-maxLeft):], d.room)
	}
	d.room = room
	clear(d.guests)
}

// reach notes where a router lets strangers in to us.
func (d *door) reach(a netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = a
}

// addresses returns where somebody may knock, the likeliest first.
func (d *door) addresses(p *platform) (list []netip.AddrPort) {
	d.mu.Lock()
	opened := d.opened
	d.mu.Unlock()
	all := append(append([]netip.AddrPort{opened}, p.outside.outside()...), p.set.Hosts()...)
	for _, a := range all {
		if a.IsValid() && !slices.Contains(list, a) && len(list) < knock.MaxAddresses {
			list = append(list, a)
		}
	}
	return list
}

// knows says whether somebody came by this door.
func (d *door) knows(id peer.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.guests[id] != nil
}

// callers adds to members who has knocked lately.
func (d *door) callers(now time.Duration, members []peer.ID) []peer.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, c := range d.guests {
		if now-c.at < guestFor && !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	return members
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
		if d.host == nil || len(b) < peer.IDSize || !d.host.by(peer.ID(b[:peer.IDSize])) {
			return bad()
		}
		return peer.ID(b[:peer.IDSize]), d.parts.Take(b[peer.IDSize:])
	case refuseMark:
		if d.host == nil || !d.host.refuse(b) {
			return bad()
		}
	case knockMark:
		if len(b) < knock.TicketSize+peer.IDSize {
			return bad()
		}
		ticket := knock.Ticket(b[:knock.TicketSize])
		turnAway := func(why knock.Reason) (peer.ID, []byte) {
			m.platform.knock(append([]byte{knockByte, refuseMark}, knock.Refusal(m.self, ticket, why)...), from)
			return bad()
		}
		if d.room == "" || !ticket.Good(d.key, d.room, now) {
			return turnAway(d.fault(ticket))
		}
		b = b[knock.TicketSize:]
		id, b = peer.ID(b[:peer.IDSize]), b[peer.IDSize:]
		if m.banned(id) {
			return turnAway(knock.Barred)
		}
		c := d.guests[id]
		if c == nil {
			for old, c := range d.guests {
				if now-c.at >= guestFor {
					delete(d.guests, old)
				}
			}
			if len(d.guests) == maxGuests || id == m.self {
				return turnAway(knock.Full)
			}
			c = &caller{}
			d.guests[id] = c
		}
		c.from, c.at = from, now
		return id, c.parts.Take(b)
	default:
		return bad()
	}
	return peer.ID{}, nil
}

// fault returns what is wrong with a ticket that is not good. mu is held.
func (d *door) fault(t knock.Ticket) knock.Reason {
	if d.room != "" && t.Genuine(d.key, d.room) {
		return knock.Expired
	}
	for _, room := range d.left {
		if t.Genuine(d.key, room) {
			return knock.Elsewhere
		}
	}
	return knock.Void
}

// answer sends a letter to a newcomer; false if it is none, or has not knocked
// lately.
func (d *door) answer(m *Mesh, to peer.ID, b []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.guests[to]
	if c == nil || m.now()-c.at >= answerFor {
		return false
	}
	d.number++
	head := append([]byte{knockByte, answerMark}, m.self[:]...)
	knock.Split(head, d.number, b, func(part []byte) { m.platform.knock(part, c.from) })
	return true
}
