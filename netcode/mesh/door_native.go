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
)

// maxKnocks is how many datagrams a second are looked at.
const maxKnocks = 500

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

// open makes the door ready, before anybody knocks.
func (d *door) open(s Signaler) {
	d.guests = map[peer.ID]*caller{}
	rand.Read(d.key[:]) // never fails: see crypto/rand
	d.host, _ = s.(*invited)
}

// enter is told of the room; who knocked for another one is forgotten.
func (d *door) enter(room string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = room
	clear(d.guests)
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

// answer sends a letter to a newcomer; false if it is none.
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
