//go:build !js

package socket

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// end is a flow's share of one socket: the net.PacketConn that pion reads and
// writes. Deadlines do nothing, for pion sets one only before it closes.
type end struct {
	flow   *Flow
	sock   *sock
	queue  queue
	closed chan struct{}
	once   sync.Once
}

var (
	_ net.PacketConn = (*end)(nil)
	// Addresses without an allocation each, as pion asks for them.
	_ interface {
		ReadFromAddrPort([]byte) (int, netip.AddrPort, error)
		WriteToAddrPort([]byte, netip.AddrPort) (int, error)
	} = (*end)(nil)
)

func (e *end) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		if p := e.queue.take(); p != nil {
			n, from := copy(b, p.data[:p.n]), p.from
			p.free()
			return n, from, nil
		}
		select {
		case <-e.queue.wake:
		case <-e.closed:
			return 0, netip.AddrPort{}, net.ErrClosed
		}
	}
}

func (e *end) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	select {
	case <-e.closed:
		return 0, net.ErrClosed
	default:
	}
	return e.flow.write(e, b, to)
}

func (e *end) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := e.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

func (e *end) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, os.ErrInvalid
	}
	return e.WriteToAddrPort(b, plain(udp.AddrPort()))
}

func (e *end) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(e.sock.shown) }

func (e *end) SetDeadline(time.Time) error      { return nil }
func (e *end) SetReadDeadline(time.Time) error  { return nil }
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// Close ends the reading. The flow stays known until its last end is closed.
func (e *end) Close() error {
	e.once.Do(func() {
		close(e.closed)
		e.flow.ended(e)
		for p := e.queue.take(); p != nil; p = e.queue.take() {
			p.free()
		}
	})
	return nil
}

// plain is an address as it is compared: IPv4 as such.
func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
