// Package socket is a WebSocket client for binary messages: coder/websocket
// natively, and the browser's own through syscall/js in a page, which carries
// no net/http for it. [Dial] blocks; the [Conn] it returns hands messages to a
// channel, so that one goroutine can wait for them and for other things.
//
// In a page the browser tells nobody why a connection failed, so errors there
// say less, and pings of the protocol are invisible.
package socket

import "errors"

// inbound is how many received messages wait for the reader.
const inbound = 256

var (
	// ErrClosed is what [Conn.Err] and [Conn.Write] return once the connection
	// has ended in order, or was closed by us.
	ErrClosed = errors.New("socket: the connection is closed")
	// ErrFull is returned by [Conn.Write] in a page if the browser has too much
	// to send already.
	ErrFull = errors.New("socket: too much waits to be sent")
)
