package kept

// Max is how many messages are kept at most; a caller adds no more.
const Max = 16 << 10

// What is kept of the buffers for later: so many, and no larger ones, in bytes.
const (
	maxFree = 64
	maxRoom = 2 << 10
)

// List is the messages that the other end may not have, oldest first. The zero
// List has none and begins with number 0.
type List struct {
	base  uint64 // number of the first in list
	list  [][]byte
	bytes int // of those in list
	free  [][]byte
}

// Base is the number of the oldest message, or of the next one if there is none.
func (k *List) Base() uint64 { return k.base }

// End is the number of the next message. Base <= End.
func (k *List) End() uint64 { return k.base + uint64(len(k.list)) }

// Len is how many messages are kept.
func (k *List) Len() int { return len(k.list) }

// Bytes is how many bytes they have together.
func (k *List) Bytes() int { return k.bytes }

// Messages returns them, oldest first: the one at i has the number Base+i. They
// are the list's own, and good until the next call of another method.
func (k *List) Messages() [][]byte { return k.list }

// Buffer returns an empty one to write the next message into, for Add; nil if
// there is none to use again.
func (k *List) Buffer() []byte {
	if n := len(k.free); n > 0 {
		b := k.free[n-1]
		k.free = k.free[:n-1]
		return b[:0]
	}
	return nil
}

// Add keeps a message, which is the list's from now on.
func (k *List) Add(message []byte) {
	k.list = append(k.list, message)
	k.bytes += len(message)
}

// Trim forgets the messages below a number; false if that one was never sent,
// or was forgotten before.
func (k *List) Trim(below uint64) bool {
	if below < k.base || below-k.base > uint64(len(k.list)) {
		return false
	}
	n := int(below - k.base)
	for _, b := range k.list[:n] {
		k.bytes -= len(b)
		if len(k.free) < maxFree && cap(b) <= maxRoom {
			k.free = append(k.free, b)
		}
	}
	left := copy(k.list, k.list[n:])
	clear(k.list[left:])
	k.base, k.list = below, k.list[:left]
	if left == 0 && cap(k.list) > 4*maxFree {
		k.list = nil
	}
	return true
}

// Reset forgets everything, for another process at the other end: numbers begin
// with 0 again.
func (k *List) Reset() { *k = List{} }
