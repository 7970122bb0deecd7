//go:build !js

// Package portmap asks the router of this network to open a UDP port, by
// NAT-PMP (RFC 6886) or UPnP (IGD 1 and 2). Package nat keeps the port open.
//
// # SECURITY
//
// Whoever is in the same network can answer instead of the router. So an answer
// is looked into only if it names the address that it came from, redirections
// are not followed, an answer is read up to 256 KiB, and everything takes
// bounded time. The worst that a liar can do is to name an address that leads
// nowhere; whoever meets there has to prove who he is.
package portmap

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// Lease is the longest that a port stays open without being renewed.
	Lease = time.Hour
	// FindWithin bounds [Find].
	FindWithin = 5 * time.Second
	// ShutWithin is how long a router may take to close a port.
	ShutWithin = 4 * time.Second
	// pmpWithin bounds one question by NAT-PMP: sent at once, after 0.25 s and
	// after 0.75 s.
	pmpWithin = 800 * time.Millisecond
	// upnpWithin bounds one question by UPnP.
	upnpWithin = 2 * time.Second
)

// Router is one that opens ports in one way. For one goroutine.
type Router interface {
	// Open opens the port, or renews it, and returns what it is called outside
	// and for how long. An error that is a [*RefusedError] is an answer; any
	// other is silence, or nonsense.
	Open(ctx context.Context, internal uint16) (external netip.AddrPort, lease time.Duration, err error)
	// Shut closes it again.
	Shut(ctx context.Context, internal uint16) error
	// Name is "UPnP" or "NAT-PMP".
	Name() string
}

// RefusedError is a router that answers, and says no.
type RefusedError struct {
	// Via names the way it was asked.
	Via string
	// Err is what it said.
	Err error
}

// Error quotes the router.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("nat: the router refuses to open a port (%s): %v", e.Via, e.Err)
}

// Unwrap returns Err.
func (e *RefusedError) Unwrap() error { return e.Err }

// Find calls try with each router there is until it returns true, or ctx or
// [FindWithin] ends. A UPnP router is slow to find, so it is looked for while
// NAT-PMP is asked; but two ways into the same router must not both open the
// port, or closing one closes the other. The error says why no UPnP router was
// found, if none was.
func Find(ctx context.Context, try func(ctx context.Context, r Router) bool) error {
	ctx, cancel := context.WithTimeout(ctx, FindWithin)
	defer cancel()
	gateway, local := outward()
	var looking sync.WaitGroup
	var found *upnpRouter
	var err error
	search, stop := context.WithCancel(ctx)
	defer stop()
	looking.Go(func() { found, err = findUPnP(search, gateway, local) })
	if gateway.IsValid() && try(ctx, pmpRouter{gateway}) {
		stop()
		looking.Wait()
		return nil
	}
	looking.Wait()
	if err == nil && ctx.Err() == nil {
		try(ctx, found)
	}
	return err
}

// outward returns the router that this machine reaches the internet by, and
// its own address towards it; either may be invalid. It sends nothing.
func outward() (gateway, local netip.Addr) {
	gateway = defaultGateway()
	to := gateway
	if !to.IsValid() {
		to = netip.AddrFrom4([4]byte{192, 0, 2, 1}) // anybody outside
	}
	c, err := net.Dial("udp4", netip.AddrPortFrom(to, 9).String())
	if err != nil {
		return gateway, netip.Addr{}
	}
	defer c.Close()
	return gateway, c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}
