package cleantext

import "unicode/utf8"

// cleaner is one run of Clean. Runes gather in a cluster, one visible character
// with what stands before it; commit puts it out whole or not at all.
type cleaner struct {
	limits Limits

	out       []byte
	graphemes int
	width     int
	open      []rune // the closers of what is open, outermost first
	deep      bool   // nested too deep: no more bidirectional controls
	control   rune   // the last rune out, if it is a bidirectional control
	cut       bool

	spaces []rune // seen and not put out: they wait for something visible
	joiner rune   // likewise
	// cluster: the runes of one character, without spaces and joiner before it.
	lead    []rune
	cluster []rune
	marks   int // in cluster
	stacked int // of them, those of no script
}

func (c *cleaner) take(r, next rune) {
	switch kindOf(r) {
	case dropped:
	case space:
		c.commit()
		c.joiner = 0
		switch {
		case !c.limits.OneSpace:
			c.spaces = append(c.spaces, plain(r))
		case len(c.spaces) == 0:
			c.spaces = append(c.spaces, ' ')
		}
	case joiner:
		c.joiner = r
	case direction, opener, closer:
		c.commit()
		c.joiner = 0
		c.bidi(r)
	case mark:
		c.extend(r, next)
	default:
		c.base(r)
	}
}

// base begins a new cluster, or goes on with one that r belongs to.
func (c *cleaner) base(r rune) {
	if last := c.last(); last != 0 && len(c.cluster) < maxCluster-1 {
		switch {
		case c.joiner == zwj && pictograph(r) && pictograph(c.cluster[0]):
			c.cluster = append(c.cluster, zwj, r)
			c.joiner = 0
			return
		case regional(r) && len(c.cluster) == 1 && regional(last) && c.joiner == 0, jamo(r) && hangul(last):
			c.cluster = append(c.cluster, r)
			c.joiner = 0
			return
		}
	}
	last := c.last()
	c.commit()
	if c.joiner != 0 && joins(last, r) {
		c.lead = append(c.lead, c.joiner)
	}
	c.joiner = 0
	c.cluster = append(c.cluster, r)
}

// extend puts a mark on the character before it, if there is one.
func (c *cleaner) extend(r, next rune) {
	last := c.last()
	if last == 0 || len(c.cluster) >= maxCluster-1 {
		return
	}
	switch {
	case selector(r):
		if selector(last) || !selectable(c.cluster, next) {
			return
		}
	case tag(r):
		if c.cluster[0] != blackFlag {
			return
		}
	case c.marks == maxMarks, stacks(r) && c.stacked == maxStacked:
		return
	default:
		c.marks++
		if stacks(r) {
			c.stacked++
		}
	}
	if c.joiner != 0 && joins(last, r) {
		c.cluster = append(c.cluster, c.joiner)
	}
	c.joiner = 0
	c.cluster = append(c.cluster, r)
}

// last returns the last rune of the cluster, 0 if there is none.
func (c *cleaner) last() rune {
	if len(c.cluster) == 0 {
		return 0
	}
	return c.cluster[len(c.cluster)-1]
}

// commit ends the cluster and puts it out with what waits before it, or marks
// the text as cut.
func (c *cleaner) commit() {
	if len(c.cluster) == 0 || c.cut {
		return
	}
	if c.graphemes == 0 {
		c.spaces = c.spaces[:0]
	}
	size, width := 0, columns(c.cluster)
	for _, part := range [][]rune{c.spaces, c.lead, c.cluster} {
		for _, r := range part {
			size += utf8.RuneLen(r)
		}
	}
	for _, r := range c.spaces {
		width += columns([]rune{r})
	}
	graphemes := len(c.spaces) + 1
	if c.graphemes+graphemes > c.limits.Graphemes || c.width+width > c.limits.Width || !c.fits(size, len(c.open)) {
		c.cut = true
		return
	}
	for _, part := range [][]rune{c.spaces, c.lead, c.cluster} {
		for _, r := range part {
			c.out = utf8.AppendRune(c.out, r)
		}
	}
	c.graphemes += graphemes
	c.width += width
	c.spaces, c.lead, c.cluster = c.spaces[:0], c.lead[:0], c.cluster[:0]
	c.marks, c.stacked, c.control = 0, 0, 0
}

// fits reports whether size more bytes leave room for that many closers.
func (c *cleaner) fits(size, open int) bool {
	return len(c.out)+size+3*open <= c.limits.Bytes
}

// bidi puts out a bidirectional control if it is of use: what closes nothing
// is dropped, and so is what stands there twice.
func (c *cleaner) bidi(r rune) {
	end := closes(r)
	switch {
	case c.deep:
		return
	case end != 0: // opens
		if c.deep = len(c.open) == maxOpen; c.deep || !c.fits(3, len(c.open)+1) {
			c.deep = true
			return
		}
		c.open = append(c.open, end)
	case r == pdf:
		if len(c.open) == 0 || c.open[len(c.open)-1] != pdf {
			return
		}
		c.open = c.open[:len(c.open)-1]
	case r == pdi:
		// It also closes what was opened inside of its isolate.
		i := len(c.open) - 1
		for i >= 0 && c.open[i] != pdi {
			i--
		}
		if i < 0 {
			return
		}
		c.open = c.open[:i]
	case r == c.control || !c.fits(3, len(c.open)):
		return
	}
	c.out = utf8.AppendRune(c.out, r)
	c.control = r
}
