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
	keys seal.Ring
	via  *way   // a direct way to the third member; nil is none
	sent []byte // scratch
	text []byte // scratch
}

// relayHead is what stands before a sealed message: the kind, whose it is and
// which key.
const relayHead = 1 + len(route.Tag{}) + len(seal.Key{}.ID)

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

// ready says whether something can be sent to the process that the link knows.
func (c *relayConn) ready() bool {
	return c.keys.Use() != nil && c.via != nil && !c.via.dead.Load()
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
	k := c.keys.Use()
	c.sent = append(append(append(c.sent[:0], kind), c.tag[:]...), k.ID[:]...)
	var err error
	if c.sent, err = k.Pair.Seal(c.sent, byte(on), c.text); err != nil {
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
