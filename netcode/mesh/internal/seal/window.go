package seal

// The window of RFC 6479: a ring of words, of which the newest moves on and is
// cleared, so that nothing is ever shifted.
const (
	wordBits = 64
	words    = 1 << 6
	// reach is how far back a number may come and still be told from a repeated
	// one: more than a bulk lane has under way beside sixty moves a second.
	reach = (words - 1) * wordBits
)

// window remembers which numbers came. The zero window has seen none.
type window struct {
	ring [words]uint64
	next uint64 // one above the highest number that came
}

// fresh says whether a number has not come and is not too old.
func (w *window) fresh(n uint64) bool {
	if n >= w.next {
		return true
	}
	return w.next-1-n < reach && w.ring[n/wordBits%words]&(1<<(n%wordBits)) == 0
}

// take remembers a fresh number.
func (w *window) take(n uint64) {
	if n >= w.next {
		newest, was := n/wordBits, w.next/wordBits
		if w.next%wordBits == 0 {
			was-- // the word that next lies in was never begun; wraps at 0 and is right
		}
		for i := range min(newest-was, words) {
			w.ring[(was+1+i)%words] = 0
		}
		w.next = n + 1
	}
	w.ring[n/wordBits%words] |= 1 << (n % wordBits)
}
