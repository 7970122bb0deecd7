package chat

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/peer/cleantext"
)

// receive runs on the link's goroutine, for one message at a time.
func (c *Chat) receive(from peer.ID, b []byte) {
	now, members, room := c.cfg.Clock(), c.link.Members(), c.room()
	c.mu.Lock()
	a := c.admit(now, from, members)
	c.mu.Unlock()
	if a == nil {
		return
	}
	e, h, err := parse(b)
	if err != nil {
		c.mu.Lock()
		c.blame(a, err)
		c.mu.Unlock()
		return
	}
	var posts []post
	if e != nil {
		e.trusted = c.sign == nil || c.genuine(now, a, room, e)
		c.mu.Lock()
		c.members = members
		posts = c.line(now, a, e)
		c.release(now)
	} else {
		c.mu.Lock()
		c.acknowledge(now, from, *h)
		posts = c.collect(now, members)
	}
	c.mu.Unlock()
	c.send(posts)
}

// admit returns who sent a message, nil if it is not looked at.
func (c *Chat) admit(now time.Time, from peer.ID, members []peer.ID) *author {
	if from == c.self || !slices.Contains(members, from) {
		// Perhaps not yet: an honest author sends again.
		c.stats.Strangers++
		return nil
	}
	a := c.known(from)
	if a == nil {
		if len(c.authors) >= maxKnown {
			i := slices.IndexFunc(c.authors, func(a *author) bool { return a.forgetful(members) })
			if i < 0 {
				c.stats.Strangers++
				return nil
			}
			c.authors = slices.Delete(c.authors, i, i+1)
		}
		a = &author{id: from}
		c.authors = append(c.authors, a)
	}
	if a.cut || !a.letters.take(now, letterPace) {
		c.stats.Limited++
		return nil
	}
	return a
}

func (c *Chat) known(id peer.ID) *author {
	for _, a := range c.authors {
		if a.id == id {
			return a
		}
	}
	return nil
}

// blame counts a senseless message, and cuts off who sends too many.
func (c *Chat) blame(a *author, err error) {
	c.stats.Junk++
	a.junk++
	c.cfg.Log.Debug("chat: junk", "from", a.id.Short(), "err", err)
	if a.junk >= maxJunk {
		a.cut, a.early = true, nil
		c.cfg.Log.Warn("chat: cut off for sending junk", "from", a.id.Short())
	}
}

// genuine reports whether e is signed by its author. It is called without mu,
// because a signature takes 6 ms in a page, and looks at new lines only.
func (c *Chat) genuine(now time.Time, a *author, room string, e *envelope) bool {
	c.mu.Lock()
	fresh := e.life != a.life || e.queue != a.queue || e.number >= a.next && e.number < a.next+window && a.early[e.number] == nil
	ok := !fresh || c.verify.take(now, verifyPace)
	if !ok {
		c.stats.Limited++
	}
	c.mu.Unlock()
	if !ok || !fresh {
		return false
	}
	var to peer.ID
	if e.scope == toOne {
		to = c.self
	}
	if a.id.Verify(signed(room, e.life, to, &e.letter), e.sig) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Forged++
	c.cfg.Log.Warn("chat: a line without a valid signature", "from", a.id.Short())
	return false
}

// line takes one envelope and returns the acknowledgement.
func (c *Chat) line(now time.Time, a *author, e *envelope) []post {
	if !e.trusted && (e.life != a.life || e.queue != a.queue) {
		return nil
	}
	if e.life != a.life && e.oldest == 1 {
		c.letGo(a) // what waits is of an earlier life
	}
	if !a.meet(e) {
		return c.answer(now, a, have{queue: e.queue, lost: true})
	}
	switch {
	case e.number < a.next:
		c.stats.Duplicates++
	case e.number >= a.next+window:
		c.stats.Limited++
	case !e.trusted:
		return nil
	case e.number > a.next:
		a.hold(e)
		return nil // the one before it is under way, or comes again
	default:
		for e != nil && c.accept(now, a, e) {
			delete(a.early, a.next)
			a.next++
			e = a.early[a.next]
		}
	}
	return c.answer(now, a, have{queue: a.queue, number: a.next - 1})
}

func (c *Chat) answer(now time.Time, a *author, h have) []post {
	if !a.answers.take(now, answerPace) {
		return nil
	}
	return []post{{to: a.id, b: sealHave(h)}}
}

// accept takes the next line of an author. It returns false if it comes too
// fast: then it stays unacknowledged and comes again.
func (c *Chat) accept(now time.Time, a *author, e *envelope) bool {
	if e.seq <= a.last[e.scope] {
		c.stats.Duplicates++ // of an earlier queue
		return true
	}
	if !a.lines.take(now, linePace) {
		c.stats.Limited++
		return false
	}
	gap := e.scope == toRoom && e.seq != a.last[toRoom]+1
	a.last[e.scope] = e.seq
	text, _ := cleantext.Line(e.text)
	if text == "" {
		c.blame(a, ErrEmpty) // an honest author does not say nothing
		return true
	}
	line := Line{From: a.id, Text: text, Seq: e.seq, At: now, Gap: gap}
	if e.scope == toOne {
		line.To = c.self
	}
	a.held = append(a.held, heldLine{line: line, seen: e.seen, until: now.Add(causal)})
	return true
}

// acknowledge takes what a receiver says he has.
func (c *Chat) acknowledge(now time.Time, from peer.ID, h have) {
	for _, m := range c.mails {
		switch {
		case m.to != from || h.queue != m.queue:
		case h.lost:
			m.restart(draw(), c.seq)
		default:
			m.acknowledged(now, h.number)
		}
	}
}
