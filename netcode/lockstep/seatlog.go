package lockstep

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// slot is one frame of a seat's log.
type slot struct {
	frame  Frame // which frame the slot holds, -1 for none yet
	entry  Entry
	tag    evidence.Tag // of the log with this entry; set when head passes it
	orders [][]byte     // what the frame's chunk completed; points into text
	text   []byte
	open   int // bytes of an order that is not complete after this frame
}

// segment is the time of one incarnation at a seat: entries [start, end).
type segment struct {
	incarnation uint32
	root        evidence.Tag // of the empty log
	start       Frame
	end         Frame // from here on the seat is Away or Gone; forever while it plays
	joined      Frame // of the command that began it
	back        Frame // Away until here, then Gone; the holder may come back at any time
}

// seatLog is the log of one seat: the entries of the newest ringFrames frames.
//
//	every frame in [head-ringFrames, head) that was ever written is held
//	beyond head a frame may be held already, out of order
//	start ≤ head ≤ end
//
// While the log is frozen, head stands and what lies beyond it is staged: here,
// but not held, because an agreement on where the log ends is under way.
type seatLog struct {
	segment
	holder  int  // the member that writes it, -1 for an empty seat
	reports bool // its entries carry what the holder has confirmed
	head    Frame
	frozen  bool
	// only is the member of which staged entries are taken, because some that
	// were staged were forged: each in its turn, since turnAt in polled time. -1
	// is anyone.
	only   int
	turnAt time.Duration
	// frozenAt is when it was, in polled time.
	frozenAt time.Duration
	before   segment // the one before; end is 0 for none
	gone     Frame   // Gone, not Away, from here on whatever the segments say; 0 is never
	ring     []slot
	stream   assembler
	work     [2][]byte // for hashing without allocating
}

func (l *seatLog) init(match [16]byte, seat, holder int, id peer.ID) {
	l.holder, l.end, l.only = holder, forever, -1
	if holder < 0 {
		l.end = 0
		return
	}
	l.root = evidence.Root(match, seat, id, 0)
	l.ring = make([]slot, ringFrames)
	for i := range l.ring {
		l.ring[i].frame = -1
	}
	l.work[0] = make([]byte, 0, 2*MaxMove)
	l.work[1] = make([]byte, 0, 3*MaxMove)
}

// at returns the slot of frame f, which must be held.
func (l *seatLog) at(f Frame) *slot { return &l.ring[f&(ringFrames-1)] }

// holds reports whether frame f's entry is here, in order or ahead of it.
func (l *seatLog) holds(f Frame) bool { return f >= 0 && l.at(f).frame == f }

// live reports whether more entries of the seat are to come.
func (l *seatLog) live() bool { return l.holder >= 0 && l.head < l.end }

// known returns the first frame about which nothing is known: entries are held
// below it, or the seat is gone for now.
func (l *seatLog) known() Frame {
	if l.live() {
		return l.head
	}
	return forever
}

// status returns who is at the seat in frame f.
func (l *seatLog) status(f Frame) Status {
	s := &l.segment
	if f < l.start {
		s = &l.before
	}
	switch {
	case l.holder < 0:
		return Empty
	case f >= s.start && f < s.end:
		return Playing
	case f < s.back && f >= s.end && (l.gone == 0 || f < l.gone):
		return Away
	}
	return Gone
}

// put stores frame f's entry unless one is here already, and moves head over
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
	if l.frozen && !mutantStaging {
		return true
	}
	return l.advance(forever)
}

// advance moves head over what is contiguous, up to a frame at most.
func (l *seatLog) advance(to Frame) bool {
	for l.head < min(l.end, to) && l.holds(l.head) {
		s := l.at(l.head)
		if l.silent(s) || !l.stream.feed(s) {
			s.frame = -1
			return false
		}
		s.tag = l.extend(l.tag(l.head), s)
		l.head++
		if s.entry.Leave {
			l.end, l.back = l.head, l.head
		}
	}
	return true
}

