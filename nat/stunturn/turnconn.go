//go:build !js

package stunturn

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// maxDatagram is the largest datagram in bytes that is relayed.
const maxDatagram = 1600

// queued is how many datagrams wait for the stack; more are dropped.
const queued = 1024

// turnConn is the server's socket as the stack sees it: it reads what take
// lets pass.
type turnConn struct {
	turn   *Turn
	local  *net.UDPAddr
	queue  chan *datagram
	closed chan struct{}
	left   chan struct{} // closed when the stack reads no more
	once   sync.Once
	leave  sync.Once
}

type datagram struct {
	b    [maxDatagram]byte
	n    int
	from net.Addr
}

var spare = sync.Pool{New: func() any { return new(datagram) }}

func newTurnConn(t *Turn) *turnConn {
	return &turnConn{
		turn: t, local: net.UDPAddrFromAddrPort(t.server.Addr()),
		queue: make(chan *datagram, queued), closed: make(chan struct{}), left: make(chan struct{}),
	}
}

// put hands a copy of b to the stack; false if too many wait.
func (c *turnConn) put(b []byte, from netip.AddrPort, owner *relayConn) bool {
	d := spare.Get().(*datagram)
	d.n = copy(d.b[:], b)
	if owner != nil {
		d.from = owner.client
	} else {
		d.from = net.UDPAddrFromAddrPort(from)
	}
	select {
	case c.queue <- d:
		return true
	default:
		spare.Put(d)
		return false
	}
}

// ReadFrom implements net.PacketConn for the stack.
func (c *turnConn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-c.queue:
		n, from := copy(b, d.b[:d.n]), d.from
		d.from = nil
		spare.Put(d)
		return n, from, nil
	case <-c.closed:
		c.leave.Do(func() { close(c.left) })
		return 0, nil, net.ErrClosed
	}
}

// WriteTo implements net.PacketConn. Payload for a client is counted, and
// dropped if its quota is used up.
func (c *turnConn) WriteTo(b []byte, to net.Addr) (int, error) {
	addr, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.InvalidAddrError("not a UDP address")
	}
	client := addr.AddrPort()
	if n, data := payload(b); data {
		c.turn.mu.Lock()
		owner := c.turn.byOwner[netip.AddrPortFrom(client.Addr().Unmap(), client.Port())]
		c.turn.mu.Unlock()
		if owner == nil || !owner.charge(n) {
			return len(b), nil
		}
		c.turn.counts.down.Add(int64(n))
	}
	return len(b), c.turn.server.sockets[0].write(b, client)
}

// Close implements net.PacketConn; the server keeps its socket.
func (c *turnConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// LocalAddr implements net.PacketConn.
func (c *turnConn) LocalAddr() net.Addr { return c.local }

// SetDeadline implements net.PacketConn; the stack sets none.
func (c *turnConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.PacketConn; the stack sets none.
func (c *turnConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.PacketConn; the stack sets none.
func (c *turnConn) SetWriteDeadline(time.Time) error { return nil }
