package piece

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
)

// maxFree is how many buffers a queue keeps for later.
const maxFree = 64

// Queue is what waits to be sent, oldest first. It sends the messages one after
// the other, each in one or in pieces. The zero Queue is empty.
type Queue struct {
	list   [][]byte
	free   [][]byte
	bytes  int    // of those in list
	gone   int    // of the oldest, what went in pieces already
	number uint16 // of the next message that goes in pieces
}

// Len is how many messages wait.
func (q *Queue) Len() int { return len(q.list) }

// Bytes is how many bytes they have together, also those of which a part went.
func (q *Queue) Bytes() int { return q.bytes }

// Push copies a message behind the others.
func (q *Queue) Push(message []byte) {
	var b []byte
	if n := len(q.free); n > 0 {
		b, q.free = q.free[n-1][:0], q.free[:n-1]
	}
	q.list = append(q.list, append(b, message...))
	q.bytes += len(message)
}

// Oldest is the message whose turn it is; it is the queue's own. There must be one.
func (q *Queue) Oldest() []byte { return q.list[0] }

// Next appends to b what goes next of the oldest message, at most size bytes of
// it: the message behind the byte whole if it goes in one, else a piece behind the
// byte part. size is in whole pace.Units. Nothing changes before [Queue.Sent] with
// the same size. There must be a message.
func (q *Queue) Next(b []byte, whole, part byte, size int) []byte {
	message := q.list[0]
	to := min(q.gone+size, len(message))
	if q.gone == 0 && to == len(message) {
		return append(append(b, whole), message...)
	}
	return appendPiece(append(b, part), q.number, message, q.gone, to)
}

// Sent tells that what Next returned went out.
func (q *Queue) Sent(size int) {
	if q.gone += size; q.gone < len(q.list[0]) {
		return
	}
	if q.gone > size {
		q.number++
	}
	q.gone = 0
	q.Pop()
}

// Again makes the oldest message begin anew if a part of it went: by another
// connection, or whole. Its number is not used again, for the pieces may still come.
func (q *Queue) Again() {
	if q.gone > 0 {
		q.number++
		q.gone = 0
	}
}

// Pop forgets the oldest message, of which no part went.
func (q *Queue) Pop() {
	b := q.list[0]
	q.bytes -= len(b)
	n := copy(q.list, q.list[1:])
	q.list[n] = nil
	q.list = q.list[:n]
	if len(q.free) < maxFree {
		q.free = append(q.free, b)
	}
}

// Reset forgets all messages.
func (q *Queue) Reset() {
	q.Again()
	*q = Queue{number: q.number}
}

// appendPiece writes the head of a piece and its bytes.
func appendPiece(b []byte, number uint16, message []byte, from, to int) []byte {
	b = binary.LittleEndian.AppendUint16(b, number)
	b = binary.LittleEndian.AppendUint16(append(b, byte(from/pace.Unit)), uint16(len(message)))
	return append(b, message[from:to]...)
}
