//go:build !js

package stunturn

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// retryRead is the pause after a read that failed although the socket is open.
const retryRead = 10 * time.Millisecond

// Server answers Binding requests on one UDP socket, with one goroutine. Its
// methods are safe for concurrent use.
type Server struct {
	cfg   Config // resolved
	conn  *net.UDPConn
	addr  netip.AddrPort
	began time.Time
	limit *limiter // of the goroutine
	parse func(b []byte) (stunmsg.Message, error)

	closing chan struct{}
	once    sync.Once
	done    sync.WaitGroup

	answered, limited, junk, failed, panics atomic.Int64
}

// Stats counts datagrams since [Listen].
type Stats struct {
	// Answered requests, those with an error response included.
	Answered int64
	// Limited were above their source's rate and dropped unread.
	Limited int64
	// Junk was no Binding request and dropped.
	Junk int64
	// Failed could not be read or answered; the system would not.
	Failed int64
	// Panics were caught while reading a message. Anything but 0 is a bug.
	Panics int64
}

// Listen starts a server on a UDP address, "host:port" or ":port" for all
// addresses of the machine, IPv4 and IPv6; port 0 chooses a free one. It blocks
// only for as long as the system needs to look up a host name.
//
// Errors: that of [Config.Validate]; a [*ListenError], which matches
// [ErrPortInUse] when that is the reason.
func Listen(addr string, cfg Config) (*Server, error) {
	s, err := open(addr, cfg)
	if err == nil {
		s.done.Go(s.serve)
	}
	return s, err
}

// open is Listen without the goroutine.
func open(addr string, cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	udp, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, &ListenError{Addr: addr, Err: err}
	}
	conn, err := net.ListenUDP("udp", udp)
	if err != nil {
		return nil, &ListenError{Addr: addr, Err: err}
	}
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	s := &Server{
		cfg:     cfg.resolve(),
		conn:    conn,
		addr:    netip.AddrPortFrom(local.Addr().Unmap(), local.Port()),
		began:   time.Now(),
		parse:   stunmsg.Parse,
		closing: make(chan struct{}),
	}
	s.limit = newLimiter(s.cfg.PerSource)
	s.cfg.Log.Info("stunturn: listening", "addr", s.addr.String())
	return s, nil
}

// Addr returns the address that is listened on, with the real port; for a
// server on all addresses the host is the unspecified one.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Stats returns the counters.
func (s *Server) Stats() Stats {
	return Stats{
		Answered: s.answered.Load(), Limited: s.limited.Load(), Junk: s.junk.Load(),
		Failed: s.failed.Load(), Panics: s.panics.Load(),
	}
}

// Close frees the port and waits for the goroutine's end, which takes a moment
// at most. It may be called again. The error is the system's, in practice nil.
func (s *Server) Close() (err error) {
	s.once.Do(func() {
		close(s.closing)
		err = s.conn.Close()
		s.cfg.Log.Info("stunturn: closed", "addr", s.addr.String())
	})
	s.done.Wait()
	return err
}

func (s *Server) serve() {
	// One byte more than is read, so that what was cut off is seen to be large.
	buf := make([]byte, stunmsg.MaxSize+1)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Such as an ICMP message about an earlier answer, or on Windows a
			// datagram larger than buf.
			s.failed.Add(1)
			s.cfg.Log.Debug("stunturn: read", "err", err)
			select {
			case <-s.closing:
			case <-time.After(retryRead):
			}
			continue
		}
		if !s.limit.allow(from.Addr(), time.Since(s.began)) {
			s.limited.Add(1)
			continue
		}
		s.handle(buf[:n], from)
	}
}

// handle answers one datagram.
func (s *Server) handle(b []byte, from netip.AddrPort) {
	defer func() {
		if r := recover(); r != nil {
			s.panics.Add(1)
			s.cfg.Log.Error("stunturn: panic on a datagram", "from", from.String(), "panic", r)
		}
	}()
	m, err := s.parse(b)
	if err != nil || m.Kind != stunmsg.Request || from.Port() == 0 {
		s.junk.Add(1)
		return
	}
	var out [64]byte
	var answer []byte
	if m.Unknown != nil {
		answer = stunmsg.AppendUnknown(out[:0], m.ID, m.Unknown)
	} else {
		answer = stunmsg.AppendSuccess(out[:0], m.ID, from)
	}
	if _, err := s.conn.WriteToUDPAddrPort(answer, from); err != nil {
		s.failed.Add(1)
		s.cfg.Log.Debug("stunturn: answer", "to", from.String(), "err", err)
		return
	}
	s.answered.Add(1)
}
