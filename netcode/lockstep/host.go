package lockstep

import "time"

// A host is what this peer is to a guest that asked it for help: it passes on
// every seat's moves, old ones in pages from the archive, and when the guest
// has come close enough writes the join command.

const (
	hostPatience = 3 * time.Second        // without a request until a guest is forgotten
	pageAgain    = 400 * time.Millisecond // without progress until pages are sent again
	pageAhead    = 4 * pageFrames         // how far pages go beyond what the guest holds
	joinAgain    = 2 * time.Second        // until a join command that had no effect is written again
)

type host struct {
	nonce    uint32 // of the guest; 0 is none
	at       time.Duration
	page     Frame // pages below were sent
	low      Frame // what the guest held of all seats, when it was seen to grow last
	lowAt    time.Duration
	joinedAt time.Duration
	joined   bool
	sig      []byte // of the guest, over its wish to join
	toldAt   time.Duration
}

// hosting reports whether we feed a member: until its first own move is here.
func (c *Core) hosting(m int) bool { return c.hosts[m].nonce != 0 && !c.began(m) }

// began reports whether a member plays and wrote something since it came.
func (c *Core) began(m int) bool {
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder == m && l.live() && l.head > l.start {
			return true
		}
	}
	return false
}

// serve does for each guest what is due.
func (c *Core) serve(now time.Duration) {
	for m := range c.cfg.Members {
		h := &c.hosts[m]
		switch {
		case h.nonce == 0:
		case now-h.at > hostPatience:
			*h = host{}
		case c.hosting(m) && c.members[m].heard:
			c.sendPages(now, m, h)
			if !c.playing().Has(m) {
				c.letIn(now, m, h)
			}
		}
	}
}

// letIn writes the join command for a guest that holds about all that we do.
func (c *Core) letIn(now time.Duration, m int, h *host) {
	p := &c.members[m]
	near := p.frame >= c.current-Alpha && c.lowest(m) >= c.confirmed-Alpha
	current := uint8(c.machine.Epoch())&15 == p.epoch
	if !near || !current || !p.fresh(now) || c.commands.next.Kind != NoCommand || h.joined && now-h.joinedAt < joinAgain {
		return
	}
	if c.voters().Has(m) || !c.mayJoin(m, c.confirmed) || !c.wished(m, h.nonce, h.sig) || !c.voters().Has(c.cfg.Self) {
		return
	}
	c.commands.next = Command{Kind: JoinCommand, Member: uint8(m), Incarnation: h.nonce, Sig: append([]byte(nil), h.sig...)}
	h.joined, h.joinedAt = true, now
}

// lowest returns the first frame of which a guest lacks some seat's entry.
func (c *Core) lowest(m int) Frame {
	low := forever
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.live() {
			low = min(low, max(c.members[m].have[s], l.start))
		}
	}
	for s := range c.cfg.Seats { // a log that ended counts until its end
		l := &c.logs[s]
		if have := c.members[m].have[s]; l.holder >= 0 && have < l.end && !l.live() {
			low = min(low, l.from(have))
		} else if l.holder >= 0 && have < l.before.end {
			low = min(low, have)
		}
	}
	return low
}

// sendPages sends what is too old for datagrams.
func (c *Core) sendPages(now time.Duration, m int, h *host) {
	// A guest steps what it holds of all seats. Where a seat has been left and
	// taken again since then, it alone does not say how far the guest is.
	low := max(c.lowest(m), c.members[m].frame-MaxRollback)
	if low >= c.archive.next-pageFrames {
		return
	}
	if low < c.archive.first() {
		if !c.archive.holed && (h.toldAt == 0 || now-h.toldAt >= time.Second) {
			h.toldAt = now
			c.letter(m, letterTruncated)
		}
		return
	}
	if low > h.low || h.lowAt == 0 {
		h.low, h.lowAt = low, now
	}
	if now-h.lowAt >= pageAgain || h.page < low {
		h.page, h.lowAt = low-low%pageFrames, now
	}
	for ; h.page < min(low+pageAhead, c.archive.next); h.page += pageFrames {
		for _, page := range c.archive.page(h.page) {
			b := c.letter(m, letterPage)
			b.Text = append(b.Text, c.archive.ring[page.at:page.to]...)
		}
	}
}
