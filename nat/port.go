//go:build !js

package nat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/portmap"
)

var (
	// ErrNoMapping is why there is no open port: nothing in this network can
	// open one for us.
	ErrNoMapping = errors.New("nat: no router here opens ports; turn on UPnP or NAT-PMP in the router, or leave it: most players get by without")
	// ErrBehindAnother is why an open port helps nobody: the router that opened
	// it has no public address itself.
	ErrBehindAnother = errors.New("nat: the router opens ports, but is behind another NAT itself (a provider's, or a second router)")
)

const (
	// findAgain is the pause after a search that found no router.
	findAgain = 10 * time.Minute
	// closePortWithin bounds how long Close waits.
	closePortWithin = 250 * time.Millisecond
)

// PortConfig says which port [OpenPort] opens.
type PortConfig struct {
	// InternalPort is the UDP port of a socket on this machine, IPv4.
	InternalPort uint16
	// Log gets what was found; nil is silence.
	Log *slog.Logger
}

// resolve puts the defaults in.
func (c PortConfig) resolve() PortConfig {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Port is a UDP port of the router that leads to one of this machine, by UPnP
// (IGD 1 and 2) or NAT-PMP, renewed as long as it is wanted. It owns one
// goroutine (and for the seconds of a search one more). Its methods are safe
// for concurrent use.
type Port struct {
	cfg    PortConfig
	cancel context.CancelFunc
	done   chan struct{}

	mu       sync.Mutex
	external netip.AddrPort
	via      string
	err      error
}

// OpenPort begins to look for a router that opens the port, and returns at
// once. What it finds takes some milliseconds with NAT-PMP, a second with UPnP;
// after 5 s it has found nothing and looks again ten minutes later. Close it.
func OpenPort(cfg PortConfig) *Port {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Port{cfg: cfg.resolve(), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.run(ctx)
	}()
	return p
}

// External returns the address by which the port is reached from the internet;
// false while there is none. It may change. It never blocks.
func (p *Port) External() (netip.AddrPort, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.external, p.external.IsValid()
}

// Via names what opened the port, "UPnP" or "NAT-PMP"; "" while it is not open.
func (p *Port) Via() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.via
}

// Err returns why there is no open port: [ErrNoMapping], [ErrBehindAnother], or
// what the router said; nil while it is open, and before the first search has
// ended.
func (p *Port) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Close has the router close the port. It waits 250 ms at most; a slow router
// is told in the background, for four seconds at most, and one that never hears
// of it closes the port by itself within the hour (those that know no leases
// do not). It may be called again; the error is always nil.
func (p *Port) Close() error {
	late := time.NewTimer(closePortWithin)
	defer late.Stop()
	select {
	case <-p.Stop():
	case <-late.C:
	}
	return nil
}

// Stop begins what [Port.Close] does and returns at once. The channel is closed
// when the router has been told, or will not be: before that, a Port for the same
// internal port must not be opened, for what the router hears last holds. It may
// be called again, also beside Close.
func (p *Port) Stop() <-chan struct{} {
	p.cancel()
	return p.done
}

func (p *Port) run(ctx context.Context) {
	for ctx.Err() == nil {
		found := p.find(ctx)
		err := found.reason()
		if err == nil {
			err = p.keep(ctx, found.router, found.external, found.lease)
		}
		if ctx.Err() != nil {
			return
		}
		p.set(netip.AddrPort{}, "", err)
		p.cfg.Log.Info("nat: no open port at the router", "why", err)
		pause(ctx, findAgain)
	}
}

// keep renews a port until ctx ends, and closes it then. It returns early with
// an error if the router does not renew it.
func (p *Port) keep(ctx context.Context, router portmap.Router, external netip.AddrPort, lease time.Duration) (err error) {
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), portmap.ShutWithin)
		defer cancel()
		if err := router.Shut(late, p.cfg.InternalPort); err != nil {
			p.cfg.Log.Debug("nat: the router did not close the port", "why", err)
		}
	}()
	for {
		if p.set(external, router.Name(), nil) {
			p.cfg.Log.Info("nat: the router has opened a port", "external", external.String(), "via", router.Name())
		}
		if !pause(ctx, max(lease/2, time.Second)) {
			return nil
		}
		for try := range 3 {
			if external, lease, err = router.Open(ctx, p.cfg.InternalPort); err == nil {
				break
			}
			if !pause(ctx, time.Duration(try+1)*time.Second) {
				return nil
			}
		}
		if err != nil {
			return fmt.Errorf("nat: the router no longer opens the port: %w", err)
		}
		if !reachable(external.Addr()) {
			return ErrBehindAnother
		}
	}
}

// set notes how things are, and reports whether they were otherwise.
func (p *Port) set(external netip.AddrPort, via string, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.external != external
	p.external, p.via, p.err = external, via, err
	return changed
}

// attempt is what a search has come to.
type attempt struct {
	router   portmap.Router // nil: none opened the port
	external netip.AddrPort
	lease    time.Duration
	why      error // of the router that came nearest to it
}

// reason returns why no router opened the port; nil if one did.
func (a *attempt) reason() error {
	if a.router == nil && a.why == nil {
		return ErrNoMapping
	}
	return a.why
}

// find opens the port at the first router that does.
func (p *Port) find(ctx context.Context) *attempt {
	var a attempt
	err := portmap.Find(ctx, func(ctx context.Context, r portmap.Router) bool { return p.try(ctx, r, &a) })
	if err != nil && a.router == nil {
		p.cfg.Log.Debug("nat: no UPnP router", "why", err)
	}
	return &a
}

// try asks one router, and reports whether it opened the port.
func (p *Port) try(ctx context.Context, r portmap.Router, a *attempt) bool {
	external, lease, err := r.Open(ctx, p.cfg.InternalPort)
	var refused *portmap.RefusedError
	switch {
	case err == nil && reachable(external.Addr()):
		*a = attempt{router: r, external: external, lease: lease}
		return true
	case err == nil:
		a.why = ErrBehindAnother
		_ = r.Shut(ctx, p.cfg.InternalPort) // it would help nobody
		return false
	case errors.As(err, &refused):
		a.why = err
	}
	p.cfg.Log.Debug("nat: a router opens no port", "via", r.Name(), "why", err)
	return false
}

// reachable reports whether an address can be reached from the internet.
func reachable(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !carriers.Contains(a)
}

// pause waits; false if ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
