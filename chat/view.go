package chat

import (
	"iter"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/chat/internal/fb"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// lately is how old a line may be that somebody answers to, maxSeen of how many
// authors he may.
const (
	lately  = 10 * time.Second
	maxSeen = fb.MaxSeen
)

// Lines returns the last [MaxLines] lines in the order they are shown, oldest
// first, without those of muted authors. Ranging over it works on a copy.
func (c *Chat) Lines() iter.Seq[Line] { return c.Since(0) }

// Since returns the lines after the one with that [Line.ID], oldest first; 0 is
// the beginning. When there is nothing new it costs next to nothing: call it
// once per frame.
func (c *Chat) Since(id uint64) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for _, l := range c.after(id) {
			if !yield(l) {
				return
			}
		}
	}
}

// after also looks after the mail, because it is called often.
func (c *Chat) after(id uint64) (lines []Line) {
	now := c.cfg.Clock()
	c.mu.Lock()
	work := !now.Before(c.poll)
	if work {
		c.poll = now.Add(pollEvery)
	}
	c.mu.Unlock()
	if work {
		members := c.link.Members()
		c.mu.Lock()
		c.members = members
		c.release(now)
		posts := c.collect(now, members)
		c.mu.Unlock()
		c.send(posts)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if id >= c.newest {
		return nil
	}
	fresh := min(c.newest-id, uint64(len(c.history)))
	for _, l := range c.history[len(c.history)-int(fresh):] {
		if !c.muted[l.From] {
			lines = append(lines, l)
		}
	}
	return lines
}

// Mute hides the lines of an author, past ones too, or shows them again. What
// comes while he is muted is gone. One cannot mute oneself.
func (c *Chat) Mute(who peer.ID, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on && who != c.self {
		c.muted[who] = true
	} else {
		delete(c.muted, who)
	}
}

// Muted reports whether an author is muted.
func (c *Chat) Muted(who peer.ID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.muted[who]
}

// Stats returns the counters.
func (c *Chat) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// show gives a line its ID and puts it at the end.
func (c *Chat) show(l Line) {
	if c.muted[l.From] {
		c.stats.Muted++
		return
	}
	c.newest++
	l.ID = c.newest
	if len(c.history) == MaxLines {
		c.history = slices.Delete(c.history, 0, 1)
	}
	c.history = append(c.history, l)
	c.stats.Shown++
	if l.Gap {
		c.stats.Gaps++
	}
}

// release shows the lines that waited long enough, or need not wait.
func (c *Chat) release(now time.Time) {
	for progress := true; progress; {
		progress = false
		for _, a := range c.authors {
			for len(a.held) > 0 {
				if h := &a.held[0]; len(a.held) <= window && now.Before(h.until) && !c.met(h.seen) {
					break
				}
				c.showHeld(a)
				progress = true
			}
		}
	}
}

// letGo shows all that waits of one author.
func (c *Chat) letGo(a *author) {
	for len(a.held) > 0 {
		c.showHeld(a)
	}
}

func (c *Chat) showHeld(a *author) {
	l := a.held[0].line
	a.held = slices.Delete(a.held, 0, 1)
	if l.To.IsZero() {
		a.shown = l.Seq
	}
	c.show(l)
}

// met reports whether all these lines are shown here, if their authors are in
// the room.
func (c *Chat) met(list []seen) bool {
	for _, s := range list {
		for _, id := range c.members {
			if short(id) != s.author || id == c.self {
				continue
			}
			if a := c.known(id); a == nil || a.shown < s.seq {
				return false
			}
		}
	}
	return true
}

// seenLately returns the newest lines of others that this player may be
// answering to.
func (c *Chat) seenLately(now time.Time) (list []seen) {
	for _, l := range slices.Backward(c.history) {
		if now.Sub(l.At) > lately || len(list) == maxSeen {
			break
		}
		known := slices.ContainsFunc(list, func(s seen) bool { return s.author == short(l.From) })
		if !l.Own && l.To.IsZero() && !known {
			list = append(list, seen{short(l.From), l.Seq})
		}
	}
	return list
}
