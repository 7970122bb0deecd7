//go:build !js

package nat

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

const (
	// maxReadErrors ends a socket that only fails.
	maxReadErrors = 64
	// backlog is how many datagrams wait to be looked at; what is more is lost.
	backlog = 64
	// topPorts is how many ports at the end of the range the mapper keeps off:
	// nobody knows which one a router takes that keeps ports, and needs the next
	// one, where there is no next one.
	topPorts = 16
)

// family runs the exam of one address family on two sockets.
type family struct {
	on      Net
	network string // "udp4" or "udp6"
	targets []netip.AddrPort
	budget  *atomic.Int32
	log     *slog.Logger

	// local is the address that packets leave by. The sockets are bound to it:
	// where packets take several ways, as with a VPN for some, a NAT would seem
	// to be symmetric.
	local netip.Addr

	exam  *exam
	conns [sockets]net.PacketConn
	got   chan datagram
	quit  chan struct{}
	stray atomic.Int32 // what the readers threw away
	reach Reach
}

// datagram is one that came to a socket.
type datagram struct {
	sock int
	from netip.AddrPort
	b    []byte
}

// run examines until everything is known, end has come or ctx is done. All that
// it starts has ended when it returns.
func (f *family) run(ctx context.Context, end time.Time) {
	if len(f.targets) == 0 {
		return
	}
	f.reach.Asked = min(len(f.targets), atFirst)
	if f.local = f.localAddr(); !f.local.IsValid() {
		return
	}
	var local [sockets]netip.AddrPort
	for i := range f.conns {
		conn, err := f.listen()
		for range topPorts {
			if err != nil || i != mapper || addrPort(conn.LocalAddr()).Port() <= math.MaxUint16-topPorts {
				break
			}
			defer conn.Close() // not before: the system would give it again
			conn, err = f.listen()
		}
		if err != nil {
			f.log.Debug("nat: no socket", "network", f.network, "err", err)
			f.close()
			return
		}
		f.conns[i] = conn
		local[i] = netip.AddrPortFrom(f.local, addrPort(conn.LocalAddr()).Port())
	}
	f.exam = newExam(f.targets, local, f.budget)
	f.got, f.quit = make(chan datagram, backlog), make(chan struct{})
	var readers sync.WaitGroup
	for i, c := range f.conns {
		readers.Go(func() { f.read(i, c) })
	}
	f.loop(ctx, end)
	close(f.quit)
	f.close()
	readers.Wait()
}

func (f *family) close() {
	for _, c := range f.conns {
		if c != nil {
			c.Close()
		}
	}
}

// localAddr returns the address that the first target with a way to it sees,
// and leaves out those without.
func (f *family) localAddr() (local netip.Addr) {
	var with []netip.AddrPort
	for _, to := range f.targets {
		ip := route(f.on, f.network, to.String())
		if !ip.IsValid() {
			continue
		}
		if !local.IsValid() {
			local = ip
		}
		with = append(with, to)
	}
	f.targets = with
	return local
}

// loop is the only one that touches the exam.
func (f *family) loop(ctx context.Context, end time.Time) {
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Since(began)
		f.send(now)
		if f.exam.finished(now) || ctx.Err() != nil || !time.Now().Before(end) {
			break
		}
		timer.Reset(min(f.exam.wake(now)-now, time.Until(end)))
		select {
		case d := <-f.got:
			f.exam.receive(time.Since(began), d.sock, d.from, d.b)
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	f.reach = f.exam.reach(time.Since(began))
}

// send sends what is due.
func (f *family) send(now time.Duration) {
	for {
		sock, to, packet, ok := f.exam.poll(now)
		if !ok {
			return
		}
		if _, err := f.conns[sock].WriteTo(packet, net.UDPAddrFromAddrPort(to)); err != nil {
			f.log.Debug("nat: send", "to", to.String(), "err", err)
		}
	}
}

// read hands on what could be an answer; floods of anything else stop here.
func (f *family) read(sock int, conn net.PacketConn) {
	buf := make([]byte, stunmsg.MaxSize+1)
	for errs := 0; errs < maxReadErrors; {
		n, from, err := conn.ReadFrom(buf)
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrClosed):
			return
		case err != nil:
			errs++ // an ICMP message about a request, say
			select {
			case <-f.quit:
				return
			default:
				continue
			}
		case !isAnswer(buf[:n]):
			f.stray.Add(1)
			continue
		}
		select {
		case f.got <- datagram{sock, addrPort(from), append([]byte(nil), buf[:n]...)}:
		case <-f.quit:
			return
		}
	}
}

// strays counts what answered nothing. The family has run.
func (f *family) strays() int {
	n := int(f.stray.Load())
	if f.exam != nil {
		n += f.exam.stray
	}
	return n
}

func addrPort(a net.Addr) netip.AddrPort {
	udp, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	return plain(udp.AddrPort())
}