// silent reports whether an entry lacks the report that is due with it: nobody
// writes it who holds what it takes to step so far. Without it nothing would
// ever be settled.
func (l *seatLog) silent(s *slot) bool {
	return l.reports && s.frame%sumEvery == 0 && s.frame > Alpha && s.entry.SumFrame < s.frame-Alpha && !s.entry.Leave
}

// extend returns the tag of a log that goes on with a slot's entry.
func (l *seatLog) extend(t evidence.Tag, s *slot) evidence.Tag {
	w := writer{b: l.work[0][:0], moveMax: MaxMove}
	w.entry(s.frame, &s.entry, false)
	l.work[0] = w.b
	return t.Next(int32(s.frame), w.b, l.work[1])
}

// tag returns the tag of the entries below f, which is at most head and not
// more than ringFrames behind it. From the seat's end on it stays the same.
func (l *seatLog) tag(f Frame) evidence.Tag {
	seg := &l.segment
	if f < l.start {
		seg = &l.before
	}
	f = min(f, seg.end)
	if f <= seg.start {
		return seg.root
	}
	return l.at(f - 1).tag
}

// knows reports whether tag can tell about f.
func (l *seatLog) knows(f Frame) bool {
	if l.holder < 0 || f > l.head && l.head < l.end {
		return false
	}
	seg := &l.segment
	if f < l.start {
		seg = &l.before
	}
	f = min(f, seg.end)
	return f == seg.start || f > seg.start && l.holds(f-1)
}

// inHand reports whether all entries below f are here, held or staged, and
// chain up to tag. Staged ones that do not were forged.
func (l *seatLog) inHand(f Frame, tag evidence.Tag) (ok, spoiled bool) {
	if f <= l.head {
		return l.knows(f) && l.tag(f) == tag, false
	}
	t := l.tag(l.head)
	for g := l.head; g < f; g++ {
		if !l.holds(g) {
			return false, false
		}
		t = l.extend(t, l.at(g))
	}
	return t == tag, t != tag
}

// forget drops the entries from f on, held and staged.
func (l *seatLog) forget(f Frame) {
	for i := range l.ring {
		if l.ring[i].frame >= f {
			l.ring[i].frame = -1
		}
	}
}

// cut ends the log before f: staged entries below are held from now on, those
// above are gone. It reports whether held ones were among them. The seat is
// Away for so many frames.
func (l *seatLog) cut(f, grace Frame) (rewound bool) {
	l.frozen, l.only = false, -1
	l.advance(f)
	if l.head > f {
		l.truncate(f)
		rewound = true
	}
	l.forget(f)
	if l.end > f {
		l.end, l.back = f, f+grace
	}
	return rewound
}

// truncate goes back to head f.
func (l *seatLog) truncate(f Frame) {
	l.forget(f)
	l.head = max(f, l.start)
	// What is open of an order is the end of the stream of chunks.
	open := 0
	if l.head > l.start {
		open = l.at(l.head - 1).open
	}
	l.stream.partial = l.stream.partial[:0]
	from := l.head
	for n := open; n > 0 && from > l.start; from-- {
		n -= len(l.at(from - 1).entry.Chunk)
	}
	for g := from; g < l.head; g++ {
		l.stream.partial = append(l.stream.partial, l.at(g).entry.Chunk...)
	}
	if n := len(l.stream.partial); n > open {
		l.stream.partial = l.stream.partial[:copy(l.stream.partial, l.stream.partial[n-open:])]
	}
}

// rejoin begins a new segment at a frame after the end of the last one.
func (l *seatLog) rejoin(f, command Frame, incarnation uint32, root evidence.Tag) {
	l.before = l.segment
	l.segment = segment{incarnation: incarnation, root: root, start: f, joined: command, end: forever}
	l.head = f
	l.stream.partial = l.stream.partial[:0]
	l.forget(f)
}

// unjoin takes a segment back in which nothing was stepped yet.
func (l *seatLog) unjoin() {
	l.forget(l.start)
	l.segment, l.before = l.before, segment{}
	l.head = l.end
	l.stream.partial = l.stream.partial[:0]
}

// last returns the newest move below head, empty if there is none.
func (l *seatLog) last() []byte {
	if l.head == l.start {
		return nil
	}
	return l.at(l.head - 1).entry.Move
}
