package mesh

import "time"

// maxPacket is the largest message of the moves lane that goes in a datagram of
// our own: with all headers it stays below the 1,280 bytes that every path of IPv6
// takes.
const maxPacket = moveHead + 1100 + relayRoom

// packetsOver is how long no datagram of our own comes until loss is measured by
// the numbers of moves again.
const packetsOver = 2 * time.Second

// wireLane is no lane: what meets the weather on its way to the socket, sealed.
const wireLane = lanes

// wire sends a datagram of our own, through the weather if there is any.
func (w *way) wire(b []byte) error {
	if x := w.link.impaired.Load(); x != nil {
		return x.send(w, wireLane, b)
	}
	return w.conn.send(wireLane, false, b)
}

// arrivedPacket takes what came in a datagram of our own; b is empty if there was
// nothing in it but its number.
func (w *way) arrivedPacket(number uint16, b []byte) {
	now, l := w.m.now(), w.link
	l.mu.Lock()
	if !w.packets {
		w.packets = true
		w.meter.Restart()
	}
	w.meter.Arrive(now, number)
	w.packetAt = now
	l.mu.Unlock()
	if len(b) > 0 {
		w.receive(movesLane, false, b)
	}
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
