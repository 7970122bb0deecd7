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

// Server answers Binding requests on its UDP sockets, with one goroutine for
// each. Its methods are safe for concurrent use.
type Server struct {
	cfg     Config // resolved
	sockets []*socket
	began   time.Time
	parse   func(b []byte) (stunmsg.Message, error)

	limiting sync.Mutex
	limit    *limiter

	turn atomic.Pointer[Turn] // what relays on the first socket, if something does

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

// newServer makes one without its goroutines. cfg is valid.
func newServer(conns []net.PacketConn, cfg Config) (*Server, error) {
	s := &Server{cfg: cfg.resolve(), began: time.Now(), parse: stunmsg.Parse, closing: make(chan struct{})}
	for _, c := range conns {
		s.sockets = append(s.sockets, newSocket(c))
	}
	if err := checkSockets(s.sockets, cfg); err != nil {
		return nil, err
	}
	for i, public := range cfg.Public {
		s.sockets[i].public = netip.AddrPortFrom(public.Addr().Unmap(), public.Port())
	}
	s.limit = newLimiter(s.cfg.PerSource)
	for _, sock := range s.sockets {
		s.cfg.Log.Info("stunturn: listening", "addr", sock.local.String())
	}
	return s, nil
}

func (s *Server) start() {
	for _, sock := range s.sockets {
		s.done.Go(func() { s.serve(sock) })
	}
}

// Addr returns the address that is listened on, with the real port; for a
// server on all addresses the host is the unspecified one. With several sockets
// it is that of the first.
func (s *Server) Addr() netip.AddrPort { return s.sockets[0].local }

// Addrs returns the addresses of all sockets, in the order in which they were
// named.
func (s *Server) Addrs() []netip.AddrPort {
	var out []netip.AddrPort
	for _, sock := range s.sockets {
		out = append(out, sock.local)
	}
	return out
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	return Stats{
		Answered: s.answered.Load(), Limited: s.limited.Load(), Junk: s.junk.Load(),
		Failed: s.failed.Load(), Panics: s.panics.Load(),
	}
}

// Close frees the ports and waits for the goroutines' end, which takes a moment
// at most. It may be called again. The error is the system's, in practice nil.
func (s *Server) Close() (err error) {
	s.once.Do(func() {
		if t := s.turn.Load(); t != nil {
			_ = t.Close() // while its clients can still hear of it
		}
		close(s.closing)
		for _, sock := range s.sockets {
			err = errors.Join(err, sock.conn.Close())
			s.cfg.Log.Info("stunturn: closed", "addr", sock.local.String())
		}
	})
	s.done.Wait()
	return err
}

func (s *Server) serve(here *socket) {
	// More than either part reads, so that what was cut off is seen to be large.
	buf := make([]byte, maxDatagram)
	for {
		n, from, err := here.read(buf)
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
		if here == s.sockets[0] {
			if t := s.turn.Load(); t != nil && t.take(buf[:n], from) {
				continue
			}
		}
		if !s.allow(from.Addr()) {
			s.limited.Add(1)
			continue
		}
		s.handle(here, buf[:n], from)
	}
}

func (s *Server) allow(from netip.Addr) bool {
	s.limiting.Lock()
	defer s.limiting.Unlock()
	return s.limit.allow(from, time.Since(s.began))
}

// handle answers one datagram that came in on here.
func (s *Server) handle(here *socket, b []byte, from netip.AddrPort) {
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
	var out [stunmsg.MaxSize]byte
	by, answer := s.respond(out[:0], here, m, len(b), from)
	to := from
	if m.Wish.Port != 0 {
		to = netip.AddrPortFrom(from.Addr(), m.Wish.Port)
	}
	if err := by.write(answer, to); err != nil {
		s.failed.Add(1)
		s.cfg.Log.Debug("stunturn: answer", "to", to.String(), "err", err)
		return
	}
	s.answered.Add(1)
}
