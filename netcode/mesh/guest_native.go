//go:build !js

package mesh

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/transport/v4"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// listen makes the mesh hear who knocks; before init.
func (p *platform) listen(m *Mesh) {
	p.knocked = func(from netip.AddrPort, b []byte) { m.door.receive(m, from, b) }
}

// knock sends one of our own datagrams.
func (p *platform) knock(b []byte, to netip.AddrPort) { p.set.Send(b, to) }

// Invite returns a text with which somebody can come into the room by this
// member, without the room's server ([NewInvited]): for as long as given, at most
// a day, and as long as this process lives. Asked for again soon, it is the same one
// as long as this member's addresses are. It works where this member's socket
// can be reached from outside: it is on no NAT, on one that lets strangers in or
// whose router opened a port (see [Config.NoPort]), or on the newcomer's own network. Whoever has the text can come, so hand it out
// like a key; a member that is let in by it stays until it is gone for two
// minutes, also when the server is back. A page can neither invite nor be invited
// by this way. The error says why there is no invitation.
func (m *Mesh) Invite(life time.Duration) (string, error) {
	if m.err != nil {
		return "", m.err
	}
	room := m.sig.RoomID()
	if room == "" || len(room) > knock.MaxRoom {
		return "", errors.New("mesh: no room that one could be invited to")
	}
	if life <= 0 || life > 24*time.Hour {
		return "", fmt.Errorf("mesh: an invitation for %v; want more than 0 and at most a day", life)
	}
	v := knock.Invite{Room: room, Member: m.self, Addresses: m.door.addresses(&m.platform)}
	d, now := &m.door, m.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := &d.given; g.room != room || g.life != life || now-g.at > life/keepGiven || !slices.Equal(g.addresses, v.Addresses) {
		v.Ticket = knock.NewTicket(d.key, room, now+life)
		*g = given{room: room, life: life, at: now, addresses: v.Addresses, text: v.String()}
	}
	return d.given.text, nil
}

// keepGiven is which part of its life an invitation stays the same text for.
const keepGiven = 24

// given is the last invitation that was handed out.
type given struct {
	room      string
	life, at  time.Duration
	addresses []netip.AddrPort
	text      string
}

// InviteErr returns why this mesh has not come in by the invitation that it was
// given ([NewInvited], [Host]): [ErrNoInvite], [ErrInviteExpired],
// [ErrInviteElsewhere], [ErrInviteVoid], [ErrInviteFull], [ErrInviteBarred] or, while nobody answers,
// [ErrInviteSilent]; nil if it has come in or needs none. Whoever sees the packets
// can forge the member's answer, so it is for telling the player, and the mesh goes
// on knocking. A page has no such function.
func (m *Mesh) InviteErr() error {
	host := m.door.host
	if host == nil {
		return nil
	}
	v, on, why, err := host.state()
	switch {
	case err != nil:
		return ErrNoInvite
	case !on || m.State(v.Member) == peer.Linked:
		return nil
	}
	switch why {
	case knock.Expired:
		return ErrInviteExpired
	case knock.Elsewhere:
		return ErrInviteElsewhere
	case knock.Void:
		return ErrInviteVoid
	case knock.Full:
		return ErrInviteFull
	case knock.Barred:
		return ErrInviteBarred
	}
	return ErrInviteSilent
}

// NewInvited returns a mesh of a player that comes into a room by a member's
// invitation ([Mesh.Invite]), under the player's own key. It links with that
// member first, and through it with all others. [Mesh.Err] reports a text that is
// no invitation.
func NewInvited(invite string, key peer.Key, cfg Config) *Mesh {
	return newInvited(platform{}, invite, key, cfg)
}

// NewInvitedOn is [NewInvited] on another network than the system's, see [NewOn].
func NewInvitedOn(n transport.Net, invite string, key peer.Key, cfg Config) *Mesh {
	return newInvited(platform{net: n}, invite, key, cfg)
}

func newInvited(on platform, invite string, key peer.Key, cfg Config) *Mesh {
	v, err := knock.Parse(invite)
	if err != nil {
		m := start(on, nil, cfg)
		m.err = ErrNoInvite
		return m
	}
	return start(on, &invited{key: key, invite: v, on: true}, cfg)
}
