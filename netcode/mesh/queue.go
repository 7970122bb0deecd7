package mesh

import (
	"sync"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// noteKind says what a note tells the mesh's goroutine.
type noteKind uint8

const (
	signalNote    noteKind = iota // a letter came: from, data
	describedNote                 // the connection has its local description: text
	settledNote                   // the connection took the remote description
	gatheredNote                  // the connection has one more address: candidate
	openedNote                    // all lanes are open (page only)
	arrivedNote                   // a message came: lane, isText, data (page only)
	upNote                        // the connection carries messages
	admittedNote                  // a member tells who was let in: data
	routesNote                    // a member told whom it is linked with
	failedNote                    // the connection ended: reason, err
	restartNote                   // the program wants an ICE restart of the connection
	mappedNote                    // our addresses as seen from outside changed (native only)
)

// note is something that happened, waiting for the mesh's goroutine.
type note struct {
	kind      noteKind
	way       *way
	from      peer.ID
	courier   peer.ID // who brought the letter
	byMember  bool    // the letter came through a member
	text      string
	candidate letter.Candidate
	lane      lane
	isText    bool
	data      []byte // from queue.buffer
	reason    Reason
	err       error
}

// maxLetters is how many letters of one sender wait at most.
const maxLetters = 64

// queue carries notes to the mesh's goroutine, in order. Putting never blocks.
// What strangers cause is bounded before it is put: letters by maxLetters, the
// rest by the WebRTC stack or by way.arrive.
type queue struct {
	mu      sync.Mutex
	list    []note
	spare   []note          // the list that was taken before
	free    [][]byte        // buffers for data
	letters map[peer.ID]int // waiting
	wake    chan struct{}
	closed  bool
}

func (q *queue) init() {
	q.letters = map[peer.ID]int{}
	q.wake = make(chan struct{}, 1)
}

func (q *queue) put(n note) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(n)
}

func (q *queue) push(n note) {
	if q.closed {
		return
	}
	q.list = append(q.list, n)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// letter copies a letter in that somebody brought, the sender itself or another
// member; false if too many of who brought it wait.
func (q *queue) letter(brought, from peer.ID, byMember bool, b []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.letters[brought] >= maxLetters || len(q.letters) > 4*maxPartners {
		return false
	}
	q.letters[brought]++
	q.push(note{kind: signalNote, from: from, courier: brought, byMember: byMember, data: append(q.buffer(), b...)})
	return true
}

// message copies a message in that another goroutine than the mesh's has read.
func (q *queue) message(w *way, on lane, isText bool, n int, fill func([]byte)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buffer()
	if cap(b) < n {
		b = make([]byte, n)
	}
	b = b[:n]
	fill(b)
	q.push(note{kind: arrivedNote, way: w, lane: on, isText: isText, data: b})
}

// buffer returns an empty buffer. q.mu is held.
func (q *queue) buffer() []byte {
	if n := len(q.free); n > 0 {
		b := q.free[n-1]
		q.free = q.free[:n-1]
		return b[:0]
	}
	return make([]byte, 0, peer.MaxDatagram)
}

// take returns all notes; give them back with done.
func (q *queue) take() []note {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list, q.spare = q.spare[:0], nil
	clear(q.letters)
	return list
}

// maxFree is how many buffers are kept for later.
const maxFree = 128

func (q *queue) done(list []note) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range list {
		if list[i].data != nil && len(q.free) < maxFree {
			q.free = append(q.free, list[i].data)
		}
	}
	clear(list)
	q.spare = list[:0]
}

// close drops what waits and whatever comes.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.list, q.spare, q.free = true, nil, nil, nil
}
