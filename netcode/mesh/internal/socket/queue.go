//go:build !js

package socket

import (
	"cmp"
	"net/netip"
	"sync"
)

const (
	// packetSize holds every datagram that WebRTC sends (pion's own limit is 8 KiB,
	// its packets stay below 1,300).
	packetSize = 2048
	// maxQueued is how many packets of one end wait at most: two windows of bulk
	// and the moves of a second.
	maxQueued = 256
)

// packet is one datagram that came.
type packet struct {
	n    int
	from netip.AddrPort
	next *packet
	data [packetSize]byte
}

// spares keeps packets for later, for all sets of the process: there is no
// allocation per datagram, and what a burst needed the collector gets back.
var spares = sync.Pool{New: func() any { return new(packet) }}

// spare returns a packet; its data are what they were.
func spare() *packet { return spares.Get().(*packet) }

// free gives a packet back.
func (p *packet) free() {
	p.next = nil
	spares.Put(p)
}

// queue is a bounded line of packets. Putting never blocks.
type queue struct {
	mu          sync.Mutex
	first, last *packet
	n           int
	most        int           // 0 is maxQueued
	wake        chan struct{} // 1: something was put
}

func (q *queue) put(p *packet) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == cmp.Or(q.most, maxQueued) {
		return false
	}
	if q.last == nil {
		q.first = p
	} else {
		q.last.next = p
	}
	q.last = p
	q.n++
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return true
}

// take returns the oldest packet, nil if there is none.
func (q *queue) take() *packet {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.first
	if p == nil {
		return nil
	}
	q.first, p.next = p.next, nil
	if q.first == nil {
		q.last = nil
	}
	q.n--
	return p
}

func (q *queue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n == 0
}
