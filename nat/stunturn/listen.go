//go:build !js

package stunturn

import (
	"errors"
	"fmt"
	"net"
)

// Listen starts a server on a UDP address, "host:port" or ":port" for all
// addresses of the machine, IPv4 and IPv6; port 0 chooses a free one. It also
// listens on [Config.Also]. It blocks only for as long as the system needs to
// look up host names.
//
// Errors: that of [Config.Validate]; a [*ListenError], which matches
// [ErrPortInUse] when that is the reason.
func Listen(addr string, cfg Config) (*Server, error) {
	s, err := open(addr, cfg)
	if err == nil {
		s.start()
	}
	return s, err
}

// open is Listen without the goroutines.
func open(addr string, cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	var conns []net.PacketConn
	for _, a := range append([]string{addr}, cfg.Also...) {
		conn, err := listenUDP(a)
		if err != nil {
			closeAll(conns)
			return nil, &ListenError{Addr: a, Err: err}
		}
		conns = append(conns, conn)
	}
	s, err := newServer(conns, cfg)
	if err != nil {
		closeAll(conns)
		return nil, err
	}
	return s, nil
}

func listenUDP(addr string) (net.PacketConn, error) {
	udp, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, err
	}
	return net.ListenUDP("udp", udp)
}

func closeAll(conns []net.PacketConn) (err error) {
	for _, c := range conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// Serve starts a server on sockets that the caller opened, 1 to [MaxSockets]
// that are bound to UDP addresses; [Config.Also] is not used. It works on any
// [net.PacketConn], such as those of a simulated network. From then on the
// sockets are the server's: Close closes them. After an error they are still
// the caller's.
func Serve(cfg Config, conns ...net.PacketConn) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s, err := newServer(conns, cfg)
	if err != nil {
		return nil, err
	}
	s.start()
	return s, nil
}

// checkSockets reports what is wrong with the sockets of a server.
func checkSockets(sockets []*socket, cfg Config) error {
	if n := len(sockets); n == 0 || n > MaxSockets {
		return fmt.Errorf("stunturn: a server has 1 to %d sockets, not %d", MaxSockets, n)
	}
	if n := len(cfg.Public); n != 0 && n != len(sockets) {
		return fmt.Errorf("stunturn: Config.Public has %d addresses for %d sockets; want one each, or none", n, len(sockets))
	}
	for i, s := range sockets {
		if !s.local.IsValid() {
			return fmt.Errorf("stunturn: socket %d is not bound to a UDP address but to %v", i, s.conn.LocalAddr())
		}
	}
	return nil
}
