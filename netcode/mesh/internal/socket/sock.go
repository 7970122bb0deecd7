//go:build !js

package socket

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/transport/v4"
)

type family uint8

const (
	v4 family = iota
	v6
	families
)

func familyOf(a netip.Addr) family {
	if a.Is4() || a.Is4In6() {
		return v4
	}
	return v6
}

// sock is one UDP socket with the goroutine that reads it.
type sock struct {
	set    *Set
	family family
	conn   transport.UDPConn
	fast   *net.UDPConn   // conn, if it is the system's: no allocation per address
	shown  netip.AddrPort // one address of the machine, and the port
	done   chan struct{}
}

func (s *sock) read(p *packet) (n int, from netip.AddrPort, err error) {
	if s.fast != nil {
		n, from, err = s.fast.ReadFromUDPAddrPort(p.data[:])
		return n, plain(from), err
	}
	n, a, err := s.conn.ReadFrom(p.data[:])
	if udp, ok := a.(*net.UDPAddr); ok {
		from = plain(udp.AddrPort())
	}
	return n, from, err
}

func (s *sock) write(b []byte, to netip.AddrPort) (int, error) {
	s.set.sends(to)
	if s.fast != nil {
		return s.fast.WriteToUDPAddrPort(b, to)
	}
	return s.conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// failures is how many errors in a row end the reading: the socket is gone. One
// alone is a message of ICMP.
const failures = 100

// run is the goroutine.
func (s *sock) run() {
	defer close(s.done)
	p := spare()
	failed := 0
	for {
		n, from, err := s.read(p)
		switch {
		case errors.Is(err, net.ErrClosed) || s.set.isClosed():
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			continue
		case err != nil:
			if failed++; failed > failures {
				return
			}
			time.Sleep(time.Millisecond)
			continue
		}
		failed = 0
		if !from.IsValid() {
			continue
		}
		p.n, p.from = n, from
		if s.set.take(p) {
			p = spare()
		}
	}
}
