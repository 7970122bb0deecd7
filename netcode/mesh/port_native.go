//go:build !js

package mesh

import (
	"net/netip"
	"slices"
	"time"

	"github.com/pion/transport/v4/stdnet"

	"github.com/tuttiplay/tutti/nat"
)

// routerWithin is how long Close of a mesh waits for the router, from its
// beginning: less than for everything, so that a slow router makes no error. It
// is told in the background then.
const routerWithin = closeWithin / 2

// openPort is the router's port that leads to our IPv4 socket, if the router
// opens ports. It belongs to the mesh's goroutine.
type openPort struct {
	port     routerPort      // nil is none
	closing  <-chan struct{} // closed when the router has been told of the one before; nil is none
	public   netip.Addr      // of ours as servers see it, when the port was asked for
	external netip.AddrPort
}

// routerPort is a [nat.Port].
type routerPort interface {
	External() (netip.AddrPort, bool)
	Stop() <-chan struct{}
}

// watch has the router open a port once a server says that we are behind one,
// and again when we are behind another. It reports whether the port's address
// is news. Only in the machine's own network: a laboratory has no such routers.
func (o *openPort) watch(m *Mesh) (news bool) {
	p := &m.platform
	if _, real := p.net.(*stdnet.Net); !real || m.cfg.Loopback || m.cfg.NoPort {
		return false
	}
	public, behind := p.behind()
	return o.follow(public, behind, func() routerPort {
		return nat.OpenPort(nat.PortConfig{InternalPort: p.set.Port(public), Log: m.cfg.Log})
	})
}

// follow is watch with our address as servers see it. The next port is opened
// when the one before is closed: both have the same number, and a router that
// heard of them in the other order would close the new one.
func (o *openPort) follow(public netip.Addr, behind bool, open func() routerPort) (news bool) {
	if behind && public != o.public {
		o.stop()
		o.public = public
	}
	if o.port == nil && o.public.IsValid() && o.closed() {
		o.port = open()
	}
	if o.port == nil {
		return false
	}
	external, _ := o.port.External()
	news = external != o.external && external.IsValid()
	o.external = external
	return news
}

// closed says whether there is no port any more that is still being closed.
func (o *openPort) closed() bool {
	if o.closing == nil {
		return true
	}
	select {
	case <-o.closing:
		o.closing = nil
		return true
	default:
		return false
	}
}

// behind returns our IPv4 address as servers see it, and whether a NAT stands
// before us.
func (p *platform) behind() (netip.Addr, bool) {
	hosts := p.set.Addresses()
	for _, a := range p.outside.outside() {
		if a.Addr().Is4() {
			return a.Addr(), !slices.Contains(hosts, a.Addr())
		}
	}
	return netip.Addr{}, false
}

// stop has the router close the port, in the background.
func (o *openPort) stop() {
	if o.port != nil {
		o.closing = o.port.Stop()
	}
	o.port, o.external, o.public = nil, netip.AddrPort{}, netip.Addr{}
}

// wait waits until the router has closed what was stopped, at most so long.
func (o *openPort) wait(most time.Duration) {
	if o.closing == nil {
		return
	}
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case <-o.closing:
	case <-late.C:
	}
}
