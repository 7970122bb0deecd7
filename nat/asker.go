//go:build !js

package nat

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

const (
	// enough is when two answers do for a family although others are missing.
	enough = 500 * time.Millisecond
	// maxReadErrors ends a socket that only fails.
	maxReadErrors = 64
)

// asker probes one address family with one socket. For one goroutine.
type asker struct {
	network string
	log     *slog.Logger
	targets []netip.AddrPort
	failed  []bool // by target: there is no way to it
	survey  *Survey
	local   netip.AddrPort
	stray   int
}

func newAsker(network string, to []netip.AddrPort, log *slog.Logger) *asker {
	return &asker{network: network, log: log, targets: to, survey: NewSurvey(to)}
}

// run asks until everything is known, end has come or ctx is done.
func (a *asker) run(ctx context.Context, end time.Time) {
	if len(a.targets) == 0 {
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
		a.send(conn, now.Sub(began))
		if a.settled(now.Sub(began)) || !now.Before(end) || errs > maxReadErrors {
			return
		}
		conn.SetReadDeadline(a.wake(began, now, end))
		if ctx.Err() != nil {
			return // it may have ended before the deadline was set
		}
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			a.receive(time.Since(began), from, buf[:n])
		case !errors.Is(err, os.ErrDeadlineExceeded):
			errs++ // an ICMP message about a request, say
		}
	}
}

// wake returns when to look again although nothing came.
func (a *asker) wake(began, now, end time.Time) time.Time {
	if next := a.survey.Wake(); next != Never && began.Add(next).Before(end) {
		end = began.Add(next)
	}
	if at := began.Add(enough); at.After(now) && at.Before(end) {
		end = at
	}
	return end
}

// findLocal asks the system which of our addresses the first target sees. No
// packet is sent.
func (a *asker) findLocal(conn *net.UDPConn) {
	port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	a.failed = make([]bool, len(a.targets))
	for i, to := range a.targets {
		c, err := net.DialUDP(a.network, nil, net.UDPAddrFromAddrPort(to))
		if err != nil {
			a.failed[i] = true // no route
			continue
		}
		ip := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		c.Close()
		if !a.local.IsValid() {
			a.local = netip.AddrPortFrom(ip, port)
		}
	}
}

// send sends what is due.
func (a *asker) send(conn *net.UDPConn, now time.Duration) {
	for {
		to, packet, ok := a.survey.Poll(now)
		if !ok {
			return
		}
		if _, err := conn.WriteToUDPAddrPort(packet, to); err != nil {
			a.log.Debug("nat: send", "server", to.String(), "err", err)
		}
	}
}

// receive takes one datagram of anybody's.
func (a *asker) receive(now time.Duration, from netip.AddrPort, b []byte) {
	if !a.survey.Receive(now, from, b) {
		a.stray++
		a.log.Debug("nat: stray datagram", "from", from.String())
	}
}

// settled reports whether waiting longer would tell nothing more.
func (a *asker) settled(waited time.Duration) bool {
	if a.survey.Settled(waited) || waited >= enough && len(a.survey.Mapped()) >= 2 {
		return true
	}
	return !slices.Contains(a.failed, false)
}

// reach puts what was found into words of the report.
func (a *asker) reach() Reach {
	out := Reach{Local: a.local, Asked: len(a.targets), Mapping: a.survey.Mapping(a.local)}
	for _, m := range a.survey.Mapped() {
		if out.Answered++; out.Answered == 1 || m.RTT < out.RTT {
			out.Public, out.RTT = m.Public, m.RTT
		}
	}
	out.PortKept = out.Answered > 0 && out.Public.Port() == out.Local.Port()
	return out
}
