//go:build !js

package mesh

import (
	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// maxPacket is the largest message of the moves lane that goes in a datagram of
// our own: with all headers it stays below the 1,280 bytes that every path of IPv6
// takes.
const maxPacket = moveHead + peer.MaxDatagram + relayRoom

// wire sends a datagram of our own, through the weather if there is any.
func (w *way) wire(b []byte) error {
	if x := w.link.impaired.Load(); x != nil {
		return x.send(w, wireLane, b)
	}
	return w.conn.send(wireLane, false, b)
}

// arrivedPacket measures by the number of a datagram of our own that came. One that
// carries nothing is of an end that may send its moves by SCTP.
func (w *way) arrivedPacket(number uint16, carries bool) {
	now, l := w.m.now(), w.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if !w.packets {
		if !carries {
			return
		}
		w.packets = true
		w.meter.Restart(quality.BehindPackets)
	}
	w.meter.Arrive(now, number)
	w.packetAt = now
}

// doubled: a second copy of a datagram came, made on the way.
func (w *way) doubled(number uint16) {
	l := w.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.packets {
		w.meter.Arrive(w.m.now(), number)
	}
}
