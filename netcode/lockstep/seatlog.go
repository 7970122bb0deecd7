package lockstep

// slot is one frame of a seat's log.
type slot struct {
	frame  Frame // which frame the slot holds, -1 for none yet
	entry  Entry
	orders [][]byte // what the frame's chunk completed; points into text
	text   []byte
}

// seatLog is the log of one seat: the entries of the newest ringFrames frames.
//
//	every frame in [head-ringFrames, head) that was ever written is held
//	beyond head a frame may be held already, out of order
//	head ≤ end; from end on the seat is Gone (Empty if it never had a holder)
type seatLog struct {
	owner  int // the member that writes it, -1 for an empty seat
	head   Frame
	end    Frame
	ring   []slot
	stream assembler
}

func (l *seatLog) init(owner int) {
	l.owner, l.end = owner, forever
	if owner < 0 {
		l.end = 0
		return
	}
	l.ring = make([]slot, ringFrames)
	for i := range l.ring {
		l.ring[i].frame = -1
	}
}

// at returns the slot of frame f, which must be held.
func (l *seatLog) at(f Frame) *slot { return &l.ring[f&(ringFrames-1)] }

// holds reports whether frame f's entry is held, in order or ahead of it.
func (l *seatLog) holds(f Frame) bool { return f >= 0 && l.at(f).frame == f }

// known returns the first frame about which nothing is known: entries are held
// below it, or the seat is gone for good.
func (l *seatLog) known() Frame {
	if l.head >= l.end {
		return forever
	}
	return l.head
}

// status returns who is at the seat in frame f.
func (l *seatLog) status(f Frame) Status {
	switch {
	case l.owner < 0:
		return Empty
	case f >= l.end:
		return Gone
	}
	return Playing
}

// put stores frame f's entry unless one is held already, and moves head over
// whatever is contiguous now. It reports false when the stream of orders turned
// out to be malformed: then the entry that broke it is not taken, by anyone,
// and the log ends before it.
func (l *seatLog) put(f Frame, e *Entry) bool {
	if f < l.head || f >= l.end || l.holds(f) {
		return true
	}
	s := l.at(f)
	s.frame = f
	s.entry.copyFrom(e)
	for l.head < l.end && l.holds(l.head) {
		s := l.at(l.head)
		if !l.stream.feed(s) {
			s.frame = -1
			return false
		}
		l.head++
		if s.entry.Leave {
			l.end = l.head
		}
	}
	return true
}

// last returns the newest move below head, empty if there is none.
func (l *seatLog) last() []byte {
	if l.head == 0 {
		return nil
	}
	return l.at(l.head - 1).entry.Move
}
