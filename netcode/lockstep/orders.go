package lockstep

import "encoding/binary"

// Orders travel as one stream of bytes per seat: each order is its length as a
// uvarint, then its bytes. Every entry of the log carries the next chunk of the
// stream, and an order takes effect on the frame whose chunk completes it. So
// the frame follows from the log alone, the same on every machine.

// assembler turns chunks back into orders. Its state belongs to the log's head.
type assembler struct {
	partial []byte // the beginning of an order, with its length
}

// feed takes the slot's chunk and sets the slot's orders. It reports false for
// a chunk that no honest author writes: an order of 0 or above [MaxOrder]
// bytes, or a length that is not in its shortest form.
func (a *assembler) feed(s *slot) bool {
	s.orders, s.text, s.open = s.orders[:0], s.text[:0], len(a.partial)
	if len(s.entry.Chunk) == 0 {
		return true
	}
	before := len(a.partial)
	a.partial = append(a.partial, s.entry.Chunk...)
	// First the text, which may move while it grows; then the slices into it.
	rest := a.partial
	taken := 0
	for {
		n, size, ok := orderLen(rest)
		if !ok {
			a.partial = a.partial[:before]
			s.text = s.text[:0]
			return false
		}
		if size == 0 || len(rest) < size+n {
			break
		}
		s.text = append(s.text, rest[size:size+n]...)
		rest = rest[size+n:]
		taken++
	}
	text, from := s.text, a.partial
	for range taken {
		n, size, _ := orderLen(from)
		s.orders = append(s.orders, text[:n:n])
		text, from = text[n:], from[size+n:]
	}
	a.partial = a.partial[:copy(a.partial, rest)]
	s.open = len(a.partial)
	return true
}

// orderLen reads an order's length: n bytes, written in size bytes; size is 0
// while the length itself is incomplete.
func orderLen(b []byte) (n, size int, ok bool) {
	if len(b) == 0 {
		return 0, 0, true
	}
	v, size := binary.Uvarint(b)
	switch {
	case size == 0 && len(b) < 2:
		return 0, 0, true
	case size <= 0 || size > 2, v == 0 || v > MaxOrder, size == 2 && v < 0x80:
		return 0, 0, false
	}
	return int(v), size, true
}

// orderQueue holds the stream of a local seat that is not on the log yet.
type orderQueue struct {
	stream []byte
	open   int // bytes at the front that end an order of which the log has the beginning
}

// breakOff drops the rest of an order of which only the beginning got into the
// log: a log that ends ends it, and the next one begins with a whole order.
func (q *orderQueue) breakOff() {
	q.stream = q.stream[:copy(q.stream, q.stream[q.open:])]
	q.open = 0
}

// push adds an order; false means the backlog is full and nothing was taken.
func (q *orderQueue) push(b []byte) bool {
	if len(q.stream)+len(b)+2 > MaxBacklog {
		return false
	}
	q.stream = binary.AppendUvarint(q.stream, uint64(len(b)))
	q.stream = append(q.stream, b...)
	return true
}

// take moves at most n bytes from the front of the queue to dst.
func (q *orderQueue) take(dst []byte, n int) []byte {
	n = min(n, len(q.stream))
	dst = append(dst, q.stream[:n]...)
	for q.open < n {
		length, size, _ := orderLen(q.stream[q.open:])
		q.open += size + length
	}
	q.open -= n
	q.stream = q.stream[:copy(q.stream, q.stream[n:])]
	return dst
}
