package courier

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// MaxUnopened is how many messages a second that do not open a third member may
// bring in the name of one other; more are dropped unread.
const MaxUnopened = 64

// Unopened counts what does not open, in the name of one member, by who brought
// it: so neither the junk of another member nor that of another courier keeps
// what is good away. There is at most one count for each courier, and a second
// forgets them all. The zero Unopened has counted none.
type Unopened struct {
	since time.Duration
	by    map[peer.ID]int
}

// Over says whether one brought too many this second.
func (u *Unopened) Over(now time.Duration, courier peer.ID) bool {
	return now-u.since < time.Second && u.by[courier] >= MaxUnopened
}

// Add counts one that did not open.
func (u *Unopened) Add(now time.Duration, courier peer.ID) {
	if now-u.since >= time.Second {
		u.since = now
		clear(u.by)
	}
	if u.by == nil {
		u.by = map[peer.ID]int{}
	}
	u.by[courier]++
}

// Couriers is of how many something is counted.
func (u *Unopened) Couriers() int { return len(u.by) }
