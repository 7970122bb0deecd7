//go:build !js

package socket

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// Conn is an open connection. It owns one goroutine, which reads.
type Conn struct {
	ws     *websocket.Conn
	cancel context.CancelFunc
	in     chan []byte
	err    error // set before in is closed
}

// Network makes the connections under a WebSocket, as [net.Dialer.DialContext]
// does.
type Network func(ctx context.Context, network, addr string) (net.Conn, error)

type network struct{}

// On returns a context in which [Dial] uses n in the system's place: it is for
// tests, in virtual time.
func On(ctx context.Context, n Network) context.Context { return context.WithValue(ctx, network{}, n) }

// Dial opens a connection to a ws or wss URL, and waits for it until ctx ends.
// Messages of more than limit bytes end the connection.
func Dial(ctx context.Context, url string, limit int) (*Conn, error) {
	// A transport of its own: it must not keep a connection that was no use.
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if dial, ok := ctx.Value(network{}).(Network); ok {
		transport = &http.Transport{DialContext: dial}
	}
	defer transport.CloseIdleConnections()
	ws, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
		return nil, err
	}
	ws.SetReadLimit(int64(limit))
	reading, cancel := context.WithCancel(context.Background())
	c := &Conn{ws: ws, cancel: cancel, in: make(chan []byte, inbound)}
	go c.read(reading)
	return c, nil
}

func (c *Conn) read(ctx context.Context) {
	defer close(c.in)
	for {
		kind, b, err := c.ws.Read(ctx)
		switch {
		case errors.Is(err, context.Canceled), websocket.CloseStatus(err) == websocket.StatusNormalClosure:
			c.err = ErrClosed
			return
		case err != nil:
			c.err = err
			return
		case kind != websocket.MessageBinary:
			continue
		}
		select {
		case c.in <- b:
		case <-ctx.Done():
			c.err = ErrClosed
			return
		}
	}
}

// Messages returns the channel of received messages. It is closed when the
// connection has ended; then [Conn.Err] says why.
func (c *Conn) Messages() <-chan []byte { return c.in }

// Err returns why the connection ended. Call it after Messages is closed.
func (c *Conn) Err() error { return c.err }

// Write sends one binary message, waiting for the network until ctx ends, which
// ends the connection too.
func (c *Conn) Write(ctx context.Context, b []byte) error {
	return c.ws.Write(ctx, websocket.MessageBinary, b)
}

// Close ends the connection at once and waits for the goroutine. Messages that
// were not taken are gone.
func (c *Conn) Close() {
	c.cancel()
	_ = c.ws.CloseNow() // it may have ended already
	for range c.in {    // until read has seen it
	}
}
