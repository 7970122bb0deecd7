package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
)

// maxPacket is the largest message of the moves lane that goes in a datagram of
// our own: with all headers it stays below the 1,280 bytes that every path of IPv6
// takes.
const maxPacket = moveHead + 1100 + relayRoom

// packetsOver is how long no datagram of our own comes until loss is measured by
// the numbers of moves again.
const packetsOver = 2 * time.Second

// hedgeFor is how long moves go by SCTP as well, after the direct way was in doubt.
const hedgeFor = 300 * time.Millisecond

// wireLane is no lane: what meets the weather on its way to the socket, sealed.
const wireLane = lanes

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

// ride has a message of the moves lane go along with the next move, if one is about
// to be sent. link.mu is held.
func (w *way) ride(b []byte) (rides bool) {
	if w.riding {
		w.riders, rides = datagram.AppendRider(w.riders, b)
	}
	return rides
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
