//go:build !js

package mesh

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// shortMessage is the size of the messages that a lane reads into a buffer of its
// own, in bytes: a move with its riders, a piece of news. Longer ones have one of
// longBuffers while they are read: a lane waits almost all of its life.
const shortMessage = 512

// longBuffers hold any message of any lane, and one byte more.
var longBuffers = sync.Pool{New: func() any { return new([1 + peer.MaxMessage + relayRoom + 1]byte) }}

// read hands on what comes over a lane until the connection ends.
func (c *pionConn) read(l lane, o *openLane) {
	defer c.readers.Done()
	buf := make([]byte, shortMessage)
	for {
		n, isText, err := o.stream.ReadDataChannel(buf)
		switch {
		case err == nil:
			c.took(l, o, isText, buf[:n])
		case errors.Is(err, io.ErrShortBuffer): // it is still there
			err = c.readLong(l, o)
		}
		switch {
		case errors.Is(err, io.ErrShortBuffer):
			c.way.fail(Junk, errOver)
			return
		case err != nil:
			c.way.fail(Broken, fmt.Errorf("mesh: lane %s: %w", l.label(), err))
			return
		}
	}
}

// readLong reads the message that did not fit.
func (c *pionConn) readLong(l lane, o *openLane) error {
	buf := longBuffers.Get().(*[1 + peer.MaxMessage + relayRoom + 1]byte)
	defer longBuffers.Put(buf)
	n, isText, err := o.stream.ReadDataChannel(buf[:l.limit()+1])
	if err == nil {
		c.took(l, o, isText, buf[:n])
	}
	return err
}

// took hands on a message.
func (c *pionConn) took(l lane, o *openLane, isText bool, b []byte) {
	// Data proves as well as an acknowledgement that the other end knows of the
	// lane, and may overtake it.
	c.open(o)
	if l != bulkLane {
		c.elsewhere() // bulk may come for minutes where no moves do
	}
	c.way.receive(l, isText, b)
}

// noMedia ends what pion has for media. It goes the way of a packet that the peer
// sent, which there is none of by a TURN server: there it stays.
func (c *pionConn) noMedia() {
	if flow := c.datagrams.flow.Load(); flow != nil {
		for _, b := range tuned.NoMedia {
			flow.Feed(b)
		}
	}
}
