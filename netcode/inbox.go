package netcode

import (
	"sync"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// inboxSlots is how many datagrams wait at most, and fairShare how many of one
// sender, so that a noisy one takes no room from the others. They wait only while
// a Tick runs, control messages also until the match is fixed; beyond that they
// are lost like on any network, and repeated.
const (
	inboxSlots = 128
	fairShare  = inboxSlots / peer.MaxSeats
)

// inbox keeps the datagrams that come while game code runs. Its buffers are
// used again and again.
type inbox struct {
	mu   sync.Mutex
	from [inboxSlots]peer.ID
	data [inboxSlots][]byte
	n    int // slots in use
	full int64
}

// put copies a datagram in; one for which there is no room is counted and
// dropped.
func (in *inbox) put(from peer.ID, b []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	same := 0
	for i := range in.n {
		if in.from[i] == from {
			same++
		}
	}
	if in.n == inboxSlots || same == fairShare {
		in.full++
		return
	}
	if in.data[in.n] == nil {
		in.data[in.n] = make([]byte, 0, peer.MaxDatagram)
	}
	in.from[in.n] = from
	in.data[in.n] = append(in.data[in.n][:0], b...)
	in.n++
}

// drain hands all datagrams to f, in the order of their coming.
func (in *inbox) drain(f func(from peer.ID, b []byte)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.n {
		f(in.from[i], in.data[i])
	}
	in.n = 0
}

func (in *inbox) empty() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.n == 0
}
