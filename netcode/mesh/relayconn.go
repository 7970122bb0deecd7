package mesh

import (
	"errors"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
)

// relayConn is the connection of a way whose lanes travel, sealed, through the
// lanes of a third member. It needs no handshake but the keys, which come with
// offer and answer, and it may change the third member between any two messages:
// a message of the control lane carries its number, so it does not matter which
// way it came or how often.
//
// link.mu guards it; it is held in send and buffered.
type relayConn struct {
	link *link
	tag  route.Tag // of the other end
	keys [3]*relayKey
	use  *relayKey // seals; nil is none
	via  *way      // a direct way to the third member; nil is none
	sent []byte    // scratch
	text []byte    // scratch
}

// relayKey is what one offer and its answer agreed on.
type relayKey struct {
	pair   *seal.Pair
	kid    [2]byte // which of the keys a message is sealed with
	theirs uint64  // incarnation of the other end
}

// relayHead is what stands before a sealed message: the kind, whose it is and
// which key.
const relayHead = 1 + len(route.Tag{}) + len(relayKey{}.kid)

var errNoRelay = errors.New("mesh: nobody relays")

func (c *relayConn) offer()                                     {}
func (c *relayConn) answer(string)                              {}
func (c *relayConn) accept(string)                              {}
func (c *relayConn) add(letter.Candidate)                       {}
func (c *relayConn) keyed(*seal.Pair)                           {}
func (c *relayConn) packets() bool                              { return false } // but the third member's does
func (c *relayConn) packet([]byte, []byte, int) bool            { return false }
func (c *relayConn) close()                                     {}
func (c *relayConn) pair() (local, remote AddressKind, ok bool) { return 0, 0, false }

// agreed takes the keys of a new agreement. Who offered knows that the other
// end has them; who answered uses them once the other end did.
func (c *relayConn) agreed(k *relayKey, offered bool) {
	for i, old := range c.keys {
		switch { // one in 65,536
		case old == nil || old.kid != k.kid:
		case old.theirs == k.theirs:
			return // the one that we have is good
		default:
			c.keys[i] = nil // of another process, which comes before this one
		}
	}
	copy(c.keys[1:], c.keys[:])
	c.keys[0] = k
	if c.use == nil || c.use.theirs != k.theirs || offered {
		c.use = k
	}
}

// key finds the key that a message names.
func (c *relayConn) key(kid []byte) (k *relayKey, age int) {
	for i, k := range c.keys {
		if k != nil && string(k.kid[:]) == string(kid) {
			return k, i
		}
	}
	return nil, 0
}

// opened: the other end used a key.
func (c *relayConn) opened(k *relayKey, age int) {
	for i, other := range c.keys {
		switch {
		case other == nil:
		case other == c.use && i > age:
			c.use = k
		case other.theirs != k.theirs && i > age:
			c.keys[i] = nil // of a process that is no more
		}
	}
}

// outlived says whether a later key is of another process. What is sealed with k
// was then held back by somebody, and speaks for nobody who lives.
func (c *relayConn) outlived(k *relayKey) bool {
	for _, later := range c.keys {
		switch {
		case later == k:
			return false
		case later != nil && later.theirs != k.theirs:
			return true
		}
	}
	return true // forgotten meanwhile
}

// lives forgets the keys of processes before this one, which is known to live.
func (c *relayConn) lives(theirs uint64) {
	found := false
	for i, k := range c.keys {
		switch {
		case k == nil:
		case k.theirs == theirs:
			found = true
		case found:
			c.keys[i] = nil
		}
	}
	if c.use != nil && c.use.theirs != theirs {
		for _, k := range c.keys {
			if k != nil && k.theirs == theirs {
				c.use = k
				break
			}
		}
	}
}

// ready says whether something can be sent to the process that the link knows.
func (c *relayConn) ready() bool {
	return c.use != nil && c.via != nil && !c.via.dead.Load()
}

func (c *relayConn) send(on lane, _ bool, b []byte) error {
	if !c.ready() {
		return errNoRelay
	}
	kind := relayFrame
	if on == controlLane {
		kind = relayMark
	}
	c.text = append(append(c.text[:0], c.link.heardDirectly()), b...)
	c.sent = append(append(append(c.sent[:0], kind), c.tag[:]...), c.use.kid[:]...)
	var err error
	if c.sent, err = c.use.pair.Seal(c.sent, byte(on), c.text); err != nil {
		return err
	}
	return c.via.put(on, c.sent)
}

func (c *relayConn) buffered(on lane) int {
	if c.via == nil {
		return 0
	}
	return c.via.conn.buffered(on)
}
