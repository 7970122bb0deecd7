//go:build !js

package rendezvous

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	maxQueued      = 512              // messages that wait for a reader
	maxQueuedBytes = 1 << 20          // bytes that wait for a reader
	writeTimeout   = 10 * time.Second // for one message
	maxBad         = 8                // messages that make no sense until the connection ends
)

// conn is one client's WebSocket. The goroutine of the HTTP handler reads it;
// its own goroutine, in write, writes what send queued.
type conn struct {
	ws     *websocket.Conn
	source string
	cancel context.CancelFunc // ends the reader
	born   time.Time
	id     peer.ID // set before the conn is in a hub
	hub    *hub    // likewise
	host   string  // by which the client reached us; "" is unknown

	mu     sync.Mutex
	renew  time.Time // when the client needs new accounts; zero is never
	queue  [][]byte
	bytes  int
	ending bool // nothing more is queued
	wake   chan struct{}
}

func newConn(ws *websocket.Conn, source string, cancel context.CancelFunc, now time.Time) *conn {
	return &conn{ws: ws, source: source, cancel: cancel, born: now, wake: make(chan struct{}, 1)}
}

// send queues a message; b must not change any more. A client that does not
// read is cut off: everything here is reliable, so nothing may be left out. It
// comes back and gets the room as it is then. false if it was cut off now.
func (c *conn) send(b []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return true
	}
	if len(c.queue) >= maxQueued || c.bytes+len(b) > maxQueuedBytes {
		c.ending = true
		c.queue, c.bytes = nil, 0
		c.cancel()
		return false
	}
	c.queue = append(c.queue, b)
	c.bytes += len(b)
	c.signal()
	return true
}

// end queues a last message, nil for none; once it is written the connection is
// closed.
func (c *conn) end(last []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return
	}
	c.ending = true
	if last != nil {
		c.queue = append(c.queue, last)
	}
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take returns what waits to be written, and whether that is all there will be.
func (c *conn) take() (queue [][]byte, ending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue, c.queue, c.bytes = c.queue, nil, 0
	return queue, c.ending
}

// write writes until the connection ends. It is the conn's goroutine.
func (c *conn) write(ctx context.Context) {
	defer c.cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		queue, ending := c.take()
		for _, b := range queue {
			if !c.writeOne(ctx, b) {
				return
			}
		}
		if ending {
			// The closing handshake makes sure that the last words are read.
			_ = c.ws.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

func (c *conn) writeOne(ctx context.Context, b []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageBinary, b) == nil
}

// read returns the next binary message, waiting at most that long.
func (c *conn) read(ctx context.Context, wait time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	kind, b, err := c.ws.Read(ctx)
	if err == nil && kind != websocket.MessageBinary {
		err = msg.ErrMeaning
	}
	return b, err
}
