//go:build !js

package natlab

import (
	"container/heap"
	"net/netip"
	"sync"
	"time"
)

// packet is a datagram under way.
type packet struct {
	from     *Host
	src, dst netip.AddrPort
	sent     time.Duration
	data     []byte
}

// size is what the packet takes on a line, headers included.
func (p *packet) size() int {
	if p.dst.Addr().Is6() {
		return len(p.data) + 48
	}
	return len(p.data) + 28
}

var packets = sync.Pool{New: func() any { return new(packet) }}

func newPacket(from *Host, src, dst netip.AddrPort, sent time.Duration, b []byte) *packet {
	p := packets.Get().(*packet)
	p.from, p.src, p.dst, p.sent = from, src, dst, sent
	p.data = append(p.data[:0], b...)
	return p
}

// step is where a packet is.
type step uint8

const (
	routeStep step = iota // in a network (nil is the Internet), looking for its way
	downStep              // before the line of a node
	enterStep             // at the node

)

// event is a packet at a place and time.
type event struct {
	at   time.Duration
	seq  uint64 // of two at one time the one that was scheduled first goes first
	p    *packet
	step step
	site *Site // routeStep: the router of the network
	node node  // downStep, enterStep
}

// queue is a heap of events by time.
type queue []event

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].seq < q[j].seq
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }

func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return e
}

// at schedules e. l.mu is held.
func (l *Lab) at(t time.Duration, e event) {
	l.seq++
	e.at, e.seq = t, l.seq
	heap.Push(&l.events, e)
	l.arm()
}

// arm sets the timer to the first event. l.mu is held.
func (l *Lab) arm() {
	if len(l.events) == 0 || l.closed || l.armed != 0 && l.armed <= l.events[0].at {
		return
	}
	l.armed = max(l.events[0].at, 1)
	wait := l.armed - l.Now()
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.fire)
	} else {
		l.timer.Reset(wait)
	}
}

// fire runs what is due. The runtime calls it on a goroutine of its own.
func (l *Lab) fire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = 0
	now := l.Now()
	for len(l.events) > 0 && l.events[0].at <= now && !l.closed {
		e := heap.Pop(&l.events).(event)
		l.run(now, e)
	}
	l.arm()
}
