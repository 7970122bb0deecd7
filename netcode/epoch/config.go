package epoch

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Limits of one match.
const (
	// MaxMembers is the largest number of members, voters or not.
	MaxMembers = 8
	// MaxSeats is the largest number of seats.
	MaxSeats = 8
)

// DefaultRetry is how long a ballot may be silent where [Config] does not say.
const DefaultRetry = 250 * time.Millisecond

// Config says which match this is and who we are in it.
type Config struct {
	// Match names the match; see [peer.Match].
	Match [16]byte
	// IDs are the members, 1 to [MaxMembers] and all different, in the same
	// order on every machine.
	IDs []peer.ID
	// Self is our place in IDs.
	Self int
	// Seats says which member holds each seat, -1 for none; at most [MaxSeats].
	Seats []int
	// Key signs our promises and votes; it belongs to IDs[Self]. With the zero
	// Key nothing is signed or checked, and links that vouch for their ends are
	// needed. Either all members have keys or none.
	Key peer.Key
	// Retry is how long a ballot may make no progress before a member that
	// promised it starts a higher one; at least two round trips are waited. 0
	// is [DefaultRetry].
	Retry time.Duration
	// Patience is how long a ballot waits for those who still hear a member
	// that it is to drop: longer than it takes them to miss it too, after it
	// died. 0 is twice Retry.
	Patience time.Duration
	// Incarnation tells our process from earlier ones with the same ID. 0 was
	// there at frame 0 and votes; any other is an outsider until the Join of a
	// decree names it.
	Incarnation uint32
}

// Validate reports the first thing that makes c unusable, nil if nothing does.
func (c *Config) Validate() error {
	switch {
	case len(c.IDs) == 0 || len(c.IDs) > MaxMembers:
		return fmt.Errorf("epoch: %d members; want 1 to %d", len(c.IDs), MaxMembers)
	case c.Self < 0 || c.Self >= len(c.IDs):
		return fmt.Errorf("epoch: Self is %d of %d members", c.Self, len(c.IDs))
	case len(c.Seats) > MaxSeats:
		return fmt.Errorf("epoch: %d seats; at most %d", len(c.Seats), MaxSeats)
	case !c.Key.IsZero() && c.Key.ID() != c.IDs[c.Self]:
		return errors.New("epoch: Key does not belong to IDs[Self]")
	case c.Retry < 0:
		return fmt.Errorf("epoch: Retry is %v; want 0 or more", c.Retry)
	}
	for s, holder := range c.Seats {
		if holder < -1 || holder >= len(c.IDs) {
			return fmt.Errorf("epoch: seat %d is held by member %d of %d", s, holder, len(c.IDs))
		}
	}
	for i, id := range c.IDs {
		if slices.Contains(c.IDs[:i], id) {
			return fmt.Errorf("epoch: member %s stands twice in IDs", id.Short())
		}
	}
	return nil
}
