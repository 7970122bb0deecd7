package knock

import "slices"

// A letter is larger than a datagram may be, so it goes in parts; one that is
// lost costs the letter, and letters are sent again.

const (
	// partSize is how much of a letter a datagram carries: with all that stands
	// before it, it fits any path of 1,280 bytes MTU.
	partSize = 1000
	maxParts = 17
	headSize = 4
	// pending is how many letters of one sender may be incomplete.
	pending = 4
)

// Split calls send for each part of a letter behind head, which it appends to.
// number tells the letters of one sender apart.
func Split(head []byte, number uint16, letter []byte, send func(datagram []byte)) {
	parts := max(1, (len(letter)+partSize-1)/partSize)
	if parts > maxParts {
		return
	}
	for i := range parts {
		part := letter[i*partSize : min((i+1)*partSize, len(letter))]
		b := append(slices.Clip(head), byte(number), byte(number>>8), byte(i), byte(parts))
		send(append(b, part...))
	}
}

// Joiner puts the parts of one sender's letters together. The zero Joiner is
// ready. It keeps at most 4 letters of 17 kB.
type Joiner struct {
	list [pending]half
	next int
}

type half struct {
	number uint16
	parts  [][]byte // nil is not here; empty is a half that is free
	missed int
}

// Take takes a part and returns the letter if that is whole now, else nil. What
// it returns is the caller's.
func (j *Joiner) Take(b []byte) []byte {
	if len(b) < headSize {
		return nil
	}
	number, i, n := uint16(b[0])|uint16(b[1])<<8, int(b[2]), int(b[3])
	part := b[headSize:]
	if n < 1 || n > maxParts || i >= n || len(part) > partSize || i < n-1 && len(part) != partSize || n > 1 && len(part) == 0 {
		return nil
	}
	h := j.find(number, n)
	if h.parts[i] != nil {
		return nil
	}
	h.parts[i] = append(make([]byte, 0, len(part)), part...)
	if h.missed--; h.missed > 0 {
		return nil
	}
	whole := make([]byte, 0, n*partSize)
	for _, p := range h.parts {
		whole = append(whole, p...)
	}
	*h = half{}
	return whole
}

func (j *Joiner) find(number uint16, n int) *half {
	for i := range j.list {
		if h := &j.list[i]; h.number == number && len(h.parts) == n {
			return h
		}
	}
	h := &j.list[j.next]
	j.next = (j.next + 1) % pending
	*h = half{number: number, parts: make([][]byte, n), missed: n}
	return h
}
