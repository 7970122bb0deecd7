package socket

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall/js"
)

// maxBuffered is how much the browser may have to send.
const maxBuffered = 1 << 20

// States of a browser's WebSocket.
const (
	stateConnecting = 0
	stateOpen       = 1
)

// Conn is an open connection. It owns no goroutine: the browser calls.
type Conn struct {
	ws    js.Value
	limit int
	funcs []js.Func

	mu     sync.Mutex
	in     chan []byte
	opened chan struct{} // closed when open, or ended
	open   bool
	ended  bool // in is closed
	err    error
}

// Dial opens a connection to a ws or wss URL, and waits for it until ctx ends;
// not in a js.Func callback, which would block the event loop. Messages of more
// than limit bytes end the connection.
func Dial(ctx context.Context, url string, limit int) (*Conn, error) {
	c := &Conn{limit: limit, in: make(chan []byte, inbound), opened: make(chan struct{})}
	if err := c.dial(url); err != nil {
		return nil, err
	}
	select {
	case <-c.opened:
	case <-ctx.Done():
		c.Close()
		return nil, ctx.Err()
	}
	c.mu.Lock()
	ended, err := c.ended, c.err
	c.mu.Unlock()
	if ended {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Conn) dial(url string) (err error) {
	defer func() { // the constructor throws on what it takes for no URL, and a secure page on ws://
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("socket: %v", thrown)
		}
	}()
	class := js.Global().Get("WebSocket")
	if !class.Truthy() {
		return errors.New("socket: no WebSocket here")
	}
	c.ws = class.New(url)
	c.ws.Set("binaryType", "arraybuffer")
	c.on("onopen", func(js.Value) { c.isOpen() })
	c.on("onmessage", c.message)
	// An error is followed by a close, but not everywhere before it is open.
	c.on("onerror", func(js.Value) { c.failed() })
	c.on("onclose", func(e js.Value) {
		switch code := e.Get("code").Int(); {
		case code == 1000:
			c.end(ErrClosed)
		default:
			c.end(fmt.Errorf("socket: the connection ended (%d); a page is not told why", code))
		}
	})
	return nil
}

func (c *Conn) on(event string, f func(e js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	c.funcs = append(c.funcs, fn)
	c.ws.Set(event, fn)
}

func (c *Conn) failed() {
	c.mu.Lock()
	open := c.open
	c.mu.Unlock()
	if !open {
		c.end(errors.New("socket: no connection; a page is not told why"))
	}
}

func (c *Conn) isOpen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open && !c.ended {
		c.open = true
		close(c.opened)
	}
}

// message takes one message in. It never waits: the page would hang.
func (c *Conn) message(e js.Value) {
	data := e.Get("data")
	if data.Type() != js.TypeObject {
		return // text, which nobody sends us
	}
	array := js.Global().Get("Uint8Array").New(data)
	n := array.Length()
	if n > c.limit {
		c.drop(fmt.Errorf("socket: a message of %d bytes; at most %d", n, c.limit))
		return
	}
	b := make([]byte, n)
	js.CopyBytesToGo(b, array)
	c.mu.Lock()
	full := false
	if !c.ended {
		select {
		case c.in <- b:
		default:
			full = true
		}
	}
	c.mu.Unlock()
	if full {
		c.drop(errors.New("socket: messages come faster than they are read"))
	}
}

// drop ends the connection because of what came.
func (c *Conn) drop(err error) {
	c.end(err)
	c.ws.Call("close")
}

func (c *Conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended, c.err = true, err
	close(c.in)
	if !c.open {
		close(c.opened)
	}
}

// Messages returns the channel of received messages. It is closed when the
// connection has ended; then [Conn.Err] says why.
func (c *Conn) Messages() <-chan []byte { return c.in }

// Err returns why the connection ended. Call it after Messages is closed.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Write hands one binary message to the browser; it does not wait. [ErrFull] if
// the browser has too much to send.
func (c *Conn) Write(_ context.Context, b []byte) error {
	switch {
	case c.ws.Get("readyState").Int() != stateOpen:
		return ErrClosed
	case c.ws.Get("bufferedAmount").Int()+len(b) > maxBuffered:
		return ErrFull
	}
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	c.ws.Call("send", array)
	return nil
}

// Close ends the connection at once. Messages that were not taken are gone;
// what was written is still sent.
func (c *Conn) Close() {
	c.end(ErrClosed)
	for _, event := range []string{"onopen", "onmessage", "onerror", "onclose"} {
		c.ws.Set(event, js.Null())
	}
	if s := c.ws.Get("readyState").Int(); s == stateConnecting || s == stateOpen {
		c.ws.Call("close")
	}
	for _, f := range c.funcs {
		f.Release()
	}
	c.funcs = nil
}
