package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
)

// packetsOver is how long no datagram of our own comes until loss is measured by
// the numbers of moves again.
const packetsOver = 2 * time.Second

// hedgeFor is how long moves go by SCTP as well, after the direct way was in doubt.
const hedgeFor = 300 * time.Millisecond

// wireLane is no lane: what meets the weather on its way to the socket, sealed.
const wireLane = lanes

// ride has a message of the moves lane go along with the next move, if one is about
// to be sent. link.mu is held.
func (w *way) ride(b []byte) (rides bool) {
	if w.riding {
		w.riders, rides = datagram.AppendRider(w.riders, b)
	}
	return rides
}
