//go:build !js

package natlab

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/pion/transport/v4"
)

// buffer is what a socket holds that nobody has read, in bytes with headers; it
// is Linux' default.
const buffer = 208 << 10

// socket is a UDP socket of a host. Beside pion's interface it has the methods
// of net.UDPConn that take netip addresses.
type socket struct {
	host   *Host
	local  netip.AddrPort
	remote netip.AddrPort // zero if it is not connected

	mu     sync.Mutex
	came   sync.Cond
	queue  []*packet // from head on
	head   int
	bytes  int
	closed bool
	until  time.Time // read deadline
	bell   *time.Timer
	stale  time.Time // write deadline
}

var _ transport.UDPConn = (*socket)(nil)

func newSocket(h *Host, local, remote netip.AddrPort) *socket {
	s := &socket{host: h, local: local, remote: remote}
	s.came.L = &s.mu
	return s
}

// push queues a packet and says whether it fits.
func (s *socket) push(p *packet) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.bytes+p.size() > buffer {
		return false
	}
	s.bytes += p.size()
	s.queue = append(s.queue, p)
	s.came.Signal()
	return true
}

// ReadFromUDPAddrPort waits for a datagram, the deadline or Close.
func (s *socket) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return 0, netip.AddrPort{}, s.err("read", net.ErrClosed)
		case !s.until.IsZero() && !time.Now().Before(s.until):
			return 0, netip.AddrPort{}, s.err("read", os.ErrDeadlineExceeded)
		case s.head < len(s.queue):
			p := s.queue[s.head]
			s.queue[s.head] = nil
			if s.head++; s.head == len(s.queue) {
				s.queue, s.head = s.queue[:0], 0
			}
			s.bytes -= p.size()
			n, from := copy(b, p.data), p.src
			packets.Put(p)
			return n, from, nil
		}
		s.came.Wait()
	}
}

// WriteToUDPAddrPort sends a datagram. It never blocks, and never tells that
// one got lost.
func (s *socket) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	if s.remote.IsValid() {
		return 0, s.err("write", net.ErrWriteToConnected)
	}
	return s.write(b, to)
}

func (s *socket) write(b []byte, to netip.AddrPort) (int, error) {
	s.mu.Lock()
	closed, late := s.closed, !s.stale.IsZero() && !time.Now().Before(s.stale)
	s.mu.Unlock()
	switch {
	case closed:
		return 0, s.err("write", net.ErrClosed)
	case late:
		return 0, s.err("write", os.ErrDeadlineExceeded)
	case !to.Addr().IsValid() || to.Port() == 0:
		return 0, s.err("write", syscall.EINVAL)
	case to.Addr().Is4() != s.local.Addr().Is4():
		return 0, s.err("write", syscall.EAFNOSUPPORT)
	case len(b) > 65507:
		return 0, s.err("write", syscall.EMSGSIZE)
	}
	src, ok := s.host.source(s.local, to.Addr())
	if !ok {
		return 0, s.err("write", syscall.ENETUNREACH)
	}
	s.host.lab.send(s.host, src, to, b)
	return len(b), nil
}

// source returns where a datagram comes from that leaves h by a socket; false
// when its address is not one of h any more.
func (h *Host) source(local netip.AddrPort, to netip.Addr) (netip.AddrPort, bool) {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	switch a := local.Addr(); {
	case !a.IsUnspecified():
		return local, a.IsLoopback() || a == h.addr || a == h.addr6
	case to.IsLoopback():
		return netip.AddrPortFrom(to, local.Port()), true
	case to.Is6():
		return netip.AddrPortFrom(h.addr6, local.Port()), h.addr6.IsValid()
	default:
		return netip.AddrPortFrom(h.addr, local.Port()), true
	}
}

func (s *socket) Close() error {
	l := s.host.lab
	l.mu.Lock()
	if s.host.socks[s.local] == s {
		delete(s.host.socks, s.local)
	}
	l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.err("close", net.ErrClosed)
	}
	s.closed, s.queue = true, nil
	if s.bell != nil {
		s.bell.Stop()
	}
	s.came.Broadcast()
	return nil
}

func (s *socket) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.err("set", net.ErrClosed)
	}
	s.until = t
	if s.bell != nil {
		s.bell.Stop()
		s.bell = nil
	}
	if wait := time.Until(t); !t.IsZero() && wait > 0 {
		s.bell = time.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.came.Broadcast()
		})
	}
	s.came.Broadcast()
	return nil
}

func (s *socket) SetWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.err("set", net.ErrClosed)
	}
	s.stale = t
	return nil
}

func (s *socket) SetDeadline(t time.Time) error {
	if err := s.SetReadDeadline(t); err != nil {
		return err
	}
	return s.SetWriteDeadline(t)
}

func (s *socket) err(op string, err error) error {
	return &net.OpError{Op: op, Net: "udp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err}
}

func (s *socket) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(s.local) }

func (s *socket) RemoteAddr() net.Addr {
	if !s.remote.IsValid() {
		return nil
	}
	return net.UDPAddrFromAddrPort(s.remote)
}

// Buffers have the size that they have.
func (s *socket) SetReadBuffer(int) error  { return nil }
func (s *socket) SetWriteBuffer(int) error { return nil }

func (s *socket) Read(b []byte) (int, error) {
	n, _, err := s.ReadFromUDPAddrPort(b)
	return n, err
}

func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromUDPAddrPort(b)
	if err != nil {
		return n, nil, err // not a nil *net.UDPAddr
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

func (s *socket) ReadFromUDP(b []byte) (int, *net.UDPAddr, error) {
	n, from, err := s.ReadFromUDPAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

func (s *socket) ReadMsgUDP(b, _ []byte) (n, oobn, flags int, from *net.UDPAddr, err error) {
	n, from, err = s.ReadFromUDP(b)
	return n, 0, 0, from, err
}

func (s *socket) Write(b []byte) (int, error) {
	if !s.remote.IsValid() {
		return 0, s.err("write", syscall.EDESTADDRREQ)
	}
	return s.write(b, s.remote)
}

func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, s.err("write", syscall.EINVAL)
	}
	return s.WriteToUDP(b, a)
}

func (s *socket) WriteToUDP(b []byte, to *net.UDPAddr) (int, error) {
	if to == nil {
		return 0, s.err("write", syscall.EDESTADDRREQ)
	}
	return s.WriteToUDPAddrPort(b, to.AddrPort())
}

func (s *socket) WriteMsgUDP(b, _ []byte, to *net.UDPAddr) (n, oobn int, err error) {
	if to == nil {
		n, err = s.Write(b)
	} else {
		n, err = s.WriteToUDP(b, to)
	}
	return n, 0, err
}
