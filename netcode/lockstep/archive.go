package lockstep

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// The archive is the long log: the settled entries of all seats, in pages of
// pageFrames frames, for members that come back and for latecomers. It keeps
// the newest pages up to a number of bytes.

const (
	pageFrames = 32
	// pageText is the most in one message: a section of a page always fits.
	pageText = peer.MaxMessage - 64
)

type archive struct {
	limit int        // bytes kept
	size  int        // bytes in use
	next  Frame      // pages below are complete
	first Frame      // pages from here on are kept; a multiple of pageFrames
	texts [][][]byte // per page, from first on: its messages
	spare [][]byte   // buffers to be used again
}

// keep adds the pages that are settled now.
func (c *Core) keep() {
	a := &c.archive
	for a.limit > 0 && a.next+pageFrames <= c.settled {
		a.texts = append(a.texts, c.makePage(a.next))
		a.next += pageFrames
		for a.size > a.limit && len(a.texts) > 1 {
			for _, b := range a.texts[0] {
				a.size -= len(b)
				a.spare = append(a.spare, b[:0])
			}
			a.texts = a.texts[:copy(a.texts, a.texts[1:])]
			a.first += pageFrames
		}
	}
}

// makePage encodes the frames from f on: the frame, then sections.
func (c *Core) makePage(f Frame) (texts [][]byte) {
	a := &c.archive
	w := writer{moveMin: c.cfg.MoveMin, moveMax: c.cfg.MoveMax, limit: pageText}
	begin := func() {
		w.b = nil
		if n := len(a.spare); n > 0 {
			w.b, a.spare = a.spare[n-1], a.spare[:n-1]
		}
		w.b = binary.LittleEndian.AppendUint32(w.b[:0], uint32(f))
	}
	end := func() {
		a.size += len(w.b)
		texts = append(texts, w.b)
	}
	begin()
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		for from := f; from < f+pageFrames; {
			from = l.from(from)
			to := w.section(s, l, f, from, min(l.to(from), f+pageFrames))
			if to == from && from < min(l.to(from), f+pageFrames) {
				end()
				begin()
				continue
			}
			if to == from {
				break
			}
			from = to
		}
	}
	end()
	return texts
}

// page returns the messages of the page from f on, none if it is not kept.
func (a *archive) page(f Frame) [][]byte {
	i := int(f-a.first) / pageFrames
	if f < a.first || i >= len(a.texts) {
		return nil
	}
	return a.texts[i]
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
		if err := c.readEntries(from, base, r); err != nil {
			return err
		}
	}
	return r.Err()
}
