package lockstep

import (
	"crypto/sha256"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// Split reports whether those we hear are no quorum.
func (c *Core) Split() bool { return c.watcher.split }

// Voters returns the number of members of the present epoch.
func (c *Core) Voters() int { return c.voters().Len() }

// Unilateral reports whether GoAlone was called.
func (c *Core) Unilateral() bool { return c.alone }

// GoAlone leaves the common match and goes on without the others, each of which
// may do the same. It returns the ID of the match that this is from now on: what
// follows is nobody else's history.
func (c *Core) GoAlone() [16]byte {
	h := sha256.New()
	h.Write([]byte("tutti alone v1\x00"))
	h.Write(c.cfg.Match[:])
	id := c.cfg.IDs[c.cfg.Self]
	h.Write(id[:])
	c.cfg.Match = [16]byte(h.Sum(nil))
	c.cfg.Tag = wire.NewTag(c.cfg.Match, 0)
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.live() && l.holder != c.cfg.Self {
			l.frozen = false
			l.cut(l.head, 0)
		}
	}
	c.machine, c.alone, c.watcher.split, c.watcher.suspects, c.watcher.deaf = nil, true, false, 0, 0
	return c.cfg.Match
}
