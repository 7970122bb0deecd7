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
)

// event is something that happens at a time.
type event struct {
	at     time.Duration // >= Net.now while it is in the heap
	seq    uint64        // unique; see Net.seq
	kind   kind
	part   int
	packet *packet
	dir    *direction
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
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return top
		}
		if child+1 < last && s.less(child+1, child) {
			child++
		}
		if !s.less(child, i) {
			return top
		}
		s[i], s[child] = s[child], s[i]
		i = child
	}
}
