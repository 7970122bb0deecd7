package party

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Way says how a member is reached.
type Way uint8

// The ways to a member.
const (
	Here       Way = iota // it is the player itself
	Connecting            // no direct link yet
	Direct                // by a direct link
	Forwarded             // linked, but a server forwards the packets
)

// String returns the way in one word.
func (w Way) String() string {
	switch w {
	case Here:
		return "here"
	case Connecting:
		return "connecting"
	case Direct:
		return "direct"
	}
	return "forwarded"
}

// Member is somebody in the room.
type Member struct {
	ID    peer.ID
	Name  string
	Seat  int // -1 watches
	Ready bool
	Away  bool // the server has lost it
	Guest bool // let in by a member; the server does not know of it yet
	Owner bool
	Self  bool
	Way   Way
	Ping  time.Duration // round trip; 0 is not measured yet
	// Local and Remote say how the addresses of the link were found; zero is
	// not known.
	Local, Remote mesh.AddressKind
}

// View is the party at one moment.
type View struct {
	Phase   lobby.Phase
	Code    string // "" while joining
	Link    string
	Members []Member
	// Reachable: the lobby server is.
	Reachable bool
	// Me is the player's own place in Members, -1 while joining.
	Me int
	// Obstacle says why the match cannot start yet; "" is nothing.
	Obstacle string
	// Err is why the party is over; nil while it is not.
	Err error
}

// Owner reports whether the player owns the room.
func (v View) Owner() bool { return v.Me >= 0 && v.Members[v.Me].Owner }

// Guest reports whether the player is in the room by a member's word alone.
func (v View) Guest() bool { return v.Me >= 0 && v.Members[v.Me].Guest }

// Ready reports whether the player is ready.
func (v View) Ready() bool { return v.Me >= 0 && v.Members[v.Me].Ready }

// View returns the party as it is now.
func (p *Party) View() View {
	v := View{Me: -1, Err: p.err}
	if p.room == nil {
		return v
	}
	s := p.room.Snapshot()
	v.Phase, v.Code, v.Reachable = s.Phase, s.Code, s.Reachable
	if invite, ok := p.room.Invite(); ok {
		v.Link = invite.Link
	}
	for i, m := range s.Members {
		if m.Self {
			v.Me = i
		}
		v.Members = append(v.Members, p.member(m))
	}
	v.Obstacle = v.obstacle()
	return v
}

func (p *Party) member(m lobby.Member) Member {
	out := Member{
		ID: m.ID, Name: m.Name, Seat: m.Seat, Ready: m.Ready, Away: !m.Online && !m.Guest, Guest: m.Guest, Owner: m.Owner, Self: m.Self, Way: Here,
	}
	if m.Self {
		return out
	}
	path := p.mesh.Path(m.ID)
	out.Ping, out.Local, out.Remote = path.RTT, path.Local, path.Remote
	switch {
	case path.State != peer.Linked:
		out.Way = Connecting
	case path.Direct:
		out.Way = Direct
	default:
		out.Way = Forwarded
	}
	return out
}

// obstacle returns what the owner has to wait for.
func (v View) obstacle() string {
	if v.Phase == lobby.Running {
		return "a match is running"
	}
	for _, m := range v.Members {
		switch {
		case m.Self || m.Seat == lobby.NoSeat:
		case m.Away:
			return m.Name + " has lost the server"
		case m.Guest:
			return "the server does not know of " + m.Name + " yet"
		case m.Way == Connecting:
			return "still connecting to " + m.Name
		case !m.Ready:
			return fmt.Sprintf("%s is not ready", m.Name)
		}
	}
	return ""
}
