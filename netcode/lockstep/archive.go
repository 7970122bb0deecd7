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
	next  Frame      // pages below are complete
	pages []pageText // in the order of frames; a page may take several
	ring  []byte     // their texts: it grows up to limit, and then the oldest give way
	full  bool       // it does not grow any more
	at    int        // where the next text goes then
	text  []byte     // the one that is being written
	holed bool       // we were away: others may have what we lack
}

// pageText is a message with entries of the page that begins at frame: so many
// bytes of the ring from at on.
type pageText struct {
	frame  Frame
	at, to int
}

// archiveStart is how many bytes there is room for from the beginning: about two
// minutes of a match of four.
const archiveStart = 64 << 10

func (a *archive) init(limit int) {
	a.limit = limit
	if limit > 0 {
		a.ring = make([]byte, 0, min(limit, archiveStart))
		a.pages = make([]pageText, 0, archiveStart/256)
		a.text = make([]byte, 0, peer.MaxMessage)
	}
}

// keep adds the pages that are settled now.
func (c *Core) keep() {
	a := &c.archive
	for a.limit > 0 && a.next+pageFrames <= c.settled {
		if c.holdsPage(a.next) {
			c.makePage(a.next)
		} else { // we were away; others have it
			a.pages, a.ring, a.full, a.at, a.holed = a.pages[:0], a.ring[:0], false, 0, true
		}
		a.next += pageFrames
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
	w := writer{moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax, limit: pageTextMax}
	w.b = binary.LittleEndian.AppendUint32(a.text[:0], uint32(f))
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		for from := l.from(f); from < f+pageFrames; {
			until := min(l.to(from), f+pageFrames)
			to := w.section(s, l, f, from, until, false)
			switch {
			case from >= until:
				from = forever
			case to == from:
				a.put(f, w.b)
				w.b = w.b[:4]
			default:
				from = l.from(to)
			}
		}
	}
	a.put(f, w.b)
	a.text = w.b
}

// put stores a text.
func (a *archive) put(f Frame, text []byte) {
	if a.full = a.full || len(a.ring)+len(text) > a.limit; !a.full {
		a.pages = append(a.pages, pageText{f, len(a.ring), len(a.ring) + len(text)})
		a.ring = append(a.ring, text...)
		return
	}
	if a.at+len(text) > len(a.ring) {
		a.evict(len(a.ring))
		a.at = 0
	}
	a.evict(a.at + len(text))
	copy(a.ring[a.at:], text)
	a.pages = append(a.pages, pageText{f, a.at, a.at + len(text)})
	a.at += len(text)
}

// evict drops the texts between the place for the next one and to. They are the
// oldest, and of a page all texts go at once.
func (a *archive) evict(to int) {
	n := 0
	for n < len(a.pages) && a.pages[n].at >= a.at && a.pages[n].at < to {
		n++
	}
	for n > 0 && n < len(a.pages) && a.pages[n].frame == a.pages[n-1].frame {
		n++
	}
	a.pages = a.pages[:copy(a.pages, a.pages[n:])]
}

// first returns the first frame that is kept.
func (a *archive) first() Frame {
	if len(a.pages) == 0 {
		return a.next
	}
	return a.pages[0].frame
}

// page returns the texts of the page from f on, none if it is not kept. They are
// good until the next one is stored.
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
