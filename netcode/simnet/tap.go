package simnet

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Fate is one turn in the way of a packet.
type Fate uint8

const (
	// Sent: Send accepted the message.
	Sent Fate = iota
	// Lost: it does not arrive, or on a reliable channel one packet of it has
	// to be sent again.
	Lost
	// Delivered: it reached the peer and goes to its receiver now.
	Delivered
	// Duplicated: its second copy did.
	Duplicated
)

// String returns the fate in lower case.
func (f Fate) String() string {
	names := [...]string{"sent", "lost", "delivered", "duplicated"}
	if int(f) >= len(names) {
		return "unknown"
	}
	return names[f]
}

// Packet is what [Config.Tap] sees.
type Packet struct {
	At       time.Duration // now
	From, To peer.ID
	Channel  peer.Channel
	Fate     Fate
	// Seq counts the messages of this direction and channel from 0; both
	// copies of a message have the same.
	Seq uint64
	// Data is the whole message: to be read only, and dead when Tap returns.
	Data []byte
}

// tell shows a packet to the tap.
func (d *direction) tell(p *packet, f Fate) {
	if tap := d.net.cfg.Tap; tap != nil {
		tap(Packet{At: d.net.now, From: d.from.id, To: d.to.id, Channel: p.ch, Fate: f, Seq: p.seq, Data: p.buf})
	}
}
