package lockstep

import (
	"encoding/binary"
	"sort"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// The archive is the long log: the settled entries of all seats, in pages of
// pageFrames frames, for members that come back and for latecomers. It keeps
// the newest pages up to a number of bytes.

const (
	pageFrames = 32
	// pageTextMax is the most in one message: a section of a page always fits.
	pageTextMax = peer.MaxMessage - 64
)

type archive struct {
	limit int        // bytes kept
	size  int        // bytes in use
	next  Frame      // pages below are complete
	pages []pageText // in the order of frames; a page may take several
	chunk []byte     // where the next texts are written
	holed bool       // we were away: others may have what we lack
}

// pageText is a message with entries of the page that begins at frame.
type pageText struct {
	frame Frame
	text  []byte
}

// chunkBytes is how much is allocated at a time.
const chunkBytes = 4 * peer.MaxMessage

// keep adds the pages that are settled now.
func (c *Core) keep() {
	a := &c.archive
	for a.limit > 0 && a.next+pageFrames <= c.settled {
		if !c.holdsPage(a.next) { // we were away; others have it
			*a = archive{limit: a.limit, next: a.next + pageFrames, holed: true}
			continue
		}
		c.makePage(a.next)
		a.next += pageFrames
		for a.size > a.limit && a.pages[0].frame < a.next-pageFrames {
			a.size -= len(a.pages[0].text)
			a.pages[0].text = nil
			a.pages = a.pages[1:]
		}
	}
}

// holdsPage reports whether the entries from frame f on are all still here.
func (c *Core) holdsPage(f Frame) bool {
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		for g := l.from(f); g < min(l.to(g), f+pageFrames); g = l.from(g + 1) {
			if !l.holds(g) {
				return false
			}
		}
	}
	return true
}

// makePage encodes the frames from f on: in each text the frame, then sections.
func (c *Core) makePage(f Frame) {
	a := &c.archive
	w := writer{moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax}
	begin := func() {
		if cap(a.chunk) < pageTextMax {
			a.chunk = make([]byte, 0, chunkBytes)
		}
		w.b = binary.LittleEndian.AppendUint32(a.chunk[:0], uint32(f))
		w.limit = pageTextMax
	}
	end := func() {
		n := len(w.b)
		a.pages = append(a.pages, pageText{f, w.b[:n:n]})
		a.chunk = w.b[n:]
		a.size += n
	}
	begin()
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		for from := l.from(f); from < f+pageFrames; {
			until := min(l.to(from), f+pageFrames)
			to := w.section(s, l, f, from, until, false)
			switch {
			case from >= until:
				from = forever
			case to == from:
				end()
				begin()
			default:
				from = l.from(to)
			}
		}
	}
	end()
}

// first returns the first frame that is kept.
func (a *archive) first() Frame {
	if len(a.pages) == 0 {
		return a.next
	}
	return a.pages[0].frame
}

// page returns the messages of the page from f on, none if it is not kept.
func (a *archive) page(f Frame) []pageText {
	i := sort.Search(len(a.pages), func(i int) bool { return a.pages[i].frame >= f })
	j := i
	for j < len(a.pages) && a.pages[j].frame == f {
		j++
	}
	return a.pages[i:j]
}

// from returns the first frame at or after f at which the log has entries, or
// may get them.
func (l *seatLog) from(f Frame) Frame {
	if f < l.start && f >= l.before.end {
		return l.start
	}
	return f
}

// to returns the frame up to which entries follow each other from f on.
func (l *seatLog) to(f Frame) Frame {
	if f < l.start {
		return l.before.end
	}
	return l.head
}

// readPage takes a page that our sponsor sent.
func (c *Core) readPage(from int, r *wire.Reader) error {
	if !c.catching() || from != c.guest.sponsor {
		return nil
	}
	base := Frame(r.U32())
	if r.Err() == nil && (base < 0 || base > forever/2) {
		r.Fail(wire.ErrRange)
	}
	for r.Err() == nil && r.Len() > 0 {
		if err := c.takeEntries(from, readSection(r, base), r); err != nil {
			return err
		}
	}
	return r.Err()
}
