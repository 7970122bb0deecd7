//go:build !js

package nat

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// resend is when a request goes out again that has no answer: RFC 8489's
// doubling, from 150 ms instead of 500 because a player waits.
var resend = [...]time.Duration{0, 150 * time.Millisecond, 450 * time.Millisecond, 1050 * time.Millisecond}

const (
	// enough is when two answers do for a family although others are missing.
	enough = 500 * time.Millisecond
	// maxReadErrors ends a socket that only fails.
	maxReadErrors = 64
)

// request is one server address and what came of it.
type request struct {
	to     netip.AddrPort
	id     stunmsg.ID
	sent   int // times
	failed int // times
	first  time.Time
	done   bool           // answered, or refused
	mapped netip.AddrPort // valid if answered with an address
}

// asker probes one address family with one socket. For one goroutine.
type asker struct {
	network  string
	log      *slog.Logger
	requests []request
	local    netip.AddrPort
	public   netip.AddrPort
	rtt      time.Duration
	stray    int
	parse    func([]byte) (stunmsg.Message, error)
}

func newAsker(network string, to []netip.AddrPort, log *slog.Logger) *asker {
	a := &asker{network: network, log: log, parse: stunmsg.Parse}
	for _, t := range to {
		a.requests = append(a.requests, request{to: t, id: stunmsg.NewID()})
	}
	return a
}

// run asks until everything is known, end has come or ctx is done.
func (a *asker) run(ctx context.Context, end time.Time) {
	if len(a.requests) == 0 {
		return
	}
	conn, err := net.ListenUDP(a.network, nil)
	if err != nil {
		a.log.Debug("nat: no socket", "network", a.network, "err", err)
		return
	}
	defer conn.Close()
	// A read that waits when ctx is done wakes up.
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })
	defer stop()

	a.findLocal(conn)
	began := time.Now()
	buf := make([]byte, stunmsg.MaxSize+1)
	errs := 0
	for ctx.Err() == nil {
		now := time.Now()
		wake := a.send(conn, now, began)
		if a.settled(now.Sub(began)) || !now.Before(end) || errs > maxReadErrors {
			return
		}
		if end.Before(wake) {
			wake = end
		}
		conn.SetReadDeadline(wake)
		if ctx.Err() != nil {
			return // it may have ended before the deadline was set
		}
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			a.receive(buf[:n], from, time.Now())
		case !errors.Is(err, os.ErrDeadlineExceeded):
			errs++ // an ICMP message about a request, say
		}
	}
}

// findLocal asks the system which of our addresses the first target sees. No
// packet is sent.
func (a *asker) findLocal(conn *net.UDPConn) {
	port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	for i := range a.requests {
		c, err := net.DialUDP(a.network, nil, net.UDPAddrFromAddrPort(a.requests[i].to))
		if err != nil {
			continue // no route
		}
		ip := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		c.Close()
		a.local = netip.AddrPortFrom(ip, port)
		return
	}
}

// send sends what is due and returns when the next is, or when to look again.
func (a *asker) send(conn *net.UDPConn, now, began time.Time) (wake time.Time) {
	wake = now.Add(MaxTime)
	if at := began.Add(enough); at.After(now) {
		wake = at
	}
	for i := range a.requests {
		r := &a.requests[i]
		if r.done || r.sent == len(resend) {
			continue
		}
		if at := began.Add(resend[r.sent]); at.After(now) {
			if at.Before(wake) {
				wake = at
			}
			continue
		}
		if r.sent == 0 {
			r.first = now
		}
		r.sent++
		if _, err := conn.WriteToUDPAddrPort(stunmsg.AppendRequest(nil, r.id), r.to); err != nil {
			r.failed++
			a.log.Debug("nat: send", "server", r.to.String(), "err", err)
		}
		if r.sent < len(resend) {
			if at := began.Add(resend[r.sent]); at.Before(wake) {
				wake = at
			}
		}
	}
	return wake
}

// receive takes one datagram of anybody's.
func (a *asker) receive(b []byte, from netip.AddrPort, now time.Time) {
	defer func() {
		if r := recover(); r != nil {
			a.stray++
			a.log.Error("nat: panic on a datagram", "from", from.String(), "panic", r)
		}
	}()
	m, err := a.parse(b)
	r := a.asked(m, from)
	switch {
	case err != nil || r == nil:
		a.stray++
		a.log.Debug("nat: stray datagram", "from", from.String(), "err", err)
	case r.done:
		// The answer to a request that was sent twice.
	case m.Kind == stunmsg.Failure:
		r.done = true
		a.log.Warn("nat: server refused", "server", r.to.String(), "code", m.Code)
	case m.Kind == stunmsg.Success && m.Mapped.Addr().Is4() == r.to.Addr().Is4():
		r.done, r.mapped = true, m.Mapped
		if !a.public.IsValid() {
			a.public, a.rtt = m.Mapped, now.Sub(r.first)
		}
	default:
		a.stray++
	}
}

// asked returns the request that m answers, nil if it answers none: the sender
// and the number must both be right.
func (a *asker) asked(m stunmsg.Message, from netip.AddrPort) *request {
	from = netip.AddrPortFrom(from.Addr().Unmap().WithZone(""), from.Port())
	for i := range a.requests {
		r := &a.requests[i]
		if r.sent > 0 && r.id == m.ID && from == netip.AddrPortFrom(r.to.Addr().WithZone(""), r.to.Port()) {
			return r
		}
	}
	return nil
}

// settled reports whether waiting longer would tell nothing more.
func (a *asker) settled(waited time.Duration) bool {
	open, answered := 0, 0
	for i := range a.requests {
		r := &a.requests[i]
		if r.mapped.IsValid() {
			answered++
		}
		// A family without a route fails at once, and again at the second try.
		if !r.done && (r.failed < 2 || r.failed < r.sent) {
			open++
		}
	}
	return open == 0 || answered >= 2 && waited >= enough
}

// reach puts what was found into words of the report.
func (a *asker) reach() Reach {
	out := Reach{Local: a.local, Public: a.public, RTT: a.rtt, Asked: len(a.requests)}
	same := true
	for i := range a.requests {
		if m := a.requests[i].mapped; m.IsValid() {
			out.Answered++
			same = same && m == a.public
		}
	}
	out.PortKept = out.Answered > 0 && out.Public.Port() == out.Local.Port()
	switch {
	case out.Answered > 1 && !same:
		out.Mapping = MappingDependent
	case out.Answered > 0 && out.Public == out.Local:
		out.Mapping = MappingNone
	case out.Answered > 1:
		out.Mapping = MappingIndependent
	}
	return out
}
