//go:build !js

package stunturn

import (
	"net"
	"net/netip"
)

// socket is one of a server's.
type socket struct {
	conn   net.PacketConn
	local  netip.AddrPort
	public netip.AddrPort // as told to clients
}

func newSocket(conn net.PacketConn) *socket {
	local := addrPort(conn.LocalAddr())
	return &socket{conn: conn, local: local, public: local}
}

// addrPort reads a UDP address, IPv4 as such; the zero AddrPort if it is none.
func addrPort(a net.Addr) netip.AddrPort {
	udp, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	out := udp.AddrPort()
	return netip.AddrPortFrom(out.Addr().Unmap(), out.Port())
}

// read is ReadFrom without the allocation where that can be.
func (s *socket) read(b []byte) (int, netip.AddrPort, error) {
	if udp, ok := s.conn.(*net.UDPConn); ok {
		return udp.ReadFromUDPAddrPort(b)
	}
	n, from, err := s.conn.ReadFrom(b)
	if err != nil {
		return 0, netip.AddrPort{}, err
	}
	return n, addrPort(from), nil
}

func (s *socket) write(b []byte, to netip.AddrPort) error {
	if udp, ok := s.conn.(*net.UDPConn); ok {
		_, err := udp.WriteToUDPAddrPort(b, to)
		return err
	}
	_, err := s.conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
	return err
}
