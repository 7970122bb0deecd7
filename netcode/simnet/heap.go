package simnet

import "time"

// kind says what an event does.
type kind uint8

const (
	evCall   kind = iota // run call
	evArrive             // a copy of a move reaches its receiver: packet
	evTry                // a part of a message is sent once more: packet, part
	evPart               // a part of a message reaches its receiver: packet, part
	evPump               // the line is free for Bulk again: dir
	evTimer              // a timer of a peer is due: link, due, call
	evDrain              // a peer takes up the next packet that waited: link
)

// event is something that happens at a time.
type event struct {
	at     time.Duration // >= Net.now while it is in the heap
	seq    uint64        // unique; see Net.seq
	kind   kind
	part   int
	packet *packet
	dir    *direction
	link   *Link
	due    time.Duration // by the link's clock
	call   func()
}

// heap is a binary heap of values, the earliest event first. container/heap
// would box every event it takes in.
type heap []event

func (h heap) less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}

// push adds e.
func (h *heap) push(e event) {
	*h = append(*h, e)
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if !s.less(i, parent) {
			return
		}
		s[i], s[parent] = s[parent], s[i]
		i = parent
	}
}

// pop takes the earliest event out. The heap must not be empty.
func (h *heap) pop() event {
	s := *h
	top, last := s[0], len(s)-1
	s[0] = s[last]
	s[last] = event{} // let go of what it points to
	s = s[:last]
	*h = s
	s.down(0)
	return top
}

// down moves the event at i down to where it belongs; all below it is in order.
func (h heap) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h.less(child+1, child) {
			child++
		}
		if !h.less(child, i) {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}

// order makes a heap of events again whose times have changed.
func (h heap) order() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}
