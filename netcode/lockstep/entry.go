package lockstep

// Entry is what a seat's holder wrote into its log for one frame.
type Entry struct {
	// Move is the held controls, MoveMin to MoveMax bytes.
	Move []byte
	// Chunk is the next piece of the seat's stream of orders, at most maxChunk
	// bytes; usually empty.
	Chunk []byte
	// Check is the hash of the author's state before frame CheckFrame, which it
	// had confirmed when it wrote the entry. CheckFrame is 0 for none, else
	// CheckFrame ≤ the entry's frame.
	Check      uint64
	CheckFrame Frame
	// Leave says that this is the author's last entry: the seat is Gone from
	// the next frame on.
	Leave bool
}

// plain reports whether the entry holds nothing but its move.
func (e *Entry) plain() bool { return len(e.Chunk) == 0 && e.CheckFrame == 0 && !e.Leave }

// copyFrom makes e a copy of src that shares no memory with it; e's own buffers
// are used again.
func (e *Entry) copyFrom(src *Entry) {
	e.Move = append(e.Move[:0], src.Move...)
	e.Chunk = append(e.Chunk[:0], src.Chunk...)
	e.Check, e.CheckFrame, e.Leave = src.Check, src.CheckFrame, src.Leave
}
