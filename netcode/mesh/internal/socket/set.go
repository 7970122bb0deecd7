//go:build !js

package socket

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v4"
)

// Knock is the first byte of the datagrams that are the mesh's own. DTLS, STUN,
// TURN and media never begin with it (RFC 7983).
const Knock = 0x54

// Config tunes a [Set].
type Config struct {
	// Net is where the sockets come from.
	Net transport.Net
	// Loopback takes addresses of the loopback interface alone.
	Loopback bool
	// Now is the clock.
	Now func() time.Duration
	// Tap takes a STUN message that answers nothing a flow asked, and says
	// whether it was its own; Knock takes what begins with [Knock]. Both may be
	// nil. They run on the goroutine of the socket, must not block, and b is the
	// socket's again when they return.
	Tap   func(from netip.AddrPort, b []byte) bool
	Knock func(from netip.AddrPort, b []byte)
}

// Counts is what a set dropped so far.
type Counts struct {
	Strange int64 // datagrams of nobody we know
	Forged  int64 // requests with a wrong password
	Over    int64 // datagrams that found their queue full
}

// Set is all UDP sockets of a mesh: at most one of IPv4 and one of IPv6. Safe
// for concurrent use; only Close waits.
type Set struct {
	cfg       Config
	socks     [families]*sock
	datagrams datagrams

	strange, forged, over atomic.Int64

	mu     sync.Mutex
	flows  map[string]*Flow
	bound  map[netip.AddrPort][]*Flow // the youngest first
	age    uint64
	closed bool

	burns burns
}

// Open opens the sockets. A family that the machine does not have is left out;
// the error says why there is none at all.
func Open(cfg Config) (*Set, error) {
	s := &Set{cfg: cfg, flows: map[string]*Flow{}, bound: map[netip.AddrPort][]*Flow{}}
	s.datagrams.open()
	var errs []error
	hosts := s.Addresses()
	for f, network := range [families]string{v4: "udp4", v6: "udp6"} {
		family := family(f)
		i := slices.IndexFunc(hosts, func(a netip.Addr) bool { return familyOf(a) == family })
		if i < 0 {
			continue
		}
		at := net.UDPAddr{IP: net.IPv4zero}
		switch {
		case s.onlyLoopback():
			at.IP = hosts[i].AsSlice()
		case family == v6:
			at.IP = net.IPv6unspecified
		}
		conn, err := cfg.Net.ListenUDP(network, &at)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		port := uint16(0)
		if a, ok := conn.LocalAddr().(*net.UDPAddr); ok {
			port = uint16(a.Port)
		}
		fast, _ := conn.(*net.UDPConn)
		s.socks[f] = &sock{
			set: s, family: family, conn: conn, fast: fast,
			shown: netip.AddrPortFrom(hosts[i], port), done: make(chan struct{}),
		}
	}
	if s.socks == [families]*sock{} {
		return nil, fmt.Errorf("no UDP socket can be opened: %w", errors.Join(append(errs, errors.New("see whether the machine has a network"))...))
	}
	for _, k := range s.socks {
		if k != nil {
			go k.run()
		}
	}
	return s, nil
}

func (s *Set) now() time.Duration { return s.cfg.Now() }

// Flow makes a flow with one of our user fragments, or returns the one there is.
func (s *Set) Flow(ufrag string) *Flow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flow(ufrag)
}

func (s *Set) flow(ufrag string) *Flow {
	f := s.flows[ufrag]
	if f == nil {
		s.age++
		f = &Flow{set: s, ufrag: ufrag, age: s.age, tie: rand.Uint64()}
		s.flows[ufrag] = f
	}
	return f
}

// Find returns the flow with one of our user fragments; nil if there is none.
func (s *Set) Find(ufrag string) *Flow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flows[ufrag]
}

// Send sends a datagram of the mesh itself; false where there is no socket for
// that family, or the system refused it.
func (s *Set) Send(b []byte, to netip.AddrPort) bool {
	to = plain(to)
	k := s.socks[familyOf(to.Addr())]
	if k == nil {
		return false
	}
	_, err := k.write(b, to)
	return err == nil
}

// SendTwice is Send, and once more a little later.
func (s *Set) SendTwice(b []byte, to netip.AddrPort) {
	s.Send(b, to)
	b = slices.Clone(b)
	time.AfterFunc(again[0], func() { s.Send(b, to) })
}

// Counts returns what was dropped.
func (s *Set) Counts() Counts {
	return Counts{Strange: s.strange.Load(), Forged: s.forged.Load(), Over: s.over.Load()}
}

// GetConn, RemoveConnByUfrag and GetListenAddresses are what pion asks of a mux.
// Of each family it hears of one address, whatever the machine has: packets of
// a socket that listens on all of them cannot be told apart by it.
func (s *Set) GetConn(ufrag string, addr net.Addr) (net.PacketConn, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return nil, fmt.Errorf("mesh: %T is no UDP address", addr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.socks[familyOf(udp.AddrPort().Addr())]
	if k == nil || s.closed {
		return nil, net.ErrClosed
	}
	f := s.flow(ufrag)
	if f.ends[k.family] != nil {
		return nil, errors.New("mesh: that user fragment is in use")
	}
	e := &end{flow: f, sock: k, queue: queue{wake: make(chan struct{}, 1)}, closed: make(chan struct{})}
	f.ends[k.family] = e
	return e, nil
}

// RemoveConnByUfrag closes a flow.
func (s *Set) RemoveConnByUfrag(ufrag string) {
	if f := s.Find(ufrag); f != nil {
		f.Close()
	}
}

// GetListenAddresses returns one address per socket.
func (s *Set) GetListenAddresses() (list []net.Addr) {
	for _, k := range s.socks {
		if k != nil {
			list = append(list, net.UDPAddrFromAddrPort(k.shown))
		}
	}
	return list
}

// Close closes the sockets and all flows, and waits for the readers and for a
// receiver that runs.
func (s *Set) Close() error {
	s.mu.Lock()
	s.closed = true
	var flows []*Flow
	for _, f := range s.flows {
		flows = append(flows, f)
	}
	s.mu.Unlock()
	for _, f := range flows {
		f.Close()
	}
	for _, k := range s.socks {
		if k != nil {
			_ = k.conn.Close()
			<-k.done
		}
	}
	s.datagrams.stop()
	return nil
}

func (s *Set) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
