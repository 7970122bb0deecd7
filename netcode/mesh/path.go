package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Path is the way to one peer, as of now. Bytes and messages are payload, over
// all connections there were, without what WebRTC adds (about 95 bytes each).
type Path struct {
	State peer.State
	// RTT is the smoothed round trip, measured by the mesh on the lossy lane at
	// most twice a second and at least every two seconds; 0 is not measured yet.
	RTT time.Duration
	// Jitter is the smoothed mean deviation of the round trip.
	Jitter time.Duration
	// Silent is how long nothing has come; 0 while not connected.
	Silent time.Duration
	// Direct: nobody forwards the packets. False while not connected.
	Direct bool
	// RelayedBy is the member that passes our messages on to this one, sealed;
	// zero while none does.
	RelayedBy peer.ID
	// Local and Remote say how the two addresses that the packets go between
	// were found, ours and theirs. Zero while not connected, and in a browser
	// that does not tell.
	Local, Remote AddressKind

	MessagesOut, MessagesIn int64
	BytesOut, BytesIn       int64
	// StaleMoves counts moves that [Mesh.Send] refused with [peer.ErrFull]
	// because the path was too far behind.
	StaleMoves int64
}

// Path returns the way to a peer; the zero Path for one that is not in the room.
func (m *Mesh) Path(to peer.ID) Path {
	l := m.link(to)
	if l == nil {
		return Path{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p := Path{
		State: peer.State(l.state.Load()), RTT: l.rtt.mean, Jitter: l.rtt.deviation,
		MessagesOut: l.messagesOut.Load(), MessagesIn: l.messagesIn.Load(),
		BytesOut: l.bytesOut.Load(), BytesIn: l.bytesIn.Load(), StaleMoves: l.staleMoves.Load(),
	}
	if p.RelayedBy = l.relayedBy(); !p.RelayedBy.IsZero() {
		p.RTT, p.Jitter = l.relay.trip.mean, l.relay.trip.deviation
		p.Silent = max(0, m.now()-time.Duration(l.relay.way.heard.Load()))
	} else if w := l.active; w != nil {
		p.Silent = max(0, m.now()-time.Duration(w.heard.Load()))
		if local, remote, ok := w.conn.pair(); ok {
			p.Local, p.Remote = local, remote
			p.Direct = local != RelayAddress && remote != RelayAddress
		}
	}
	return p
}
